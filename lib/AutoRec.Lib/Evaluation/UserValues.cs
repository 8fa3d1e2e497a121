using System.Collections;

namespace AutoRec.Evaluation;

/// <summary>
/// Each user's part in a metric. The metric of any group of users is sum(<see cref="Sums"/>) / sum(<see cref="Counts"/>), or the square
/// root of that: for a metric of ranked lists the sum is the user's value and the count 1; for one of ratings they are the user's
/// summed loss and number of ratings. As a list it holds the metric of each user alone.
/// </summary>
public sealed class UserValues : IReadOnlyList<double>
{
    private readonly int[] users;
    private readonly double[] sums;
    private readonly int[] counts;

    internal UserValues(int[] users, double[] sums, int[] counts, bool isRoot)
    {
        if (users.Length != sums.Length || users.Length != counts.Length)
        {
            throw new ArgumentException($"There are {sums.Length} sums and {counts.Length} counts for {users.Length} users.");
        }

        if (!sums.All(double.IsFinite) || counts.Any(count => count < 1))
        {
            throw new ArgumentException("A user's value must be a finite number of at least one rating or list.");
        }

        int[] sorted = [.. users];
        Array.Sort(sorted);
        for (var i = 1; i < sorted.Length; i++)
        {
            if (sorted[i] == sorted[i - 1])
            {
                throw new ArgumentException($"User {sorted[i]} has more than one value.");
            }
        }

        this.users = users;
        this.sums = sums;
        this.counts = counts;
        IsRoot = isRoot;
    }

    /// <summary>Who the users are: rows of the log's users, the same in every split of a log.</summary>
    public IReadOnlyList<int> Users => users;

    /// <summary>Each user's summed value.</summary>
    public IReadOnlyList<double> Sums => sums;

    /// <summary>How many values each sum is of, at least 1.</summary>
    public IReadOnlyList<int> Counts => counts;

    /// <summary>Whether the metric is the square root of the mean.</summary>
    public bool IsRoot { get; }

    /// <summary>The number of users.</summary>
    public int Count => users.Length;

    /// <summary>The metric of all users together; NaN of no users.</summary>
    public double Value => Mean(sums.Sum(), counts.Sum(count => (long)count));

    /// <summary>The metric of one user.</summary>
    /// <param name="index">The position of the user.</param>
    public double this[int index] => Mean(sums[index], counts[index]);

    /// <summary>Values of users that each count once, such as those of a metric of ranked lists.</summary>
    /// <param name="values">One finite value a user.</param>
    /// <param name="users">Who they are; null numbers them from 0.</param>
    /// <exception cref="ArgumentException">The lengths differ, a user comes twice or a value is not finite.</exception>
    public static UserValues Of(IReadOnlyList<double> values, IReadOnlyList<int>? users = null)
    {
        ArgumentNullException.ThrowIfNull(values);
        var counts = new int[values.Count];
        Array.Fill(counts, 1);
        return new UserValues([.. users ?? [.. Enumerable.Range(0, values.Count)]], [.. values], counts, isRoot: false);
    }

    /// <summary>The values of some of the users.</summary>
    /// <param name="positions">Which, by position.</param>
    public UserValues At(IEnumerable<int> positions)
    {
        int[] kept = [.. positions];
        return new UserValues(
            Array.ConvertAll(kept, i => users[i]), Array.ConvertAll(kept, i => sums[i]), Array.ConvertAll(kept, i => counts[i]), IsRoot);
    }

    /// <inheritdoc/>
    public IEnumerator<double> GetEnumerator() => Enumerable.Range(0, Count).Select(i => this[i]).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private double Mean(double sum, double count) => IsRoot ? Math.Sqrt(sum / count) : sum / count;
}
