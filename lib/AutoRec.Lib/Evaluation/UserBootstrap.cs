using System.Numerics.Tensors;
using AutoRec.Data;
using AutoRec.Native;

namespace AutoRec.Evaluation;

/// <summary>
/// The paired bootstrap over users. Users are drawn with replacement, as many as there are; a user who is drawn brings the values of all
/// models in all seeds, so that seeds are not counted as further users. Each draw recomputes for each model what tables show: the mean over
/// seeds of the metric of all users together.
/// </summary>
internal sealed class UserBootstrap
{
    private readonly double[][] draws; // [models][draws]

    /// <summary>Draws users.</summary>
    /// <param name="models">Each user's part in the metric: [models][seeds], of the same users in each seed for all models.</param>
    /// <param name="resamples">How many draws.</param>
    /// <param name="seed">The seed of the draws.</param>
    /// <exception cref="ArgumentException">There is no model or seed, or users or numbers of seeds differ.</exception>
    public UserBootstrap(IReadOnlyList<IReadOnlyList<UserValues>> models, int resamples, int seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(resamples, 100);
        Check(models);
        int[] users = [.. models[0].SelectMany(values => values.Users).Distinct().Order()];
        Users = users.Length;
        Estimates = [.. models.Select(seeds => seeds.Average(values => values.Value))];
        draws = [.. models.Select(_ => new double[resamples])];

        EffectiveUsers = CountEffective(users, models[0]);

        var seeds = models[0].Count;
        var positions = models[0].Select(values => values.Users.Select(user => Array.BinarySearch(users, user)).ToArray()).ToArray();
        var counts = models[0].Select(values => values.Counts.Select(count => (double)count).ToArray()).ToArray();
        var sums = models.Select(model => model.Select(values => values.Sums.ToArray()).ToArray()).ToArray();
        var mostUsers = positions.Max(ofSeed => ofSeed.Length);
        var newTimes = () => (OfUser: new double[users.Length], OfSeed: new double[mostUsers]);
        Parallel.For(0, resamples, ComputeThreads.Options, newTimes, (draw, _, times) =>
        {
            Draw(times.OfUser, seed, draw);
            for (var s = 0; s < seeds; s++)
            {
                var ofSeed = times.OfSeed.AsSpan(0, positions[s].Length);
                for (var i = 0; i < ofSeed.Length; i++)
                {
                    ofSeed[i] = times.OfUser[positions[s][i]];
                }

                // 0 / 0 is NaN where a seed has few users and none is drawn.
                var count = TensorPrimitives.Dot<double>(ofSeed, counts[s]);
                for (var m = 0; m < sums.Length; m++)
                {
                    var mean = TensorPrimitives.Dot<double>(ofSeed, sums[m][s]) / count;
                    draws[m][draw] += (models[m][s].IsRoot ? Math.Sqrt(mean) : mean) / seeds;
                }
            }

            return times;
        }, _ => { });
    }

    /// <summary>How many users were drawn from.</summary>
    public int Users { get; }

    /// <summary>
    /// How many users of equal weight are worth as much as these: 1 / sum of squared shares of the ratings (Kish, "Survey
    /// Sampling", 1965). The number of users for metrics of ranked lists, fewer if a few users have most ratings. At least 2.
    /// </summary>
    public double EffectiveUsers { get; }

    /// <summary>The value of each model: the mean over seeds.</summary>
    public IReadOnlyList<double> Estimates { get; }

    /// <summary>
    /// The standard error of the difference of two models: the standard deviation over the draws, times sqrt(n / (n - 1)) with n the
    /// effective users, since drawing from n users varies by that much less than n new users would.
    /// </summary>
    public double StandardError(int first, int second) => ErrorOf(draws[first].Zip(draws[second], (one, other) => one - other));

    /// <summary>
    /// The 95 % confidence interval of a model's value over users: the estimate, and on each side the standard deviation over the draws,
    /// corrected as in <see cref="StandardError"/>, times the critical value of Student's t with the effective users less one.
    /// </summary>
    /// <param name="model">The position of the model.</param>
    public (double Low, double High) Interval(int model)
    {
        var margin = StudentT.Critical95(EffectiveUsers - 1) * ErrorOf(draws[model]);
        return (Estimates[model] - margin, Estimates[model] + margin);
    }

    private double ErrorOf(IEnumerable<double> values) =>
        Math.Sqrt(Variance.OfSample([.. values.Where(double.IsFinite)]) * EffectiveUsers / (EffectiveUsers - 1));

    private static double CountEffective(int[] users, IReadOnlyList<UserValues> seeds)
    {
        var shares = new double[users.Length];
        foreach (var values in seeds)
        {
            var all = values.Counts.Sum(count => (double)count);
            for (var i = 0; i < values.Count; i++)
            {
                shares[Array.BinarySearch(users, values.Users[i])] += values.Counts[i] / all / seeds.Count;
            }
        }

        return Math.Max(2, 1 / TensorPrimitives.SumOfSquares<double>(shares));
    }

    // How many times each user is drawn; the same for a draw whatever thread makes it.
    private static void Draw(double[] times, int seed, int draw)
    {
        Array.Clear(times);
        var random = new Random(unchecked((int)SeedHash.Of(seed, draw)));
        for (var i = 0; i < times.Length; i++)
        {
            times[random.Next(times.Length)]++;
        }
    }

    private static void Check(IReadOnlyList<IReadOnlyList<UserValues>> models)
    {
        if (models.Count == 0 || models[0].Count == 0)
        {
            throw new ArgumentException("There is no model or no seed to compare.", nameof(models));
        }

        foreach (var model in models)
        {
            if (model.Count != models[0].Count)
            {
                throw new ArgumentException(
                    $"Models must be compared over the same seeds; got {models[0].Count} and {model.Count} seeds.", nameof(models));
            }

            for (var s = 0; s < model.Count; s++)
            {
                var (one, other) = (models[0][s], model[s]);
                if (one.IsRoot != other.IsRoot || !one.Users.SequenceEqual(other.Users) || !one.Counts.SequenceEqual(other.Counts))
                {
                    throw new ArgumentException(
                        "Models must be compared by one metric of the same users, evaluated on the same held-out data; "
                        + $"got {one.Count} and {other.Count} users "
                        + "in different order, with different numbers of ratings, or of different metrics.",
                        nameof(models));
                }
            }
        }
    }
}
