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
                text.Write(string.Concat(rows.Select(row => $"| {string.Join(" | ", row)} |\n")));
                text.Write($"\n{title}. {Legend(comparison)}\n");
                break;
            case "html":
                text.Write("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">");
                text.Write($"<title>{WebUtility.HtmlEncode(title)}</title>\n<style>{Style}</style></head>\n");
                text.Write($"<body><h1>{WebUtility.HtmlEncode(title)}</h1>\n<table>\n{HtmlRow("th", header)}");
                text.Write($"{string.Concat(rows.Select(row => HtmlRow("td", row)))}</table>\n");
                text.Write($"<p>{WebUtility.HtmlEncode(Legend(comparison))}</p></body></html>\n");
                break;
            default:
                text.WriteLine(title);
                AskOptions.WriteTable(text, 1, header, rows);
                text.WriteLine(Legend(comparison));
                break;
        }

        return text.ToString();
    }

    /// <summary>The rows of a table in HTML, as many as there are models, with a header.</summary>
    public static string ToHtmlTable(Comparison comparison)
    {
        var (header, rows) = Table(comparison);
        var body = string.Concat(rows.Select(row => HtmlRow("td", row)));
        return $"<table>\n<thead>{HtmlRow("th", header)}</thead>\n<tbody>{body}</tbody>\n</table>\n";
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

    private static (string[] Header, string[][] Rows) Table(Comparison comparison) => (
        ["model", .. comparison.Metrics.Select(metric => metric.ToString()), "difference", "p", "fit s", "MB"],
        [.. comparison.Models.Select((model, i) => Row(comparison, model, i))]);

    private static string[] Row(Comparison comparison, ComparedModel model, int index)
    {
        var difference = comparison.WithBest.Differences[index];
        return
        [
            model.Name,
            .. comparison.Metrics.Select(metric => Mean(model.Metrics[metric])),
            difference is null ? "" : $"{Number(difference.Difference)} [{Number(difference.Low)}, {Number(difference.High)}]",
            difference is null ? "" : PValue(difference.AdjustedPValue),
            model.FitSeconds.ToString("0.0", CultureInfo.InvariantCulture),
            (model.FitMemory / 1e6).ToString("0", CultureInfo.InvariantCulture),
        ];
    }

    private static string HtmlRow(string tag, string[] cells) =>
        $"<tr>{string.Concat(cells.Select(cell => $"<{tag}>{WebUtility.HtmlEncode(cell)}</{tag}>"))}</tr>\n";

    private static string Mean(MetricOverSeeds metric) => double.IsNaN(metric.Margin)
        ? Number(metric.Mean)
        : $"{Number(metric.Mean)} ± {Number(metric.Margin)}";

    private static string PValue(double p) => p < 0.001 ? "< 0.001" : p.ToString("0.000", CultureInfo.InvariantCulture);

    private static string Number(double number) => number.ToString("0.0000", CultureInfo.InvariantCulture);
}
