using AutoRec.Cli.Notebooks;
using AutoRec.Cli.Notebooks.Kernel;

namespace AutoRec.Cli.Tests;

public sealed class CellPartTests
{
    [Fact]
    public void Split_MagicBetweenCode_KeepsLineNumbers()
    {
        var parts = Split("var a = 1;\n#!import \"b.cs\"\n#!html\n<b>x</b>\n#!csharp\na");
        Assert.Equal([new CellPart.Code("var a = 1;"), new CellPart.Import("b.cs"), new CellPart.Markup("text/html", "<b>x</b>"), new CellPart.Code("\n\n\n\n\na")], parts);
    }

    [Fact]
    public void Split_CellOfMarkdown_IsMarkup() =>
        Assert.Equal([new CellPart.Markup("text/markdown", "# a\n\ntext")], Split("# a\n\ntext", "markdown"));

    [Theory]
    [InlineData("#r \"nuget: Some.Package, 1.0\"", 1, "downloads no packages")]
    [InlineData("1\n#i \"nuget:https://example.org/index.json\"", 2, "downloads no packages")]
    [InlineData("\n#!connect jupyter", 2, "Unknown magic command '#!connect jupyter'")]
    [InlineData("#!import", 1, "needs a file")]
    public void Split_CommandThatCannotBeCarriedOut_SaysWhichAndWhere(string code, int line, string reason)
    {
        var error = Assert.Throws<DirectiveException>(() => Split(code));
        Assert.Equal(line, error.Line);
        Assert.Contains(reason, error.Message);
    }

    [Fact]
    public void Split_OtherLanguage_SaysSo() => Assert.Contains("'fsharp'", Assert.Throws<DirectiveException>(() => Split("1", "fsharp")).Message);

    [Theory]
    [InlineData("#r \"../lib/nuget.dll\"")]
    [InlineData("var text = \"#!html\";")]
    public void Split_OrdinaryCode_IsLeftAlone(string code) => Assert.Equal([new CellPart.Code(code)], Split(code));

    private static IReadOnlyList<CellPart> Split(string code, string language = "csharp") => CellPart.Split(new CellRequest(code, language, "cell 1"));
}
