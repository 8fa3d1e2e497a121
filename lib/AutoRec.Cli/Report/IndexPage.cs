using System.Text;
using System.Text.RegularExpressions;
using static AutoRec.Cli.Report.PageFrame;

namespace AutoRec.Cli.Report;

/// <summary>The page that leads to the others.</summary>
internal static partial class IndexPage
{
    /// <summary>The tag of cells whose outputs the index shows too.</summary>
    public const string LeaderboardTag = "leaderboard";

    /// <summary>The tag of cells whose first takeaway and first chart stand for the notebook.</summary>
    private const string HeadlineTag = "headline";

    public static string Build(
        IReadOnlyList<ReportEntry> entries,
        IReadOnlyList<ReportDocument> documents,
        ReportFacts facts,
        MathRenderer math,
        SiteNavigation navigation)
    {
        var failed = entries.Count(entry => entry.Run?.Failure is not null);
        var list = new StringBuilder();
        foreach (var (index, entry) in entries.Index())
        {
            var failure = entry.Run?.Failure;
            var notice = failure is null
                ? ""
                : $"<p class=\"failed\">Failed in <a href=\"{Uri.EscapeDataString(entry.Page)}#cell-{failure.Cell.Number}\">"
                    + $"cell {failure.Cell.Number}</a>: {Encode(FirstLine(failure.Message))}</p>";
            list.Append($"""
                <li>
                <h3><a href="{Uri.EscapeDataString(entry.Page)}">{entry.CourseNumber ?? index + 1}. {Encode(entry.Title)}</a></h3>
                {Headline(entry)}{notice}
                </li>

                """);
        }

        var isSaved = entries.All(entry => entry.Run is null);
        var state = failed == 0 ? $"All {entries.Count} notebooks ran." : $"{failed} of {entries.Count} notebooks failed.";
        var leaderboard = facts.First is null ? Leaderboard(entries, math) : "";
        var measured = string.Concat(documents.Select(document =>
            $"<p>Measured beforehand: <a href=\"{Uri.EscapeDataString(document.Page)}\">{Encode(document.Title)}</a>.</p>\n"));
        state = $"<span class=\"{(failed == 0 ? "fine" : "failed")}\">{state}</span>";
        var source = isSaved
            ? "Figures and tables are the outputs that are saved in the notebooks."
            : $"Every figure and table of the notebooks was computed in this run, from the data set\n"
                + $"<strong>{Encode(facts.Dataset ?? "")}</strong>. {state}";
        var first = facts.First is { } own
            ? $"{own}<p>{state}</p>\n"
            : $"""
                <h1>{ReportTitle}</h1>
                <p class="lead">Autoencoder recommenders on .NET, from a ratings file to a comparison of models.
                {source}</p>
                {Notes(facts.Notes)}{leaderboard}
                """;
        var main = $"""
            <div class="page"><main>
            {first}<h2 id="notebooks">What came out, notebook by notebook</h2>
            <ol class="notebooks">
            {list}</ol>
            {measured}</main></div>
            """;
        TimeSpan? elapsed = isSaved ? null : TimeSpan.FromTicks(entries.Sum(entry => entry.Run?.Elapsed.Ticks ?? 0));
        string[] scripts = leaderboard.Contains("Plotly", StringComparison.Ordinal) ? [ReportAssets.PlotlyFile] : [];
        var footer = Footer(facts, elapsed, facts.Seed ?? CommonSeed(entries));
        return PageFrame.Build(ReportTitle, navigation.Build(ReportBuilder.IndexFile, []), main, footer, scripts);
    }

    // The outputs of the first notebook that has such a cell, as they stand there: nothing is computed here.
    private static string Leaderboard(IReadOnlyList<ReportEntry> entries, MathRenderer math)
    {
        foreach (var entry in entries)
        {
            var cells = entry.Notebook.Cells.Where(cell => cell.Tags.Contains(LeaderboardTag) && cell.Outputs.Count > 0).ToList();
            if (cells.Count > 0)
            {
                var outputs = new OutputRenderer(new MarkdownRenderer(math, new Links(".", ".", new Dictionary<string, string>())), math);
                var shown = cells.SelectMany(cell => cell.Outputs)
                    .Select(output => $"<div class=\"output\">{outputs.ToHtml(output)}</div>\n");
                return $"""
                    <section class="leaderboard"><h2 id="leaderboard">Leaderboard</h2>
                    {string.Concat(shown)}
                    <p>Computed in <a href="{Uri.EscapeDataString(entry.Page)}#cell-{cells[0].Number}">{Encode(entry.Title)}</a>.</p>
                    </section>

                    """;
            }
        }

        return "";
    }

    // What the notebook found: its own sentence and its own picture. Without them, what it is about.
    private static string Headline(ReportEntry entry)
    {
        var cells = entry.Notebook.Cells.Where(cell => cell.Tags.Contains(HeadlineTag)).ToList();
        var html = cells.SelectMany(cell => cell.Outputs.Select(output => (cell.Number, Html: OutputRenderer.Html(output) ?? ""))).ToList();
        var takeaway = html.Select(output => Takeaway().Match(output.Html)).FirstOrDefault(match => match.Success);
        var charts = html.Select(output => (output.Number, Match: Chart().Match(output.Html)));
        var chart = charts.FirstOrDefault(output => output.Match.Success);
        var address = $"{Uri.EscapeDataString(entry.Page)}#cell-{chart.Number}";
        var text = takeaway is null
            ? $"<p class=\"summary\">{Encode(entry.Summary ?? "")}</p>\n"
            : $"<p>{takeaway.Groups["text"].Value}</p>\n";
        return chart.Match is null
            ? text
            : $"{text}<a class=\"chart\" href=\"{address}\">{chart.Match.Groups["image"].Value}</a>\n";
    }

    private static string Notes(IReadOnlyList<string> notes) => notes.Count == 0 ? "" : $"""
        <section><h2 id="notes">Notes on the data</h2>
        <ul>{string.Concat(notes.Select(note => $"<li>{Encode(note)}</li>"))}</ul></section>

        """;

    private static int? CommonSeed(IReadOnlyList<ReportEntry> entries) =>
        entries.Select(entry => entry.DefaultSeed).OfType<int>().Distinct().ToArray() is [var seed] ? seed : null;

    private static string FirstLine(string text) => text.Split('\n')[0];

    [GeneratedRegex("""<p class="autorec-takeaway"[^>]*>(?<text>.*?)</p>""", RegexOptions.Singleline)]
    private static partial Regex Takeaway();

    [GeneratedRegex("""<figure class="autorec-chart"[^>]*>\s*(?<image><img [^>]*>)""")]
    private static partial Regex Chart();
}
