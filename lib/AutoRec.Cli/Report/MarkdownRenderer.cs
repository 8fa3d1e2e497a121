using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using AutoRec.Cli.Notebooks;
using Markdig;
using Markdig.Extensions.Mathematics;
using Markdig.Helpers;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace AutoRec.Cli.Report;

/// <summary>A heading of a page.</summary>
internal sealed record Heading(int Level, string Id, string Text);

/// <summary>Turns a page's Markdown into HTML: GitHub's dialect, with formulas and the attachments of a cell.</summary>
/// <param name="math">For the formulas.</param>
/// <param name="links">Where relative addresses lead.</param>
/// <param name="isTrusted">
/// Whether raw HTML and links stay as they are, scripts among them. Default false, see <see cref="SafeHtml"/>.
/// </param>
internal sealed class MarkdownRenderer(MathRenderer math, Links links, bool isTrusted = false)
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .UsePipeTables().UseMathematics().UseFootnotes().UseTaskLists().UseEmphasisExtras().UseAutoLinks().UseDefinitionLists()
        .Build();

    private readonly List<Heading> headings = [];

    /// <summary>The headings so far, in their order; their ids are unique within the page.</summary>
    public IReadOnlyList<Heading> Headings => headings;

    /// <summary>
    /// The texts of the first heading of level 1 and of the first paragraph, without their marks; null where there is none.
    /// </summary>
    public static (string? Title, string? Paragraph) Outline(string markdown)
    {
        var document = Markdown.Parse(markdown, Pipeline);
        return (
            document.OfType<HeadingBlock>().FirstOrDefault(heading => heading.Level == 1) is { Inline: { } title }
                ? PlainText(title)
                : null,
            document.OfType<ParagraphBlock>().FirstOrDefault() is { Inline: { } text } ? PlainText(text) : null);
    }

    public string ToHtml(string markdown, JsonObject? attachments = null)
    {
        var document = Markdown.Parse(markdown, Pipeline);
        var owed = isTrusted ? "" : Clean(document);
        foreach (var heading in document.Descendants<HeadingBlock>())
        {
            var text = heading.Inline is { } inline ? PlainText(inline) : "";
            var id = UniqueId(text);
            headings.Add(new(heading.Level, id, text));
            heading.GetAttributes().Id = id;
            heading.Inline?.AppendChild(new HtmlInline($"<a class=\"anchor\" href=\"#{id}\" aria-label=\"Link to this section\">#</a>"));
        }

        foreach (var link in document.Descendants<LinkInline>().ToList())
        {
            Redirect(link, attachments);
        }

        var writer = new StringWriter();
        var renderer = new HtmlRenderer(writer);
        Pipeline.Setup(renderer);
        renderer.ObjectRenderers.ReplaceOrAdd<HtmlMathInlineRenderer>(new InlineMath(math));
        renderer.ObjectRenderers.ReplaceOrAdd<HtmlMathBlockRenderer>(new BlockMath(math));
        renderer.ObjectRenderers.ReplaceOrAdd<CodeBlockRenderer>(new Code());
        renderer.Render(document);
        return writer + owed;
    }

    // Raw HTML in the order of the text, so that each end tag meets its beginning.
    private static string Clean(MarkdownDocument document)
    {
        var html = new SafeHtml();
        foreach (var part in document.Descendants().ToList())
        {
            switch (part)
            {
                case HtmlInline inline:
                    inline.Tag = html.Clean(inline.Tag);
                    break;
                case HtmlBlock block:
                    block.Lines = new StringLineGroup(html.Clean(block.Lines.ToString()));
                    break;
                case LinkInline link when !SafeHtml.IsSafeLink(link.Url ?? "") && !link.IsImage:
                    link.Url = "#";
                    break;
                case AutolinkInline link when !link.IsEmail && !SafeHtml.IsSafeLink(link.Url):
                    link.Url = "#";
                    break;
            }
        }

        return html.Close();
    }

    private void Redirect(LinkInline link, JsonObject? attachments)
    {
        var address = link.Url ?? "";
        if (!link.IsImage)
        {
            link.Url = links.Resolve(address);
        }
        else if (address.StartsWith("attachment:", StringComparison.Ordinal)
            && attachments?[address["attachment:".Length..]] is JsonObject { Count: > 0 } file)
        {
            var (type, content) = file.First();
            link.Url = $"data:{type};base64,{MultilineText.Read(content)}";
        }
        else if (Links.IsExternal(address))
        {
            // A page loads nothing from elsewhere: the picture becomes a link to it.
            (link.IsImage, link.Url) = (false, isTrusted || SafeHtml.IsSafeLink(address) ? address : "#");
        }
        else
        {
            link.Url = links.EmbedImage(address) ?? address;
        }
    }

    // As GitHub makes them, so that links within a notebook work here and there.
    private string UniqueId(string text)
    {
        var slug = new StringBuilder();
        foreach (var letter in text.ToLowerInvariant())
        {
            _ = letter is '-' or '_' || char.IsLetterOrDigit(letter) ? slug.Append(letter) : letter == ' ' ? slug.Append('-') : slug;
        }

        var name = slug.Length > 0 ? slug.ToString() : "section";
        var id = name;
        for (var count = 1; headings.Exists(heading => heading.Id == id); count++)
        {
            id = $"{name}-{count}";
        }

        return id;
    }

    private static string PlainText(ContainerInline inlines)
    {
        var text = new StringBuilder();
        foreach (var inline in inlines.Descendants())
        {
            _ = inline switch
            {
                LiteralInline literal => text.Append(literal.Content),
                CodeInline code => text.Append(code.Content),
                MathInline formula => text.Append(formula.Content),
                HtmlEntityInline entity => text.Append(entity.Transcoded),
                LineBreakInline => text.Append(' '),
                _ => text,
            };
        }

        return text.ToString();
    }

    private sealed class InlineMath(MathRenderer math) : HtmlObjectRenderer<MathInline>
    {
        protected override void Write(HtmlRenderer renderer, MathInline obj) =>
            renderer.Write(math.Render(obj.Content.ToString(), display: obj.DelimiterCount == 2));
    }

    private sealed class BlockMath(MathRenderer math) : HtmlObjectRenderer<MathBlock>
    {
        protected override void Write(HtmlRenderer renderer, MathBlock obj) =>
            renderer.Write("<div class=\"math\">").Write(math.Render(obj.Lines.ToString(), display: true)).WriteLine("</div>");
    }

    private sealed class Code : HtmlObjectRenderer<CodeBlock>
    {
        protected override void Write(HtmlRenderer renderer, CodeBlock obj)
        {
            var text = obj.Lines.ToString();
            var isCSharp = obj is FencedCodeBlock { Info: "csharp" or "cs" or "c#" or "C#" };
            renderer.Write("<pre><code>")
                .Write(isCSharp ? CodeHighlighter.ToHtml(text) : WebUtility.HtmlEncode(text)).WriteLine("</code></pre>");
        }
    }
}
