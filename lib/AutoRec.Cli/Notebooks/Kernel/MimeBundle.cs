using Microsoft.DotNet.Interactive.Formatting;

namespace AutoRec.Cli.Notebooks.Kernel;

/// <summary>A value formatted as one or more MIME types.</summary>
internal static class MimeBundle
{
    /// <param name="value">The value, null included.</param>
    /// <param name="mimeTypes">What to format it as; what <see cref="Formatter"/> prefers for its type where empty.</param>
    public static IReadOnlyDictionary<string, string> Of(object? value, IReadOnlyCollection<string>? mimeTypes = null)
    {
        var wanted = mimeTypes is { Count: > 0 } ? mimeTypes : Formatter.GetPreferredMimeTypesFor(value?.GetType() ?? typeof(object));
        return wanted.Distinct().ToDictionary(mimeType => mimeType, mimeType => Formatter.ToDisplayString(value, mimeType));
    }
}
