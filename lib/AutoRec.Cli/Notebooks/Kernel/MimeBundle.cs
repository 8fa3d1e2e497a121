using Microsoft.DotNet.Interactive.Formatting;

namespace AutoRec.Cli.Notebooks.Kernel;

/// <summary>A value formatted as one or more MIME types.</summary>
internal static class MimeBundle
{
    /// <summary>A value, null included, as the MIME types that <see cref="Formatter"/> prefers for its type.</summary>
    public static IReadOnlyDictionary<string, string> Of(object? value) => Of(FormattedValue.CreateManyFromObject(value));

    /// <summary>What was formatted already.</summary>
    public static IReadOnlyDictionary<string, string> Of(IEnumerable<FormattedValue> values) => values.ToDictionary(value => value.MimeType, value => value.Value);
}
