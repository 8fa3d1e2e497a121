using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using AutoRec.Models;

namespace AutoRec.Catalog;

/// <summary>
/// The documentation of options at run time: it is read from the XML file that the compiler writes beside the library, so
/// that there is one text for readers of the code and of the command line.
/// </summary>
internal static partial class OptionDocs
{
    private static readonly Lazy<Dictionary<string, XElement>> Summaries = new(Read);

    /// <summary>The summary of a property as plain text, without its last sentence on the default; null when there is none.</summary>
    public static string? Of(PropertyInfo property) =>
        Summaries.Value.TryGetValue($"P:{property.DeclaringType!.FullName}.{property.Name}", out var summary)
            ? Default().Replace(Blanks().Replace(Text(summary), " ").Trim(), "")
            : null;

    private static Dictionary<string, XElement> Read()
    {
        var path = Path.ChangeExtension(typeof(OptionDocs).Assembly.Location, ".xml");
        try
        {
            return XDocument.Load(path).Descendants("member")
                .Where(member => member.Element("summary") is not null)
                .ToDictionary(member => (string)member.Attribute("name")!, member => member.Element("summary")!);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or XmlException)
        {
            return []; // Descriptions are a help, not a need.
        }
    }

    private static string Text(XElement summary) => string.Concat(summary.Nodes().Select(node => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "see" } see => Name((string?)see.Attribute("cref") ?? ""),
        XElement element => Text(element),
        _ => "",
    }));

    // P:AutoRec.Models.MultVaeOptions.KlWeight is the option kl-weight, T:AutoRec.Models.AutoRecRows is AutoRecRows.
    private static string Name(string reference)
    {
        var name = reference[(reference.LastIndexOf('.') + 1)..];
        return reference.StartsWith("P:", StringComparison.Ordinal) ? OptionRanges.NameOf(name) : name;
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();

    [GeneratedRegex(@"\s*\bDefault:? [\w.]+\.$")]
    private static partial Regex Default();
}
