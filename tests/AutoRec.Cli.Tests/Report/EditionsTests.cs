using AngleSharp.Html.Parser;

namespace AutoRec.Cli.Tests;

/// <summary>The editions on real data that docs/reports holds.</summary>
public sealed class EditionsTests
{
    private const int MostBytes = 3_000_000;
    private const int MostRows = 25; // The terms of the data allow examples and no more.

    private static readonly string Root = Path.Combine(NotebookSamples.Repository, "docs", "reports");

    public static TheoryData<string> Names => [.. Directory.EnumerateDirectories(Root).Select(path => Path.GetFileName(path)!)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Edition_Pages_StandAloneAndPassNoDataOn(string name)
    {
        var files = Directory.EnumerateFiles(Path.Combine(Root, name)).Where(path => Path.GetFileName(path)[0] != '.').ToArray();
        Assert.Contains(Path.Combine(Root, name, "index.html"), files);
        Assert.All(files, path => Assert.Equal(".html", Path.GetExtension(path)));
        Assert.InRange(files.Sum(path => new FileInfo(path).Length), 1, MostBytes);
        foreach (var path in files)
        {
            var page = new HtmlParser().ParseDocument(File.ReadAllText(path));
            Assert.Empty(page.QuerySelectorAll("script, link[rel=stylesheet], [src]:not([src^='data:'])"));
            Assert.All(page.QuerySelectorAll("table"), table => Assert.InRange(table.QuerySelectorAll("tbody tr").Length, 0, MostRows));
            Assert.All(
                page.QuerySelectorAll("a[href]").Select(link => link.GetAttribute("href")!)
                    .Where(address => !address.Contains(':', StringComparison.Ordinal) && address[0] != '#'),
                address => Assert.True(
                    File.Exists(Path.Combine(Root, name, Uri.UnescapeDataString(address.Split('#')[0]))),
                    $"{path} links to {address}."));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Edition_ByHtmlValidate_IsCorrect(string name)
    {
        HtmlValidate.Require();
        await HtmlValidate.AssertValidAsync(Directory.EnumerateFiles(Path.Combine(Root, name), "*.html"));
    }
}
