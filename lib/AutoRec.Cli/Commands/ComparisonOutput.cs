using System.Globalization;
using System.Net;
using System.Text.Json;
using AutoRec.Evaluation;
using AutoRec.Experiments;
using AutoRec.Native;

namespace AutoRec.Cli.Commands;

/// <summary>Shows a comparison as JSON, as a table, as Markdown and as HTML.</summary>
internal static class ComparisonOutput
{
    private const string Style = "body{font:16px/1.5 system-ui,sans-serif;margin:2rem;color-scheme:light dark}"
        + "table{border-collapse:collapse}"
        + "td,th{padding:.3rem .8rem;border-bottom:1px solid #888;text-align:right}td:first-child,th:first-child{text-align:left}";

    public static string ToJson(Comparison comparison, string title) => JsonSerializer.Serialize(
        new
        {
            Title = title,
            ComparedBy = comparison.Metrics[0].ToString(),
            Best = comparison.Models[comparison.WithBest.Best].Name,
            comparison.WithBest.Correction,
            Resampled = "users",
            Threads = ComputeThreads.Count,
            comparison.WithBest.NotTested,
            Models = comparison.Models.Select((model, i) => new
            {
                model.Name,
                Metrics = comparison.Metrics.ToDictionary(metric => metric.ToString(), metric => new
                {
                    model.Metrics[metric].Mean,
                    Margin = double.IsNaN(model.Metrics[metric].Margin) ? (double?)null : model.Metrics[metric].Margin,
                    Seeds = comparison.Folds == 1 ? model.Metrics[metric].Values : null,
                    Folds = comparison.Folds > 1 ? model.Metrics[metric].Values : null,
                }),
                AgainstBest = comparison.WithBest.Differences[i],
                model.FitSeconds,
                MemoryMb = model.FitMemory / 1e6,
            }),
            comparison.Notes,
        },
        AskOptions.Json);

    public static string ToText(Comparison comparison, string title, string style)
    {
        var (header, rows) = Table(comparison);
        var text = new StringWriter();
        switch (style)
        {
            case "markdown":
                text.Write($"| {string.Join(" | ", header)} |\n|---|{string.Concat(Enumerable.Repeat("---:|", header.Length - 1))}\n");
                text.Write(string.Concat(rows.Select(row => $"| {string.Join(" | ", row.Select(cell => cell.ToMarkdown()))} |\n")));
                text.Write($"\n{title}. {Legend(comparison)}\n");
                break;
            case "html":
                text.Write("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">");
                text.Write($"<title>{WebUtility.HtmlEncode(title)}</title>\n<style>{Style}</style></head>\n");
                text.Write($"<body><h1>{WebUtility.HtmlEncode(title)}</h1>\n{ToHtmlTable(comparison)}");
                text.Write($"<p>{WebUtility.HtmlEncode(Legend(comparison))}</p></body></html>\n");
                break;
            default:
                text.WriteLine(title);
                AskOptions.WriteTable(text, 1, header, rows.Select(row => row.Select(cell => cell.ToString()).ToArray()));
                text.WriteLine(Legend(comparison));
                break;
        }

        return text.ToString();
    }

    /// <summary>The rows of a table in HTML, as many as there are models, with a header.</summary>
    public static string ToHtmlTable(Comparison comparison)
    {
        var (header, rows) = Table(comparison);
        var head = string.Concat(header.Select(name => $"<th scope=\"col\">{WebUtility.HtmlEncode(name)}</th>"));
        var body = string.Concat(rows.Select(row => $"<tr>{string.Concat(row.Select(cell => $"<td>{cell.ToHtml()}</td>"))}</tr>\n"));
        return $"<table>\n<thead><tr>{head}</tr>\n</thead>\n<tbody>{body}</tbody>\n</table>\n";
    }

    /// <summary>Says what means and intervals are over.</summary>
    internal static string IntervalLegend(Comparison comparison) => comparison.Folds > 1
        ? "Means over folds ± half of the 95 % confidence interval over folds, which allows for their common training parts "
            + "(Nadeau and Bengio 2003)."
        : double.IsNaN(comparison.Models[0].Metrics[comparison.Metrics[0]].Margin) ? "One split and one training of each model."
        : "Means over seeds ± half of the 95 % confidence interval over seeds.";

    internal static string Legend(Comparison comparison)
    {
        var best = comparison.Models[comparison.WithBest.Best].Name;
        return IntervalLegend(comparison) + " "
            + (comparison.WithBest.NotTested is { } reason
                ? $"No test: {reason} "
                : $"Difference in {comparison.Metrics[0]} to the best model ({best}) with the 95 % confidence interval over users "
                    + $"(users resampled, all {(comparison.Folds > 1 ? "folds" : "seeds")} of a user together); "
                    + "p-values with Holm's correction. ")
            + "MB: growth of memory during a fit.";
    }

    private static (string[] Header, Cell[][] Rows) Table(Comparison comparison)
    {
        var best = comparison.Metrics.ToDictionary(metric => metric, metric =>
        {
            double[] means = [.. comparison.Models.Select(model => model.Metrics[metric].Mean)];
            return MetricColumn.Best(metric, means, [.. means.Select(Number)]);
        });
        return (
            ["model", .. comparison.Metrics.Select(MetricColumn.Heading), "difference", "p", "fit s", "MB"],
            [.. comparison.Models.Select((model, i) => Row(comparison, model, i, best))]);
    }

    private static Cell[] Row(Comparison comparison, ComparedModel model, int index, Dictionary<Metric, bool[]> best)
    {
        var difference = comparison.WithBest.Differences[index];
        return
        [
            new(model.Name),
            .. comparison.Metrics.Select(metric => Mean(model.Metrics[metric]) with { IsBest = best[metric][index] }),
            new(difference is null ? "" : $"{Number(difference.Difference)} [{Number(difference.Low)}, {Number(difference.High)}]"),
            new(difference is null ? "" : PValue(difference.AdjustedPValue)),
            new(model.FitSeconds.ToString("0.0", CultureInfo.InvariantCulture)),
            new((model.FitMemory / 1e6).ToString("0", CultureInfo.InvariantCulture)),
        ];
    }

    private static Cell Mean(MetricOverSeeds metric) =>
        new(Number(metric.Mean), double.IsNaN(metric.Margin) ? "" : $" ± {Number(metric.Margin)}");

    private static string PValue(double p) => p < 0.001 ? "< 0.001" : p.ToString("0.000", CultureInfo.InvariantCulture);

    private static string Number(double number) => number.ToString("0.0000", CultureInfo.InvariantCulture);

    /// <summary>A cell of the table.</summary>
    /// <param name="Value">What it says.</param>
    /// <param name="Margin">What follows the value.</param>
    /// <param name="IsBest">Whether it is the best of its column.</param>
    private readonly record struct Cell(string Value, string Margin = "", bool IsBest = false)
    {
        public override string ToString() => Value + Margin;

        public string ToMarkdown() => IsBest ? $"**{Value}**{Margin}" : ToString();

        public string ToHtml() => IsBest
            ? $"<strong>{WebUtility.HtmlEncode(Value)}</strong>{WebUtility.HtmlEncode(Margin)}"
            : WebUtility.HtmlEncode(ToString());
    }
}
