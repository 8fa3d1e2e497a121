using System.Globalization;
using AutoRec.Catalog;

namespace AutoRec.Experiments;

/// <summary>The space that the values of options are drawn from.</summary>
public sealed class SearchSpace
{
    // Around the default: what is declared is what is allowed, often many powers of ten.
    private const double Around = 10;
    private const double AroundPenalty = 100;
    private const double LeastPenalty = 1e-6; // where the default is 0

    private readonly SearchDimension[] dimensions;

    private SearchSpace(SearchDimension[] dimensions) => this.dimensions = dimensions;

    /// <summary>The options that are drawn.</summary>
    public IReadOnlyList<SearchDimension> Dimensions => dimensions;

    /// <summary>The space of a model.</summary>
    /// <param name="entry">The model.</param>
    /// <param name="ranges">
    /// What to draw, such as <c>hidden-units=50..600</c> or <c>hidden-activation=tanh|relu</c>. Without any: all options that are
    /// numbers, but for the number of epochs: penalties from a hundredth of the default to a hundred times it, others from a tenth to ten
    /// times it, as far as the model's declared range goes.
    /// </param>
    /// <exception cref="ArgumentException">A range is none, names no option, or the model has nothing to draw.</exception>
    public static SearchSpace Of(ModelEntry entry, IReadOnlyList<string> ranges)
    {
        ArgumentNullException.ThrowIfNull(entry);
        ArgumentNullException.ThrowIfNull(ranges);
        SearchDimension[] dimensions = ranges.Count > 0
            ? [.. ranges.Select(range => Parse(entry, range))]
            : [.. entry.Options.Where(option => option.Name != "epochs" && option.Typical is int or double).Select(Default)];
        return dimensions.Length > 0
            ? new SearchSpace(dimensions)
            : throw new ArgumentException($"The model '{entry.Name}' has no numeric options to draw. Name an option with --range.");
    }

    /// <summary>The options of a trial: the same for the same seed and number, whatever was drawn before.</summary>
    public IReadOnlyDictionary<string, string> Draw(int seed, int trial)
    {
        var random = new Random(HashOf(seed, trial));
        return dimensions.ToDictionary(dimension => dimension.Option, dimension => dimension.Draw(random));
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join(' ', dimensions.Select(dimension => dimension.ToString()));

    private static SearchDimension Parse(ModelEntry entry, string text)
    {
        if (text.Split('=', 2) is not [var name, { Length: > 0 } values])
        {
            throw new ArgumentException($"'{text}' is not a range. Use OPTION=LOW..HIGH or OPTION=A|B|C.");
        }

        var option = entry.Options.FirstOrDefault(option => option.Name == name.Trim())
            ?? throw new ArgumentException($"The model '{entry.Name}' has no option '{name}'. "
                + $"Options: {string.Join(", ", entry.Options.Select(option => option.Name))}.");
        if (values.Split("..") is [var low, var high] && Number(low) is { } least && Number(high) is { } most && least < most)
        {
            foreach (var end in new[] { low, high })
            {
                entry.CreateTrainer([KeyValuePair.Create(name, end)], out _); // says what is wrong with it
            }

            return new SearchDimension(option.Name, least, most, option.Typical is int, []);
        }

        var choices = values.Split('|');
        foreach (var choice in choices)
        {
            entry.CreateTrainer([KeyValuePair.Create(name, choice)], out _);
        }

        return new SearchDimension(option.Name, 0, 0, false, choices);
    }

    private static SearchDimension Default(ModelOption option)
    {
        var value = Convert.ToDouble(option.Typical, CultureInfo.InvariantCulture);
        var isPenalty = IsPenalty(option);
        var around = isPenalty ? AroundPenalty : Around;
        var (low, high) = value > 0 ? (value / around, value * around)
            : isPenalty ? (LeastPenalty, LeastPenalty * AroundPenalty * AroundPenalty)
            : (0, 1);
        low = Math.Max(low, option.Minimum ?? low);
        high = Math.Min(high, option.Maximum ?? high);
        return option.Typical is int
            ? new SearchDimension(option.Name, Math.Ceiling(low), Math.Floor(high), true, [])
            : new SearchDimension(option.Name, low, high, false, []);
    }

    // The best penalty depends on the data most of all options: it lies powers of ten away from the default on other data.
    private static bool IsPenalty(ModelOption option) =>
        option.Typical is double
        && (option.Name is "l1" or "l2" or "weight-decay" || option.Name.EndsWith("regularization", StringComparison.Ordinal));

    private static double? Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value : null;

    // Not HashCode, which differs from process to process.
    private static int HashOf(int seed, int trial) =>
        unchecked((int)((((ulong)(uint)seed << 32) | (uint)trial) * 0x9E3779B97F4A7C15UL >> 33));
}

/// <summary>
/// The range of an option: values are drawn at random between two ends, logarithmically where both are above 0, or among choices.
/// </summary>
/// <param name="Option">The option's name.</param>
/// <param name="Low">The lower end.</param>
/// <param name="High">The upper end.</param>
/// <param name="IsWhole">Whether only whole numbers are drawn.</param>
/// <param name="Choices">The values, where these are no numbers between ends.</param>
public sealed record SearchDimension(string Option, double Low, double High, bool IsWhole, IReadOnlyList<string> Choices)
{
    /// <summary>Whether the logarithm is drawn.</summary>
    public bool IsLogarithmic => Low > 0;

    /// <inheritdoc/>
    public override string ToString() => Choices.Count > 0
        ? $"{Option}={string.Join('|', Choices)}"
        : FormattableString.Invariant($"{Option}={Low}..{High}");

    internal string Draw(Random random)
    {
        if (Choices.Count > 0)
        {
            return Choices[random.Next(Choices.Count)];
        }

        var share = random.NextDouble();
        var value = IsLogarithmic ? Low * Math.Pow(High / Low, share) : Low + (share * (High - Low));

        // Three digits are enough to find a good value, and can be read.
        if (IsWhole)
        {
            return Math.Clamp(Math.Round(value), Low, High).ToString(CultureInfo.InvariantCulture);
        }

        var rounded = double.Parse(value.ToString("G3", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        return Math.Clamp(rounded, Low, High).ToString("R", CultureInfo.InvariantCulture);
    }
}
