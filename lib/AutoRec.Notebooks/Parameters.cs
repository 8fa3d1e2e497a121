using System.Globalization;

namespace AutoRec.Notebooks;

/// <summary>
/// The parameters of a notebook. Each has a default and can be set from outside by an environment variable, which is
/// what works alike in every front end: the parameter <c>max-epochs</c> is <c>AUTOREC_MAX_EPOCHS</c>. An empty
/// variable counts as not set.
/// </summary>
public static class Parameters
{
    /// <summary>A parameter of text.</summary>
    public static string Text(string name, string defaultValue) => Read(name) ?? defaultValue;

    /// <summary>A parameter that is one of a few words.</summary>
    /// <exception cref="ArgumentException">The variable holds another word; the message names those allowed.</exception>
    public static string Choice(string name, string defaultValue, params IReadOnlyList<string> allowed) =>
        Read(name) is not { } text ? defaultValue
        : allowed.Contains(text, StringComparer.Ordinal) ? text
        : throw Wrong(name, text, "one of " + string.Join(", ", allowed), defaultValue);

    /// <summary>A parameter that is a whole number.</summary>
    /// <exception cref="ArgumentException">The variable holds something else, or a number outside the range.</exception>
    public static int Int(string name, int defaultValue, int min = int.MinValue, int max = int.MaxValue) =>
        Read(name) is not { } text ? defaultValue
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            && value >= min && value <= max ? value
        : throw Wrong(name, text, "a whole number" + Range(min, max, int.MinValue, int.MaxValue), defaultValue);

    /// <summary>A parameter that is a number, written with a decimal point.</summary>
    /// <exception cref="ArgumentException">The variable holds something else, or a number outside the range.</exception>
    public static double Double(string name, double defaultValue, double min = double.MinValue, double max = double.MaxValue) =>
        Read(name) is not { } text ? defaultValue
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max ? value
        : throw Wrong(name, text, "a number" + Range(min, max, double.MinValue, double.MaxValue), defaultValue);

    /// <summary>A parameter that is true or false.</summary>
    /// <exception cref="ArgumentException">The variable holds something else.</exception>
    public static bool Flag(string name, bool defaultValue) =>
        Read(name) is not { } text ? defaultValue
        : bool.TryParse(text, out var value) ? value
        : throw Wrong(name, text, "true or false", defaultValue ? "true" : "false");

    /// <summary>The environment variable of a parameter.</summary>
    public static string VariableOf(string name) => "AUTOREC_" + name.ToUpperInvariant().Replace('-', '_');

    private static string? Read(string name) => Environment.GetEnvironmentVariable(VariableOf(name)) is { Length: > 0 } text ? text : null;

    private static string Range<T>(T min, T max, T lowest, T highest)
        where T : IComparable<T> => (min.CompareTo(lowest) > 0, max.CompareTo(highest) < 0) switch
        {
            (true, true) => FormattableString.Invariant($" from {min} to {max}"),
            (true, false) => FormattableString.Invariant($" of at least {min}"),
            (false, true) => FormattableString.Invariant($" of at most {max}"),
            _ => "",
        };

    private static ArgumentException Wrong(string name, string text, string expected, object defaultValue) =>
        new($"The parameter '{name}' cannot be '{text}' (environment variable {VariableOf(name)}): "
            + FormattableString.Invariant($"expected {expected}, such as {defaultValue}."));
}
