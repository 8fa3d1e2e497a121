
namespace AutoRec.Notebooks;

/// <summary>
/// Tells a .NET Interactive kernel how to show a type. The kernel finds this attribute by its name and calls what it
/// points to by convention, so that types which are shown need no reference to the kernel.
/// </summary>
/// <param name="formatterSourceType">A class with a method <c>CreateTypeFormatters()</c>.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Interface)]
internal sealed class TypeFormatterSourceAttribute(Type formatterSourceType) : Attribute
{
    public Type FormatterSourceType { get; } = formatterSourceType;

    public string[] PreferredMimeTypes { get; set; } = [];
}
