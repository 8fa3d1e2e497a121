using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using AutoRec.Catalog;
using AutoRec.Cli.Evaluation;
using AutoRec.Evaluation;
using AutoRec.Native;
using AutoRec.Scoring;
using AutoRec.Splitting;
using AutoRec.Training;

namespace AutoRec.Cli.Commands;

/// <summary><c>autorec compare</c>: several models on the same splits, over several seeds.</summary>
internal static class CompareCommand
{
    public static Command Create()
    {
        var models = new Option<string>("--models") { Description = "The models, with commas between.", HelpName = "a,b,c", Required = true };
        var set = new Option<string[]>("--set") { Description = "Sets an option of one of them; may be given several times.", HelpName = "model.option=value", DefaultValueFactory = _ => [] };
        var split = new Option<string>("--split") { Description = "How to split the data for each seed.", HelpName = "random:0.9|leave-one-out|time:0.8|strong:600", DefaultValueFactory = _ => "random:0.9" };
        var metrics = new Option<string>("--metrics") { Description = "What to measure; models are compared by the first.", HelpName = "ndcg@10,recall@20,...", DefaultValueFactory = _ => "ndcg@10,recall@10,precision@10" };
        var seeds = new Option<int>("--seeds") { Description = "How many seeds, each with a split and a training of its own: 1, 2, ...", DefaultValueFactory = _ => 5 };
        var threads = new Option<int?>("--threads") { Description = "How many threads to compute with; all processors unless set." };
        var device = new Option<ComputeDevice>("--device") { Description = "Where torch computes.", HelpName = "cpu|cuda", DefaultValueFactory = _ => ComputeDevice.Cpu };
        var style = new Option<string>("--as") { Description = "How to print the result.", HelpName = "table|markdown|json|html", DefaultValueFactory = _ => "table" };
        style.AcceptOnlyFromAmong("table", "markdown", "json", "html");
        var data = new DataSetOptions();
        var command = new Command("compare", "Compare models on the same splits: means over seeds with confidence intervals, paired significance, time and memory.") { models, set, split, metrics, seeds, threads, device, style };
        data.AddTo(command);
        command.SetAction((parsed, cancellation) => Task.Run(
            () =>
            {
                var isImplicit = data.MinRating(parsed) is not null;
                var chosen = Trainers(parsed.GetRequiredValue(models), parsed.GetRequiredValue(set));
                var specs = Metrics(parsed.GetRequiredValue(metrics), chosen, isImplicit);
                var splitter = Splitter.Parse(parsed.GetRequiredValue(split));
                var count = parsed.GetValue(seeds);
                if (count is < 1 or > 1_000)
                {
                    throw new ArgumentException("--seeds lies between 1 and 1000.");
                }

                if (parsed.GetValue(threads) is { } number)
                {
                    ComputeThreads.Count = number;
                }

                var log = data.Load(parsed).Interactions;
                var comparison = new Comparison(log, splitter, specs, isImplicit, parsed.GetValue(device), parsed.InvocationConfiguration.Error, cancellation);
                var result = comparison.Run(chosen, [.. Enumerable.Range(1, count)]);
                var title = FormattableString.Invariant($"{data.Name(parsed)}, {splitter.Name}, {count} seed{(count == 1 ? "" : "s")}");
                Write(parsed.InvocationConfiguration.Output, parsed.GetRequiredValue(style), title, specs, result);
            },
            cancellation));
        return command;
    }

    private static IReadOnlyList<(ModelEntry Entry, ITrainer<IRecommender> Trainer)> Trainers(string names, string[] settings)
    {
        var entries = names.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(ModelCatalog.Find).ToArray();
        if (entries.Length == 0 || entries.Distinct().Count() < entries.Length)
        {
            throw new ArgumentException("--models names different models, with commas between.");
        }

        var read = settings.Select(text => text.Split('.', 2) is [var model, var setting] && Array.Find(entries, entry => entry.Name == model) is { } entry
            ? (Entry: entry, Setting: EvaluateCommand.Setting(setting))
            : throw new ArgumentException($"'--set {text}' sets no option of a model that is compared: expected --set model.option=value.")).ToArray();
        return [.. entries.Select(entry => (entry, entry.CreateTrainer(read.Where(one => one.Entry == entry).Select(one => one.Setting), out _)))];
    }

    private static IReadOnlyList<Metric> Metrics(string text, IReadOnlyList<(ModelEntry Entry, ITrainer<IRecommender> Trainer)> models, bool isImplicit)
    {
        var specs = Metric.ParseList(text);
        if (specs.FirstOrDefault(metric => metric.IsRating) is { } rating && (isImplicit || models.Any(model => model.Entry.Kind != ModelKind.Rating)))
        {
            throw new ArgumentException(isImplicit
                ? $"With --min-rating there is no '{rating}'."
                : $"The model '{models.First(model => model.Entry.Kind != ModelKind.Rating).Entry.Name}' only ranks items, so it has no '{rating}'.");
        }

        return specs;
    }

