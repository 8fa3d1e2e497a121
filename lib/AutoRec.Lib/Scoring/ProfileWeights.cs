namespace AutoRec.Scoring;

/// <summary>
/// How much a user's profile counts against the history, 0 to 1, by the length of the history: 0 recommends by the history alone, 1 by the
/// profile alone. For a user without a history the weight is between popularity (0) and the profile (1).
/// </summary>
public sealed class ProfileWeights
{
    private static readonly int[] Starts = [0, 1, 2, 3, 6, 11, 21, 51];

    private readonly double[] weights; // of each group of lengths

    /// <summary>Makes weights.</summary>
    /// <param name="weights">The weight of each group of <see cref="Groups"/>, between 0 and 1.</param>
    /// <exception cref="ArgumentException">There is another number of weights, or one is not between 0 and 1.</exception>
    public ProfileWeights(IReadOnlyList<double> weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        this.weights = weights.Count == Groups.Count && weights.All(weight => weight is >= 0 and <= 1)
            ? [.. weights]
            : throw new ArgumentException(
                $"{Groups.Count} weights between 0 and 1 are expected; got {string.Join(", ", weights)}.", nameof(weights));
    }

    /// <summary>The groups of history lengths that have a weight each: <c>0</c>, <c>1</c>, <c>2</c>, <c>3-5</c> and so on to
    /// <c>51+</c>.</summary>
    public static IReadOnlyList<string> Groups { get; } = [.. Starts.Select((start, group) =>
        group + 1 == Starts.Length ? $"{start}+" : Starts[group + 1] == start + 1 ? $"{start}" : $"{start}-{Starts[group + 1] - 1}")];

    /// <summary>No profile counts for any user.</summary>
    public static ProfileWeights None { get; } = new(new double[Starts.Length]);

    /// <summary>Everybody gets recommendations by profile alone.</summary>
    internal static ProfileWeights ProfileOnly { get; } = new([.. Enumerable.Repeat(1.0, Starts.Length)]);

    /// <summary>Whether no profile counts for any user.</summary>
    public bool IsNone => weights.All(weight => weight == 0);

    /// <summary>The weight for a history of a given length.</summary>
    /// <param name="historyLength">The number of items in the history, at least 0.</param>
    public double this[int historyLength] => weights[GroupOf(historyLength)];

    /// <summary>The weights by group, in the order of <see cref="Groups"/>.</summary>
    public IReadOnlyDictionary<string, double> ByGroup => Groups.Zip(weights).ToDictionary(pair => pair.First, pair => pair.Second);

    /// <summary>The groups and their weights, such as <c>0: 0.9, 1: 0.8</c>.</summary>
    public override string ToString() =>
        string.Join(", ", ByGroup.Select(group => FormattableString.Invariant($"{group.Key}: {group.Value}")));

    /// <summary>The group of a history length, as a position in <see cref="Groups"/>.</summary>
    internal static int GroupOf(int historyLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(historyLength);
        return Array.FindLastIndex(Starts, start => historyLength >= start);
    }

    /// <summary>The shortest and the longest history of a group; the last group has no longest.</summary>
    internal static (int Shortest, int Longest) Range(int group) =>
        (Starts[group], group + 1 < Starts.Length ? Starts[group + 1] - 1 : int.MaxValue);

    /// <summary>Weights from their groups and values, as <see cref="ByGroup"/> gives them.</summary>
    /// <exception cref="FormatException">A group is missing, or a weight is not between 0 and 1.</exception>
    internal static ProfileWeights Of(IReadOnlyDictionary<string, double> byGroup)
    {
        try
        {
            return new ProfileWeights([.. Groups.Select(group => byGroup[group])]);
        }
        catch (Exception error) when (error is KeyNotFoundException or ArgumentException)
        {
            throw new FormatException($"The profile weights are wrong: {error.Message}", error);
        }
    }
}
