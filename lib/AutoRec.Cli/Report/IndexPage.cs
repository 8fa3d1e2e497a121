using System.Text;
using static AutoRec.Cli.Report.PageFrame;

namespace AutoRec.Cli.Report;

/// <summary>The page that leads to the others.</summary>
internal static class IndexPage
{
    public static string Build(IReadOnlyList<ReportEntry> entries, IReadOnlyList<ReportDocument> documents, ReportFacts facts)
    {
        var failed = entries.Count(entry => entry.Run?.Failure is not null);
        var list = new StringBuilder();
        foreach (var entry in entries)
        {
            var failure = entry.Run?.Failure;
            list.Append($"""
                <li{(failure is null ? "" : " class=\"failing\"")}>
                <h2><a href="{Uri.EscapeDataString(entry.Page)}">{Encode(entry.Title)}</a></h2>
                <p>{Encode(entry.Summary ?? "")}</p>
                {(failure is null ? "" : $"<p class=\"failed\">Failed in <a href=\"{Uri.EscapeDataString(entry.Page)}#cell-{failure.Cell.Number}\">cell {failure.Cell.Number}</a>: {Encode(FirstLine(failure.Message))}</p>")}
                </li>

                """);
        }

        var state = failed == 0 ? $"All {entries.Count} notebooks ran." : $"{failed} of {entries.Count} notebooks failed.";
        var main = $"""
            <div class="page"><main>
            <h1>{ReportTitle}</h1>
            <p class="lead">Autoencoder recommenders on .NET, from a ratings file to a comparison of models.
            Every figure and table of the notebooks was computed in this run, from the data set <strong>{Encode(facts.Dataset)}</strong>.
            <span class="{(failed == 0 ? "fine" : "failed")}">{state}</span></p>
            <ol class="notebooks">
            {list}</ol>
            {string.Concat(documents.Select(document => $"<p>Measured beforehand: <a href=\"{Uri.EscapeDataString(document.Page)}\">{Encode(document.Title)}</a>.</p>\n"))}</main></div>
            """;
        var elapsed = TimeSpan.FromTicks(entries.Sum(entry => entry.Run?.Elapsed.Ticks ?? 0));
        return PageFrame.Build(ReportTitle, $"<span class=\"home\">{ReportTitle}</span>", main, Footer(facts, elapsed));
    }

    private static string FirstLine(string text) => text.Split('\n')[0];
}
