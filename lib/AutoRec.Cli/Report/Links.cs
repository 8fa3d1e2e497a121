
namespace AutoRec.Cli.Report;

/// <summary>Where relative addresses in a notebook lead in its page.</summary>
/// <param name="notebookFolder">The folder of the notebook.</param>
/// <param name="pageFolder">The folder of the page.</param>
/// <param name="pages">The page of each notebook in the report, by the notebook's full path.</param>
internal sealed class Links(string notebookFolder, string pageFolder, IReadOnlyDictionary<string, string> pages)
{
    private static readonly Dictionary<string, string> ImageTypes = new(StringComparer.OrdinalIgnoreCase)
    {
        [".png"] = "image/png",
        [".jpg"] = "image/jpeg",
        [".jpeg"] = "image/jpeg",
        [".gif"] = "image/gif",
        [".webp"] = "image/webp",
        [".svg"] = "image/svg+xml",
    };

    /// <summary>Whether an address leads out of this machine.</summary>
    public static bool IsExternal(string address) => address.StartsWith("//", StringComparison.Ordinal) ||
        (Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is not ("file" or "data"));

    /// <summary>A link: to another notebook's page, to a file of the repository from where the page lies, or as it is.</summary>
    public string Resolve(string address)
    {
        if (address.Length == 0 || address[0] is '#' or '/' || IsExternal(address) || address.StartsWith("data:", StringComparison.Ordinal))
        {
            return address;
        }

        var cut = address.IndexOf('#') is var found and >= 0 ? found : address.Length;
        var file = Path.GetFullPath(Path.Combine(notebookFolder, Uri.UnescapeDataString(address[..cut])));
        var target = pages.TryGetValue(file, out var page)
            ? page
            : Uri.EscapeDataString(Path.GetRelativePath(pageFolder, file)).Replace("%2F", "/", StringComparison.Ordinal);
        return target + address[cut..];
    }

    /// <summary>An image file's content as an address; null where there is no such image.</summary>
    public string? EmbedImage(string address)
    {
        var file = Path.Combine(notebookFolder, Uri.UnescapeDataString(address));
        return ImageTypes.TryGetValue(Path.GetExtension(file), out var type) && File.Exists(file)
            ? $"data:{type};base64,{Convert.ToBase64String(File.ReadAllBytes(file))}"
            : null;
    }
}
