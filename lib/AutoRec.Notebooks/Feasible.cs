using AutoRec.Data;
using AutoRec.Experiments;

namespace AutoRec.Notebooks;

/// <summary>Leaves out of a notebook what does not fit into memory or would take too long, instead of failing.</summary>
public static class Feasible
{
    /// <summary>The most time that one model may take, by the estimate: 15 minutes.</summary>
    public static TimeSpan Limit { get; } = TimeSpan.FromMinutes(15);

    /// <summary>Gets the models that fit into memory and do not take too long; prints why others do not.</summary>
    /// <param name="names">Names of models. <c>ease|sansa</c> is the first of these that fits.</param>
    /// <param name="experiment">Makes the experiment with a model.</param>
    /// <param name="fold">What it would run on.</param>
    /// <exception cref="NotSupportedException">None of them fits; the message says what would help.</exception>
    public static string[] Of(IEnumerable<string> names, Func<string, Experiment> experiment, Fold fold)
    {
        ArgumentNullException.ThrowIfNull(names);
        ArgumentNullException.ThrowIfNull(experiment);
        ArgumentNullException.ThrowIfNull(fold);
        var obstacles = new List<string>();
        var feasible = new List<string>();
        foreach (var choice in names)
        {
            var found = choice.Split('|').FirstOrDefault(name => IsFeasible(experiment(name), fold, obstacles));
            feasible.AddRange(found is null ? [] : [found]);
        }

        obstacles.ForEach(obstacle => Console.WriteLine($"Left out: {obstacle}"));
        return feasible.Count > 0 ? [.. feasible] : throw new NotSupportedException(string.Join(' ', obstacles));
    }

    /// <summary>Runs the experiments that <see cref="Of"/> leaves.</summary>
    /// <param name="names">Names of models. <c>ease|sansa</c> is the first of these that fits.</param>
    /// <param name="experiment">Makes the experiment with a model.</param>
    /// <param name="fold">What they run on.</param>
    /// <param name="seed">The seed of the trainings.</param>
    /// <param name="progress">Receives how far the work has come.</param>
    /// <returns>The outcome of each model, by its name, in the order of <paramref name="names"/>.</returns>
    /// <exception cref="NotSupportedException">None of them fits; the message says what would help.</exception>
    public static IReadOnlyDictionary<string, Outcome> Run(
        IEnumerable<string> names, Func<string, Experiment> experiment, Fold fold, int seed, IProgress<WorkReport>? progress = null) =>
        new OrderedDictionary<string, Outcome>(
            Of(names, experiment, fold).Select(name => KeyValuePair.Create(name, experiment(name).Run(fold, seed, progress))));

    private static bool IsFeasible(Experiment experiment, Fold fold, List<string> obstacles)
    {
        var obstacle = experiment.Obstacle(fold, Limit);
        obstacles.AddRange(obstacle is null ? [] : [obstacle]);
        return obstacle is null;
    }
}
