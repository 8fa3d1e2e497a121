namespace AutoRec.Catalog;

/// <summary>A model with options, written <c>ials:latent-factors=128:epochs=20</c>.</summary>
/// <param name="Model">Its name in the catalogue.</param>
/// <param name="Settings">Options that are not the defaults: names and values as <c>--set</c> takes them.</param>
internal sealed record ModelSpec(string Model, params IReadOnlyList<KeyValuePair<string, string>> Settings)
{
    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    /// <exception cref="ArgumentException">The name is empty, or an option has no value.</exception>
    public static ModelSpec Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = text.Split(':', StringSplitOptions.TrimEntries);
        return parts[0].Length > 0
            ? new ModelSpec(parts[0], Array.ConvertAll(parts[1..], Setting))
            : throw new ArgumentException($"'{text}' names no model. Use model or model:option=value.", nameof(text));
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join(':', Settings.Select(setting => $"{setting.Key}={setting.Value}").Prepend(Model));

    private static KeyValuePair<string, string> Setting(string text) =>
        text.Split('=', 2, StringSplitOptions.TrimEntries) is [{ Length: > 0 } name, { Length: > 0 } value]
            ? KeyValuePair.Create(name, value)
            : throw new ArgumentException($"'{text}' is not an option with a value. Use model:option=value.", nameof(text));
}
