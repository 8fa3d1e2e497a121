using Microsoft.AspNetCore.Html;
using Microsoft.DotNet.Interactive.Formatting;

// The names are those of .NET Interactive, so that a notebook that spells them out compiles here and there.
namespace Microsoft.DotNet.Interactive;

/// <summary>The helpers that every C# cell can call by their bare names.</summary>
public static class Kernel
{
    /// <summary>Displays a value below the cell.</summary>
    /// <param name="value">The value; formatted by <see cref="Formatter"/>.</param>
    /// <param name="mimeTypes">The MIME types to format it as; those preferred for its type unless given.</param>
    /// <returns>
    /// A handle by which another value can be shown. As in the last release of .NET Interactive it is not the one under which the value was
    /// displayed, so its first update is a display of its own, which later updates change; see <see cref="KernelInvocationContextExtensions"/>.
    /// </returns>
    public static DisplayedValue display(object? value, params string[] mimeTypes) => value.Display(mimeTypes);

    /// <summary>Marks a text as HTML, which is displayed as it is.</summary>
    public static IHtmlContent HTML(string content) => content.ToHtmlContent();

    /// <summary>Adds a style sheet to the page.</summary>
    /// <param name="content">CSS rules.</param>
    public static void CSS(string content) =>
        $"<style type=\"text/css\">{content}</style>".DisplayAs(HtmlFormatter.MimeType);

    /// <summary>Runs a script in the page.</summary>
    /// <param name="scriptContent">JavaScript.</param>
    public static void Javascript(string scriptContent) =>
        $"<script type=\"text/javascript\">{scriptContent}</script>".DisplayAs(HtmlFormatter.MimeType);
}
