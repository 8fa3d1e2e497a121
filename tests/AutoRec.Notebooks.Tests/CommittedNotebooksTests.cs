using System.Text.Json;
using System.Text.RegularExpressions;

namespace AutoRec.Notebooks.Tests;

/// <summary>What every notebook in the repository keeps to; whether it runs is for the report to show.</summary>
public sealed partial class CommittedNotebooksTests
{
    private const int LongestCell = 20;
    private const int LongestLine = 100;
    private const int LargestFile = 500_000;
    private const int MostWords = 1_250;
    private const int MostWordsOfASentence = 42; // formulas and links count as one

    public static TheoryData<string> Names =>
        [.. Directory.GetFiles(Folder, "*.ipynb").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    private static string Folder { get; } =
        Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(Path.GetDirectoryName(Workspace.Of("sample").Folder)))!, "notebooks");

    [Fact]
    public void Folder_HoldsTheFiveOfTheMainPath() =>
        Assert.Superset(
            new HashSet<string> { "01-eda.ipynb", "02-preprocessing.ipynb", "03-autorec.ipynb", "04-vae.ipynb", "05-evaluation.ipynb" },
            Names.Select(row => row.Data).ToHashSet());

    [Theory]
    [MemberData(nameof(Names))]
    public void Notebook_Format_IsWhatFrontEndsExpect(string name)
    {
        var notebook = Read(name);
        Assert.Equal((4, 5), (notebook.GetProperty("nbformat").GetInt32(), notebook.GetProperty("nbformat_minor").GetInt32()));
        var metadata = notebook.GetProperty("metadata");
        Assert.Equal(".net-csharp", metadata.GetProperty("kernelspec").GetProperty("name").GetString());
        Assert.Equal("C#", metadata.GetProperty("kernelspec").GetProperty("language").GetString());
        Assert.Equal("polyglot-notebook", metadata.GetProperty("language_info").GetProperty("name").GetString());
        Assert.Equal(
            "csharp", metadata.GetProperty("polyglot_notebook").GetProperty("kernelInfo").GetProperty("defaultKernelName").GetString());

        var ids = Cells(notebook).Select(cell => cell.GetProperty("id").GetString()!).ToArray();
        Assert.Equal(ids.Length, ids.Distinct(StringComparer.Ordinal).Count());
        Assert.All(ids, id => Assert.Matches("^[a-zA-Z0-9_-]{1,64}$", id));
        Assert.All(
            CodeCells(notebook),
            cell =>
                Assert.Equal("csharp", cell.GetProperty("metadata")
                    .GetProperty("polyglot_notebook")
                    .GetProperty("kernelName")
                    .GetString()));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Notebook_Shape_IsTheHouseStyle(string name)
    {
        var notebook = Read(name);
        var cells = Cells(notebook);
        var code = CodeCells(notebook);
        Assert.StartsWith("# ", Text(cells[0]), StringComparison.Ordinal);
        Assert.Contains("## References", Text(cells[^1]), StringComparison.Ordinal);
        Assert.Single(code, cell => Text(cell).Contains("#r ", StringComparison.Ordinal));
        Assert.StartsWith("#r \"../lib/AutoRec.Notebooks/bin/AutoRec.Notebooks.dll\"", Text(code[0]), StringComparison.Ordinal);
        var parameters = Assert.Single(
            code,
            cell => cell.GetProperty("metadata").TryGetProperty("tags", out var tags)
                && tags.EnumerateArray().Any(tag => tag.GetString() == "parameters"));
        Assert.Contains("Parameters.Text(\"dataset\", \"sample\")", Text(parameters), StringComparison.Ordinal);

        Assert.All(code, cell => Assert.InRange(Text(cell).Split('\n').Length, 1, LongestCell));
        Assert.All(code.SelectMany(cell => Text(cell).Split('\n')), line => Assert.InRange(line.Length, 0, LongestLine));
        Assert.All(code, cell => Assert.DoesNotMatch(TypeDeclaration(), Text(cell)));
        Assert.InRange((cells.Length - code.Length) / (double)code.Length, 0.8, 1.5);
        Assert.Contains(code, cell => Text(cell).Contains("Check.That(", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Notebook_Text_IsShortAndInShortSentences(string name)
    {
        var text = Cells(Read(name)).Where(cell => cell.GetProperty("cell_type").GetString() == "markdown").Select(Text);
        string[] sentences =
        [
            .. text.SelectMany(cell => SentenceEnd().Split(FormulaOrTarget().Replace(cell, "x"))).Where(one => !one.StartsWith('|')),
        ];
        Assert.InRange(sentences.Sum(Words), 100, MostWords);
        Assert.DoesNotContain(sentences, sentence => Words(sentence) > MostWordsOfASentence);

        static int Words(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Notebook_Outputs_AreOfOneCleanRun(string name)
    {
        var path = Path.Combine(Folder, name);
        Assert.InRange(new FileInfo(path).Length, 1, LargestFile);
        var notebook = Read(name);
        var code = CodeCells(notebook);
        Assert.Equal(Enumerable.Range(1, code.Length), code.Select(cell => cell.GetProperty("execution_count").GetInt32()));

        var outputs = code.SelectMany(cell => cell.GetProperty("outputs").EnumerateArray()).ToArray();
        Assert.NotEmpty(outputs);
        Assert.DoesNotContain(outputs, output => output.GetProperty("output_type").GetString() == "error");
        Assert.DoesNotContain(outputs, output => output.TryGetProperty("name", out var stream) && stream.GetString() == "stderr");
        Assert.DoesNotMatch(MachinePath(), File.ReadAllText(path));
        Assert.DoesNotMatch(TimeStampOrGuid(), string.Concat(outputs.Select(output => output.GetRawText())));
        Assert.DoesNotMatch(
            Duration(),
            string.Concat(
                outputs.Where(output => output.TryGetProperty("text", out _)).Select(output => Lines(output.GetProperty("text")))));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Notebook_EveryChart_HasAPictureOrItsTitleAndATextInOneOutput(string name)
    {
        var charts = CodeCells(Read(name)).SelectMany(cell => cell.GetProperty("outputs").EnumerateArray())
            .Where(output =>
                output.TryGetProperty("data", out var data)
                    && data.TryGetProperty("text/html", out var html)
                    && Lines(html).Contains("autorec-chart", StringComparison.Ordinal))
            .Select(output => output.GetProperty("data")).ToArray();
        Assert.True(charts.Length >= 2);
        Assert.All(charts, data => Assert.Matches("<img alt=\"\\[chart] |<p>\\[chart] ", Lines(data.GetProperty("text/html"))));
        Assert.All(charts, data => Assert.StartsWith("[chart] ", Lines(data.GetProperty("text/plain")), StringComparison.Ordinal));
    }

    private static JsonElement Read(string name) => JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, name))).RootElement;

    private static JsonElement[] Cells(JsonElement notebook) => [.. notebook.GetProperty("cells").EnumerateArray()];

    private static JsonElement[] CodeCells(JsonElement notebook) =>
        [.. Cells(notebook).Where(cell => cell.GetProperty("cell_type").GetString() == "code")];

    private static string Text(JsonElement cell) => Lines(cell.GetProperty("source"));

    private static string Lines(JsonElement text) =>
        text.ValueKind == JsonValueKind.Array ? string.Concat(text.EnumerateArray().Select(line => line.GetString())) : text.GetString()!;

    // Behind a full stop or the like, a paragraph, or before an item, a heading or a row of a table.
    [GeneratedRegex(@"(?<=[.!?:;])\s+|\n\s*\n|\n(?=[-|#*>]|\d+\.)")]
    private static partial Regex SentenceEnd();

    [GeneratedRegex(@"\$\$.*?\$\$|\$[^$]*\$|(?<=\])\([^)]*\)", RegexOptions.Singleline)]
    private static partial Regex FormulaOrTarget();

    [GeneratedRegex(@"^\s*(public |internal |sealed |static )*(class|struct|record|interface|enum) \w", RegexOptions.Multiline)]
    private static partial Regex TypeDeclaration();

    [GeneratedRegex(@"/home/|/root/|/work/|/Users/|[A-Z]:\\\\")]
    private static partial Regex MachinePath();

    // Days are data; a time of day with seconds is when somebody ran it.
    [GeneratedRegex(@"\b20\d\d-\d\d-\d\d[T ]\d\d:\d\d:\d\d|\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")]
    private static partial Regex TimeStampOrGuid();

    [GeneratedRegex(@"\b\d+(\.\d+)? ?(ms|s|sec|seconds|minutes)\b")]
    private static partial Regex Duration();
}
