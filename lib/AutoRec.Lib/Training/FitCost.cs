using AutoRec.Native;

namespace AutoRec.Training;

/// <summary>What a fit takes, estimated before it begins from the size of the data and the options.</summary>
public sealed record FitCost
{
    // Less than this always fits, and is not worth a look at what is free.
    private const double Small = 100e6;

    /// <summary>The most bytes that the fit takes at once, besides its training data.</summary>
    public required double Bytes { get; init; }

    /// <summary>
    /// Processor seconds besides the epochs, of all threads together. Times are rough: those of a core of the machine of
    /// docs/performance.md.
    /// </summary>
    public double Seconds { get; init; }

    /// <summary>Processor seconds of an epoch, without validation.</summary>
    public double EpochSeconds { get; init; }

    /// <summary>The most epochs. Default 0, for models without.</summary>
    public int Epochs { get; init; }

    /// <summary>Time by the clock of a fit with all epochs, on all threads.</summary>
    public TimeSpan Time => TimeSpan.FromSeconds(Math.Min(ProcessorSeconds / ComputeThreads.Count, 1e10));

    /// <summary>Processor seconds of a fit with all epochs, of all threads together.</summary>
    internal double ProcessorSeconds => Seconds + (Epochs * EpochSeconds);

    /// <summary>The bytes that the fitted model holds.</summary>
    public double ModelBytes { get; init; }

    /// <summary>The elements of the longest array; more than an array can have are refused.</summary>
    internal double LongestArray { get; init; }

    /// <summary>The option that takes less memory when it is lower; null where there is none.</summary>
    internal CostOption? Option { get; init; }

    /// <summary>Models to use instead.</summary>
    internal string Instead { get; init; } = "'ials'";

    /// <summary>Why the fit cannot take place and what would help; null if it fits into memory that is free for this process.</summary>
    /// <param name="model">The model's name.</param>
    internal string? Obstacle(string model) => Bytes < Small && IsPossible ? null : Obstacle(model, FreeMemory.Bytes);

    /// <inheritdoc cref="Obstacle(string)"/>
    /// <param name="model">The model's name.</param>
    /// <param name="free">The bytes that are free.</param>
    internal string? Obstacle(string model, long free)
    {
        if (Fits(free))
        {
            return null;
        }

        var reason = IsPossible
            ? FormattableString.Invariant($"{model} needs about {Gigabytes(Bytes)} of memory for these data; {Gigabytes(free)} are free. ")
            : FormattableString.Invariant($"{model} needs an array of {LongestArray:N0} elements for these data; ")
                + FormattableString.Invariant($"at most {Array.MaxLength:N0} are supported. ");
        var lower = Option is { } option && option.Largest(cost => cost.Fits(free)) is { } most
            ? FormattableString.Invariant($", set {option.Name} to at most {most} (--set {option.Name}={most})")
            : "";
        return $"{reason}Leave out rare users and items (--core){lower}, or use another model, such as {Instead}.";
    }

    /// <summary>Refuses a fit that does not fit into memory, before any is taken.</summary>
    /// <param name="model">The model's name.</param>
    /// <exception cref="NotSupportedException">It does not fit; the message says what would help.</exception>
    internal void Check(string model)
    {
        if (Obstacle(model) is { } obstacle)
        {
            throw new NotSupportedException(obstacle);
        }
    }

    /// <summary>What a fit takes, in words, where it takes more than half a minute or a gigabyte; null if it takes less.</summary>
    internal string? Note => Time.TotalSeconds < 30 && Bytes < 1e9 ? null
        : $"about {Gigabytes(Bytes)} of memory" + (Time.TotalSeconds < 30 ? "" : $" and {(Epochs > 1 ? "up to" : "about")} {Text(Time)}");

    /// <summary>A rough length of time in words, such as <c>40 s</c> or <c>3 h</c>.</summary>
    internal static string Text(TimeSpan time) => time.TotalSeconds switch
    {
        < 100 => FormattableString.Invariant($"{time.TotalSeconds:0} s"),
        < 6000 => FormattableString.Invariant($"{time.TotalMinutes:0} min"),
        < 360_000 => FormattableString.Invariant($"{time.TotalHours:0} h"),
        _ => FormattableString.Invariant($"{time.TotalDays:0} days"),
    };

    private bool IsPossible => LongestArray <= Array.MaxLength;

    private bool Fits(long free) => Bytes <= free && IsPossible;

    /// <summary>A rough amount of memory in words.</summary>
    internal static string Gigabytes(double bytes) => FormattableString.Invariant($"{bytes / 1e9:0.0} GB");
}

/// <summary>An option of a model on which the memory of its fit depends.</summary>
/// <param name="Name">Its name, as <c>--set</c> takes it.</param>
/// <param name="Value">Its value.</param>
/// <param name="At">The cost with another value.</param>
internal sealed record CostOption(string Name, int Value, Func<int, FitCost> At)
{
    /// <summary>The largest value below the present one whose cost is acceptable; null if there is none.</summary>
    public int? Largest(Predicate<FitCost> accepts)
    {
        var (fit, tooMuch) = (0, Value);
        while (fit + 1 < tooMuch)
        {
            var middle = fit + ((tooMuch - fit) / 2);
            (fit, tooMuch) = accepts(At(middle)) ? (middle, tooMuch) : (fit, middle);
        }

        return fit > 0 ? fit : null;
    }
}
