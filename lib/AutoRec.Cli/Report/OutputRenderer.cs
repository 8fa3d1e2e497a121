using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AutoRec.Cli.Notebooks;

namespace AutoRec.Cli.Report;

/// <summary>Turns a cell's outputs into HTML, each in the richest form that it has.</summary>
internal sealed partial class OutputRenderer(MarkdownRenderer markdown, MathRenderer math)
{
    public string ToHtml(JsonObject output) => MultilineText.Read(output["output_type"]) switch
    {
        "stream" => Stream(MultilineText.Read(output["name"]), MultilineText.Read(output["text"]) ?? ""),
        "error" => Error(output),
        _ => output["data"] is JsonObject data ? Data(data) : "",
    };

    /// <summary>The HTML that an output has; null where it has none.</summary>
    public static string? Html(JsonObject output) => MultilineText.Read(output["data"]?["text/html"]);

    private static string Stream(string? name, string text) =>
        $"<pre class=\"stream {(name == "stderr" ? "stderr" : "stdout")}\">{Text(text).TrimEnd('\n')}</pre>";

    private static string Error(JsonObject output)
    {
        var traceback = output["traceback"] is JsonArray lines ? string.Join('\n', lines.Select(MultilineText.Read)) : "";
        var text = traceback.Length > 0 ? traceback : $"{MultilineText.Read(output["ename"])}: {MultilineText.Read(output["evalue"])}";
        return $"<pre class=\"error\" role=\"alert\">{Text(text)}</pre>";
    }

    private string Data(JsonObject data)
    {
        if (Get("text/html") is { } html)
        {
            return $"<div class=\"rich\">{KernelStyle().Replace(html, "")}</div>";
        }

        if (Get("image/svg+xml") is { } svg)
        {
            // As a picture of its own: the ids in one drawing cannot meet those in another.
            return Image("image/svg+xml", Convert.ToBase64String(Encoding.UTF8.GetBytes(svg)));
        }

        foreach (var type in (string[])["image/png", "image/jpeg", "image/gif", "image/webp"])
        {
            if (Get(type) is { } image)
            {
                return Image(type, image.ReplaceLineEndings(""));
            }
        }

        return Get("text/markdown") is { } text ? $"<div class=\"rich\">{markdown.ToHtml(text)}</div>"
            : Get("text/latex") is { } tex ? $"<div class=\"math\">{math.Render(tex.Trim().Trim('$'), display: true)}</div>"
            : Get("text/plain") is { } plain ? $"<pre class=\"result\">{Text(plain)}</pre>"
            : data.FirstOrDefault() is { Key: { } other, Value: { } value }
            ? $"<pre class=\"result\">{Text($"{other}: {MultilineText.Read(value) ?? value.ToJsonString()}")}</pre>"
            : "";

        string? Get(string type) => MultilineText.Read(data[type]);
    }

    private static string Image(string type, string base64) =>
        $"<div class=\"rich\"><img class=\"picture\" alt=\"Output of the cell above\" src=\"data:{type};base64,{base64}\"></div>";

    private static string Text(string text) => WebUtility.HtmlEncode(TerminalCodes().Replace(text, ""));

    // .NET Interactive sends its style sheet with every value. Its rules are for all tables of a page; ours has its own.
    [GeneratedRegex("""<style>\s*\.dni-.*?</style>""", RegexOptions.Singleline)]
    private static partial Regex KernelStyle();

    [GeneratedRegex("""\e\[[0-9;?]*[A-Za-z]""")]
    private static partial Regex TerminalCodes();
}
