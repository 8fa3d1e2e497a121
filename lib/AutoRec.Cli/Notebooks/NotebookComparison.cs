using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace AutoRec.Cli.Notebooks;

/// <summary>
/// Holds the outputs of one run against those of another: the same cells, the same kinds of outputs, the same words, and numbers that
/// are the same after rounding, since the last digits of a training are a matter of the processor. Pictures are left out: what
/// they show stands in the text beside them. A cell says by a tag where its results depend more on the processor: with <c>within-5%</c>
/// its numbers may differ by that much, words not; of a cell tagged <c>varies</c>, such as one that shows times, only the kinds of outputs
/// are compared.
/// </summary>
internal static partial class NotebookComparison
{
    private const double Tolerance = 0.01;

    /// <summary>What differs, one line each; none where the outputs agree.</summary>
    /// <param name="expected">The outputs that should be.</param>
    /// <param name="actual">Those that are.</param>
    public static IReadOnlyList<string> Differences(NotebookDocument expected, NotebookDocument actual)
    {
        if (expected.Cells.Count != actual.Cells.Count)
        {
            return [$"{expected.Cells.Count} cells are expected, there are {actual.Cells.Count}"];
        }

        var differences = new List<string>();
        foreach (var (before, after) in expected.Cells.Zip(actual.Cells).Where(pair => pair.First.Kind == CellKind.Code))
        {
            if (before.Source != after.Source)
            {
                differences.Add($"cell {after.Number}: the code is another");
            }
            else if (before.ExecutionCount != after.ExecutionCount)
            {
                differences.Add(
                    $"cell {after.Number}: execution count [{before.ExecutionCount}] is expected, it is [{after.ExecutionCount}]");
            }
            else if (before.Outputs.Count != after.Outputs.Count)
            {
                differences.Add($"cell {after.Number}: {before.Outputs.Count} outputs are expected, there are {after.Outputs.Count}");
            }
            else
            {
                var isText = !after.Tags.Contains("varies");
                var tolerance = after.Tags.Select(tag => Within().Match(tag)).FirstOrDefault(match => match.Success) is { } within
                    ? Parse(within.Groups[1].Value) / 100
                    : Tolerance;
                differences.AddRange(before.Outputs.Zip(after.Outputs)
                    .Select((pair, i) => Difference(pair.First, pair.Second, isText, tolerance) is { } difference
                        ? $"cell {after.Number}, output {i + 1}: {difference}"
                        : null)
                    .OfType<string>());
            }
        }

        return differences;
    }

    private static string? Difference(JsonObject expected, JsonObject actual, bool isText, double tolerance)
    {
        var (before, after) = (KindOf(expected), KindOf(actual));
        return before != after ? $"{before} is expected, it is {after}"
            : isText ? TextDifference(TextOf(expected), TextOf(actual), tolerance) : null;
    }

    private static string KindOf(JsonObject output)
    {
        IEnumerable<string> types = output["data"] is JsonObject data ? data.Select(part => part.Key).Order(StringComparer.Ordinal) : [];
        return string.Join(' ', types
            .Prepend(MultilineText.Read(output["name"])).Prepend(MultilineText.Read(output["output_type"]))
            .Where(word => word is not null));
    }

    // The plainest text there is; what a chart shows is in it too.
    private static string TextOf(JsonObject output) =>
        MultilineText.Read(output["text"]) ?? MultilineText.Read(output["evalue"]) ?? MultilineText.Read(output["data"]?["text/plain"])
        ?? MultilineText.Read(output["data"]?["text/markdown"])
        ?? (MultilineText.Read(output["data"]?["text/html"]) is { } html ? WebUtility.HtmlDecode(Markup().Replace(html, " ")) : "");

    private static string? TextDifference(string expected, string actual, double tolerance)
    {
        // Tables are as wide as their numbers: blanks and rules between columns do not count.
        var (before, after) = (Blank().Split(expected.Trim()), Blank().Split(actual.Trim()));
        for (var i = 0; i < Math.Max(before.Length, after.Length); i++)
        {
            var (wanted, given) = (before.ElementAtOrDefault(i) ?? "the end", after.ElementAtOrDefault(i) ?? "the end");
            if (!AreAlike(wanted, given, tolerance))
            {
                return $"'{wanted}' is expected, it is '{given}', after '{string.Join(' ', before.Take(i).TakeLast(6))}'";
            }
        }

        return null;
    }

    private static bool AreAlike(string expected, string actual, double tolerance)
    {
        var (before, after) = (Number().Matches(expected), Number().Matches(actual));
        return expected == actual || (before.Count == after.Count
            && Number().Replace(expected, "#") == Number().Replace(actual, "#")
            && before.Zip(after).All(pair => AreNear(pair.First.Value, pair.Second.Value, tolerance)));
    }

    // One in the last place shown, or a hundredth, unless the cell says more.
    private static bool AreNear(string expected, string actual, double tolerance)
    {
        var (a, b) = (Parse(expected), Parse(actual));
        var decimals = Math.Min(DecimalsOf(expected), DecimalsOf(actual));
        var lastPlace = decimals > 0 ? 1.01 * Math.Pow(10, -decimals) : 0;
        return Math.Abs(a - b) <= Math.Max(lastPlace, tolerance * Math.Max(Math.Abs(a), Math.Abs(b)));
    }

    private static double Parse(string number) =>
        double.Parse(number.Replace(",", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);

    private static int DecimalsOf(string number) =>
        number.IndexOf('.', StringComparison.Ordinal) is var point and >= 0 ? number.Length - point - 1 : 0;

    [GeneratedRegex(@"^within-(\d+)%$")]
    private static partial Regex Within();

    [GeneratedRegex(@"-?\d+(,\d{3})*(\.\d+)?")]
    private static partial Regex Number();

    [GeneratedRegex(@"(?:\s+|(?<=\s|^)-{2,}(?=\s|$))+")]
    private static partial Regex Blank();

    [GeneratedRegex(@"<(style|script)\b.*?</\1>|<[^>]*>", RegexOptions.Singleline)]
    private static partial Regex Markup();
}