    private static void Write(TextWriter output, string style, string title, IReadOnlyList<Metric> metrics, (IReadOnlyList<ComparedModel> Models, ComparisonWithBest ByFirstMetric) result)
    {
        if (style == "json")
        {
            output.WriteLine(ToJson(title, metrics, result));
            return;
        }

        string[] header = ["model", .. metrics.Select(metric => metric.ToString()), $"difference in {metrics[0]}", "p", "fit s", "MB"];
        string[][] rows = [.. result.Models.Select((model, i) => Row(model, metrics, result.ByFirstMetric.Differences[i]))];
        var legend = result.ByFirstMetric.NotTested is { } reason ? $"{Means} Not tested: {reason}" : $"{Means} {Tests}";
        switch (style)
        {
            case "markdown":
                output.WriteLine($"| {string.Join(" | ", header)} |");
                output.WriteLine($"|---|{string.Concat(Enumerable.Repeat("---:|", header.Length - 1))}");
                foreach (var row in rows)
                {
                    output.WriteLine($"| {string.Join(" | ", row)} |");
                }

                output.WriteLine();
                output.WriteLine(title + ". " + legend);
                break;
            case "html":
                output.Write(ToHtml(title, header, rows, legend));
                break;
            default:
                output.WriteLine(title);
                AskOptions.WriteTable(output, 1, header, rows);
                output.WriteLine(legend);
                break;
        }
    }

    private const string Means = "Means over seeds ± half of the 95 % confidence interval over seeds; MB: growth of memory in a fit.";

    private const string Tests = "Difference from the best model with its 95 % confidence interval over resampled users; p: Holm-corrected over all pairs of models.";

    private static string[] Row(ComparedModel model, IReadOnlyList<Metric> metrics, PairedComparison? difference) =>
    [
        model.Name,
        .. metrics.Select(metric => model.Metrics[metric]).Select(one => double.IsNaN(one.Margin) ? Number(one.Mean) : $"{Number(one.Mean)} ± {Number(one.Margin)}"),
        difference is null ? "" : FormattableString.Invariant($"{difference.Difference:0.0000} [{difference.Low:0.0000}, {difference.High:0.0000}]"),
        difference is null ? "" : Number(difference.AdjustedPValue),
        model.FitSeconds.ToString("0.0", CultureInfo.InvariantCulture),
        model.MemoryMegabytes.ToString("0", CultureInfo.InvariantCulture),
    ];

    private static string ToJson(string title, IReadOnlyList<Metric> metrics, (IReadOnlyList<ComparedModel> Models, ComparisonWithBest ByFirstMetric) result) => JsonSerializer.Serialize(
        new
        {
            Title = title,
            result.ByFirstMetric.Correction,
            result.ByFirstMetric.NotTested,
            Models = result.Models.Select((model, i) => new
            {
                model.Name,
                Metrics = metrics.ToDictionary(metric => metric.ToString(), metric => new
                {
                    model.Metrics[metric].Mean,
                    Margin = double.IsNaN(model.Metrics[metric].Margin) ? (double?)null : model.Metrics[metric].Margin,
                    Seeds = model.Metrics[metric].Values,
                }),
                AgainstBest = result.ByFirstMetric.Differences[i],
                model.FitSeconds,
                MemoryMb = model.MemoryMegabytes,
            }),
        },
        AskOptions.Json);

    private static string ToHtml(string title, string[] header, string[][] rows, string legend)
    {
        var html = new StringBuilder();
        html.Append(CultureInfo.InvariantCulture, $"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{WebUtility.HtmlEncode(title)}</title>\n");
        html.Append("<style>body{font:16px/1.5 system-ui,sans-serif;margin:2rem}table{border-collapse:collapse}td,th{padding:.3rem .8rem;border-bottom:1px solid #ccc;text-align:right}td:first-child,th:first-child{text-align:left}</style></head>\n");
        html.Append(CultureInfo.InvariantCulture, $"<body><h1>{WebUtility.HtmlEncode(title)}</h1>\n<table>\n");
        AppendRow(html, "th", header);
        foreach (var row in rows)
        {
            AppendRow(html, "td", row);
        }

        html.Append(CultureInfo.InvariantCulture, $"</table>\n<p>{WebUtility.HtmlEncode(legend)}</p></body></html>\n");
        return html.ToString();
    }

    private static void AppendRow(StringBuilder html, string tag, string[] cells) =>
        html.Append("<tr>").AppendJoin("", cells.Select(cell => $"<{tag}>{WebUtility.HtmlEncode(cell)}</{tag}>")).Append("</tr>\n");

    private static string Number(double number) => number.ToString("0.0000", CultureInfo.InvariantCulture);
}
