namespace AutoRec.Evaluation;

/// <summary>
/// How one model differs from another for the same users, and whether the difference is statistically significant. The difference is
/// that of the values in tables: means over seeds, or over folds, of a metric over all users.
/// </summary>
/// <remarks>
/// <para>Users are resampled with replacement, each with all values in all seeds and folds. Users are thereby taken as drawn from a
/// population, and splits and trainings as given. The standard deviation of the difference over the draws is its standard error (Efron and
/// Tibshirani, "An Introduction to the Bootstrap", 1993). Interval and two-sided p-value are those of Student's t with one degree of
/// freedom fewer than effective users: the users, or fewer where a few users have most of the ratings. For one seed and a metric of ranked
/// lists this is the paired t test, up to the random error of the draws.</para>
/// <para>The percentile method, which takes quantiles of the draws, gives too narrow intervals for few users (Hesterberg, "What Teachers
/// Should Know About the Bootstrap", The American Statistician 2015), and p-values counted from draws tend to be too small for metrics of
/// ranked lists where those of the t test are right (Urbano, Lima and Hanjalic, "Statistical Significance Testing in Information
/// Retrieval", SIGIR 2019).</para>
/// </remarks>
public sealed record PairedComparison
{
    /// <summary>The fewest users that can be compared.</summary>
    public const int MinUsers = 10;

    /// <summary>What was resampled.</summary>
    public string Resampled => "users";

    /// <summary>The number of users.</summary>
    public required int Users { get; init; }

    /// <summary>First minus second: above 0 where the first is higher.</summary>
    public required double Difference { get; init; }

    /// <summary>Lower end of the 95 % confidence interval of the difference, not corrected for further comparisons.</summary>
    public required double Low { get; init; }

    /// <summary>Upper end of it.</summary>
    public required double High { get; init; }

    /// <summary>The probability of a difference at least this far from 0 if there were none in the population of users, 0 to 1.</summary>
    public required double PValue { get; init; }

    /// <summary>The p-value corrected for how many comparisons were made: <see cref="PValue"/> for a single one.</summary>
    public required double AdjustedPValue { get; init; }

    /// <summary>
    /// Whether the first is significantly higher: the adjusted p-value is below 0.05. For a single comparison this means that the 95 %
    /// confidence interval lies above 0.
    /// </summary>
    public bool IsHigher => Difference > 0 && AdjustedPValue < 0.05;

    /// <summary>Whether the first is significantly lower: see <see cref="IsHigher"/>.</summary>
    public bool IsLower => Difference < 0 && AdjustedPValue < 0.05;

    /// <summary>Compares two models by one evaluation of each.</summary>
    /// <param name="first">The first model's values.</param>
    /// <param name="second">The second model's, of the same users, evaluated on the same held-out data.</param>
    /// <param name="resamples">How many draws, at least 100; default 2,000.</param>
    /// <param name="seed">The seed of the draws; default 42.</param>
    /// <exception cref="ArgumentException">There are fewer than <see cref="MinUsers"/> users, or the users differ.</exception>
    public static PairedComparison Of(UserValues first, UserValues second, int resamples = 2_000, int seed = 42) =>
        Of([first], [second], resamples, seed);

    /// <summary>Compares two models by their evaluations over several seeds, each with its split and trainings.</summary>
    /// <param name="first">The first model's values for each seed.</param>
    /// <param name="second">The second model's for the same seeds.</param>
    /// <param name="resamples">How many draws, at least 100; default 2,000.</param>
    /// <param name="seed">The seed of the draws; default 42.</param>
    /// <exception cref="ArgumentException">There are fewer than <see cref="MinUsers"/> users, or the seeds or users differ.</exception>
    public static PairedComparison Of(
        IReadOnlyList<UserValues> first, IReadOnlyList<UserValues> second, int resamples = 2_000, int seed = 42)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        return Of(new UserBootstrap([first, second], resamples, seed), 0, 1);
    }

    internal static PairedComparison Of(UserBootstrap bootstrap, int first, int second)
    {
        if (bootstrap.Users < MinUsers)
        {
            throw new ArgumentException($"A comparison needs at least {MinUsers} users; got {bootstrap.Users}.");
        }

        var difference = bootstrap.Estimates[first] - bootstrap.Estimates[second];
        var error = bootstrap.StandardError(first, second);
        var degrees = bootstrap.EffectiveUsers - 1;
        var margin = StudentT.Critical95(degrees) * error;
        var p = difference == 0 ? 1 : StudentT.TwoSided(difference / error, degrees);
        return new PairedComparison
        {
            Users = bootstrap.Users,
            Difference = difference,
            Low = difference - margin,
            High = difference + margin,
            PValue = p,
            AdjustedPValue = p,
        };
    }
}
