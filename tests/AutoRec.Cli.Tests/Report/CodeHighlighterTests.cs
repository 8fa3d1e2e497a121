using System.Net;
using System.Text.RegularExpressions;
using AutoRec.Cli.Report;
using CsCheck;

namespace AutoRec.Cli.Tests;

public sealed partial class CodeHighlighterTests
{
    [Theory]
    [InlineData(
        "var x = 1; // why",
        "<span class=\"c-keyword\">var</span> x = <span class=\"c-number\">1</span>; <span class=\"c-comment\">// why</span>")]
    [InlineData(
        "Chart.Bar(\"<a>\")",
        "<span class=\"c-type\">Chart</span>.<span class=\"c-method\">Bar</span>(<span class=\"c-string\">&quot;&lt;a&gt;&quot;</span>)")]
    [InlineData(
        "new List<int>()",
        "<span class=\"c-keyword\">new</span> <span class=\"c-type\">List</span>&lt;<span class=\"c-keyword\">int</span>&gt;()")]
    [InlineData("#r \"a.dll\"", "<span class=\"c-directive\">#r &quot;a.dll&quot;</span>")]
    [InlineData(
        "$\"{x:0.0} of\"",
        "<span class=\"c-string\">$&quot;</span>{x:<span class=\"c-string\">0.0</span>}<span class=\"c-string\"> of</span><span "
            + "class=\"c-string\">&quot;</span>")]
    public void ToHtml_Code_MarksTokens(string code, string html) => Assert.Equal(html, CodeHighlighter.ToHtml(code));

    [Fact]
    public void ToHtml_AnyText_IsKeptToTheCharacter()
    {
        string[] pieces =
        [
            "var x", "=", "\"", "$\"{", "}", "//", "/*", "*/", "\n", "#!time", "#r \"", "'", "<", ">", "&", "@", "\"\"\"", " ", "await",
            "λ", "\t"
        ];
        Gen.Int[0, pieces.Length - 1].Select(piece => pieces[piece]).Array[0, 25].Select(string.Concat).Sample(code =>
            Assert.Equal(code, WebUtility.HtmlDecode(Tag().Replace(CodeHighlighter.ToHtml(code), ""))));
    }

    [GeneratedRegex("</?span[^>]*>")]
    private static partial Regex Tag();
}
