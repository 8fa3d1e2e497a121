using AutoRec.Data;
using AutoRec.Evaluation;
using AutoRec.Models;
using AutoRec.Notebooks;
using AutoRec.Splitting;
using AutoRec.Training;
using Microsoft.DotNet.Interactive.Formatting;

namespace AutoRec.Cli.Tests.Notebooks;

/// <summary>What a kernel shows of the notebooks' values: it asks the formatting package, as these tests do.</summary>
public sealed class KernelFormatTests
{
    [Fact]
    public void Figure_InAKernel_IsAPictureAndAText()
    {
        var figure = Chart.Bar("Ratings", "rating (stars)", "ratings", ["1", "2"], [3, 4]);
        Assert.Equal(["text/html", "text/plain"], Formatter.GetPreferredMimeTypesFor(typeof(Figure)));
        Assert.Equal(figure.ToHtml(), figure.ToDisplayString("text/html"));
        Assert.Equal("[chart] Ratings: ratings by category: 1: 3; 2: 4", figure.ToDisplayString("text/plain"));
    }

    // Charts that a notebook makes itself.
    [Fact]
    public void ChartsOfPlotlyNetAndXPlot_InAKernel_AreChartsToo()
    {
        _ = Takeaway.Of($"A first use of the library registers its formatters.");
        var area = Plotly.NET.CSharp.Chart.Area<int, int, string>([1, 2], [3, 4], Name: "</script>");
        var boxes = XPlot.Plotly.Chart.Plot(new XPlot.Plotly.Box { name = "users", y = new[] { 1, 2, 9 } });
        boxes.WithTitle("Means");
        foreach (var (chart, text, trace) in new (object, string, string)[]
        {
            (area, "[chart] </script> (scatter)", "\"y\":[3,4]"),
            (boxes, "[chart] Means: users (box)", "\"y\":[1,2,9]"),
        })
        {
            Assert.Equal(["text/html", "text/plain"], Formatter.GetPreferredMimeTypesFor(chart.GetType()));
            Assert.Equal(text, chart.ToDisplayString("text/plain"));
            var html = chart.ToDisplayString("text/html");
            Assert.Contains("<figure class=\"autorec-chart\"", html, StringComparison.Ordinal);
            Assert.Contains(trace, html, StringComparison.Ordinal);
            Assert.Equal(2, System.Text.RegularExpressions.Regex.Count(html, "</script>"));
        }
    }

    [Fact]
    public void DataFrame_InAKernel_IsATable()
    {
        var frame = DataFrames.Of(DataFrames.Column("user", ["a"]), DataFrames.Column("ratings", [1234]));
        Assert.Equal(["text/html", "text/plain"], Formatter.GetPreferredMimeTypesFor(frame.GetType()));
        Assert.Contains(
            "<td style=\"text-align:right;padding:.15em .7em;white-space:nowrap\">1,234</td>",
            frame.ToDisplayString("text/html"),
            StringComparison.Ordinal);
        Assert.Equal("user  ratings\n----  -------\na       1,234", frame.ToDisplayString("text/plain"));
    }

    [Fact]
    public void Matrix_InAKernel_IsASummary()
    {
        _ = Takeaway.Of($"A first use of the library registers its formatters.");
        var matrix = InteractionMatrix.FromTriplets(2, 3, [0, 1], [2, 0], [5f, 1f], RatingScale.OneToFive);
        Assert.Equal("sparse matrix\nrows     2\ncolumns  3\nentries  2", matrix.ToDisplayString("text/plain"));
    }

    [Fact]
    public void SplitAndEvaluations_InAKernel_AreTables()
    {
        _ = Takeaway.Of($"A first use of the library registers its formatters.");
        var builder = new InteractionsBuilder();
        foreach (var (user, item, rating) in new[] { ("a", "x", 5f), ("a", "y", 4f), ("b", "x", 5f), ("b", "z", 4f) })
        {
            builder.Add(user, item, rating);
        }

        var split = new RandomSplitter(0.5).Split(builder.Build(DuplicateRule.KeepLast, RatingScale.OneToFive, out _), seed: 1);
        var text = split.ToDisplayString("text/plain").Split('\n').Select(line => line.Trim()).ToArray();
        Assert.Equal("split", text[0]);
        Assert.Contains(
            text,
            line => line.StartsWith("training interactions", StringComparison.Ordinal) && line.EndsWith(" 2", StringComparison.Ordinal));
        Assert.Contains(
            text, line => line.StartsWith("test interactions", StringComparison.Ordinal) && line.EndsWith(" 2", StringComparison.Ordinal));

        var model = new AutoRecTrainer(AutoRecRows.Users, new AutoRecOptions { HiddenUnits = 2, Epochs = 1 })
            .Fit(split.Train, new FitContext());
        var rated = Evaluator.MeasureRatings(model, split.Train, split.Test);
        Assert.Matches(
            $@"RMSE +{Math.Round(rated.Rmse, 4).ToString(System.Globalization.CultureInfo.InvariantCulture)}",
            rated.ToDisplayString("text/plain"));
        var ranked = Evaluator.MeasureRanking(model, split.Train, split.Test, Metric.ParseList("ndcg@2,recall@2"));
        Assert.Contains(
            "<td style=\"text-align:left;padding:.15em .7em\">Recall@2</td>",
            ranked.ToDisplayString("text/html"),
            StringComparison.Ordinal);
        var values = UserValues.Of([.. Enumerable.Range(0, 10).Select(user => (double)user)]);
        Assert.StartsWith(
            "paired comparison of 10 users", PairedComparison.Of(values, values).ToDisplayString("text/plain"), StringComparison.Ordinal);
    }
}
