using System.Text.RegularExpressions;
using AutoRec.Experiments;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.Scripting;

namespace AutoRec.Cli.Tests;

public sealed partial class ReadmeTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Readme_CSharpExample_CompilesAndRuns()
    {
        var random = new Random(5);
        string[] lines =
        [
            "userId,movieId,rating",
            .. Enumerable.Range(0, 1_500).Select(_ => $"{random.Next(60)},{random.Next(240, 290)},{random.Next(1, 6)}")
        ];
        await System.IO.File.WriteAllLinesAsync(folder.File("ratings.csv"), lines);
        var text = await System.IO.File.ReadAllTextAsync(System.IO.Path.Combine(NotebookSamples.Repository, "README.md"));
        var example = Example().Matches(text).Single().Groups[1].Value;
        var code = example.Replace("\"ratings.csv\"", $"@\"{folder.File("ratings.csv")}\"", StringComparison.Ordinal)
            .Replace(
                "new Experiment(\"autorec-item\")",
                "new Experiment(\"autorec-user\", [new(\"epochs\", \"3\"), new(\"hidden-units\", \"8\")])",
                StringComparison.Ordinal)
            .Replace("Console.WriteLine(", "Lines.Add(\"\" + ", StringComparison.Ordinal);
        var shown = new Shown();
        await CSharpScript.RunAsync(
            "using System;\nusing System.Collections.Generic;\n" + code,
            ScriptOptions.Default.AddReferences(typeof(Experiment).Assembly).AddReferences(typeof(object).Assembly),
            shown,
            typeof(Shown),
            TestContext.Current.CancellationToken);
        Assert.Equal(3, shown.Lines.Count);
        Assert.Matches(@"^autorec-user: rmse \d\.\d{4}, mae \d\.\d{4}, precision@10 .* \(seed 42, [123] epochs\)$", shown.Lines[0]);
        Assert.All(
            shown.Lines.Skip(1), title => Assert.InRange(int.Parse(title, System.Globalization.CultureInfo.InvariantCulture), 240, 289));
        Assert.NotEqual("260", shown.Lines[2]);
    }

    /// <summary>What the example prints.</summary>
    public sealed class Shown
    {
        /// <summary>Its lines.</summary>
        public List<string> Lines { get; } = [];
    }

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Example();
}
