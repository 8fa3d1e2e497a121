using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using AutoRec.Data;
using AutoRec.Evaluation;
using AutoRec.Splitting;
using Microsoft.Data.Analysis;
using Microsoft.DotNet.Interactive.Formatting;
using Plotly.NET;
using XPlot.Plotly;

namespace AutoRec.Notebooks;

/// <summary>
/// Shows types of others as tables and charts, where a .NET Interactive kernel is at hand: without this a data frame prints as a
/// tree of its properties.
/// </summary>
internal static class KernelFormatters
{
    private const string KernelAssembly = "Microsoft.DotNet.Interactive.Formatting";

    [ModuleInitializer]
    [SuppressMessage(
        "Usage",
        "CA2255:The 'ModuleInitializer' attribute should not be used in libraries",
        Justification = "A notebook should need no setup call.")]
    internal static void RegisterWhereThereIsAKernel()
    {
        try
        {
            Assembly.Load(KernelAssembly);
        }
        catch (Exception error) when (error is FileNotFoundException or FileLoadException)
        {
            return; // an app or a test: nothing to show
        }

        LoadedFSharp.Serve();
        Register();
        RegisterCharts();
    }

    // Apart, so that Plotly.NET is looked for only when FSharp.Core can be found.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void RegisterCharts()
    {
        Show<GenericChart>(ForeignChart.Of);
        Show<PlotlyChart>(ForeignChart.Of);
    }

    // Apart, so that the kernel's types are looked for only when they are there.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Register()
    {
        Show<DataFrame>(frame => Table.Of(frame));
        Show<InteractionMatrix>(matrix => Table.Facts(
            "sparse matrix", ("rows", matrix.RowCount), ("columns", matrix.ColumnCount), ("entries", matrix.Count)));
        Show<Interactions>(log => Table.Facts(
            "interactions",
            ("users", log.Users.Count),
            ("items", log.Items.Count),
            ("interactions", log.Count),
            ("scale", log.Scale),
            ("with times", log.HasTimestamps)));
        Show<Split>(split => Table.Facts(
            "split",
            [
                ("training users", split.Train.CountRows()),
                ("training interactions", split.Train.Count),
                .. HeldOutFacts(split.Test, "test "),
            ]));
        Show<HeldOut>(part => Table.Facts("held out", HeldOutFacts(part, "")));
        Show<RatingEvaluation>(one => Table.Facts(
            "errors of ratings",
            [
                .. MetricFacts(one, one.ColdUserRatings + one.ColdItemRatings > 0, "without cold users and items"),
                ("test ratings", one.Ratings),
                ("of cold users", one.ColdUserRatings),
                ("of cold items", one.ColdItemRatings),
            ]));
        Show<RankingEvaluation>(one => Table.Facts(
            FormattableString.Invariant($"ranked lists of {one.Users.Count:N0} users ({one.UsersLeftOut:N0} left out)"),
            [.. MetricFacts(one, one.ColdUsers > 0, "without cold users"), ("cold users", one.ColdUsers)]));
        Show<PairedComparison>(one => Table.Facts(
            FormattableString.Invariant($"paired comparison of {one.Users:N0} users"),
            ("difference", one.Difference),
            ("95 % interval, from", one.Low),
            ("to", one.High),
            ("p-value", one.PValue)));
    }

    private static (string Name, object Value)[] HeldOutFacts(HeldOut part, string prefix) =>
    [
        ($"{prefix}users", part.Targets.CountRows()),
        ($"{prefix}interactions", part.Targets.Count),
        ($"{prefix}users without a history", Enumerable.Range(0, part.Targets.RowCount)
            .Count(row => part.Targets.RowLength(row) > 0 && part.Histories.Interactions.RowLength(row) == 0)),
    ];

    private static IEnumerable<(string Name, object Value)> MetricFacts(ModelEvaluation one, bool hasCold, string withoutCold) =>
        one.Metrics.SelectMany(metric => hasCold
            ? new (string, object)[]
            {
                (metric.Key.Title, metric.Value),
                ($"{metric.Key.Title} {withoutCold}", one.WithoutCold[metric.Key]),
            }
            : [(metric.Key.Title, metric.Value)]);

    private static void Show<T>(Func<T, IHtmlAndText> form)
    {
        Formatter.Register<T>((value, writer) => writer.Write(form(value).ToHtml()), "text/html");
        Formatter.Register<T>((value, writer) => writer.Write(form(value).ToString()), "text/plain");
        Formatter.SetPreferredMimeTypesFor(typeof(T), "text/html", "text/plain");
    }
}
