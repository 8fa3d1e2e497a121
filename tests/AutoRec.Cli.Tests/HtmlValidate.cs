using System.Diagnostics;

namespace AutoRec.Cli.Tests;

/// <summary>The program html-validate that <c>AUTOREC_HTML_VALIDATE</c> names, with the rules that our pages keep.</summary>
internal static class HtmlValidate
{
    // The rules that do not hold for all pages, and why.
    private static readonly (string Name, string Setting, string Why)[] Rules =
    [
        ("no-inline-style", "\"off\"",
            "Tables and charts of cells bring their style along: Jupyter and VS Code have no stylesheet of ours."),
        ("valid-id", "[\"error\", { \"relaxed\": true }]",
            "Ids of headings are GitHub's, so that links hold there too; some begin with a digit."),
        ("long-title", "\"off\"", "The title is the notebook's; 70 characters are what a search engine shows."),
    ];

    private static string? Program => Environment.GetEnvironmentVariable("AUTOREC_HTML_VALIDATE");

    /// <summary>Skips the test where there is no html-validate.</summary>
    public static void Require() => Assert.SkipUnless(
        Program is { Length: > 0 },
        "AUTOREC_HTML_VALIDATE names no html-validate: npm install html-validate, and give node_modules/.bin/html-validate.");

    public static async Task AssertValidAsync(IEnumerable<string> pages)
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("rules.json"), $$"""
            { "root": true, "extends": ["html-validate:recommended"], "rules": {
              {{string.Join(", ", Rules.Select(rule => $"\"{rule.Name}\": {rule.Setting}"))}} } }
            """);
        var start = new ProcessStartInfo(Program!, ["--config", folder.File("rules.json"), "--formatter", "text", .. pages])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var found = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken) + await errors;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal("", found);
        Assert.Equal(0, process.ExitCode);
    }
}
