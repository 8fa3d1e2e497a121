using AutoRec.Data;
using AutoRec.Evaluation;
using AutoRec.Splitting;
using AutoRec.Training;

namespace AutoRec.Experiments;

/// <summary>
/// Chooses a model by what its lists of ten are worth: a few models of different kinds are compared on held-out interactions of the data,
/// or of a sample of users that takes about two minutes on two processors. The rule knows counts and kinds alone, so that the same data
/// give the same choice on every machine, but for models that do not fit into its memory.
/// </summary>
public sealed record ModelChoice
{
    /// <summary>Fewer positive interactions than this, or fewer users than a fifth of it, say nothing of a model.</summary>
    public const int FewestInteractions = 50;

    private const int MostInteractions = 300_000; // of the sample
    private const int MostUsers = 4_000; // of the sample; Infinite-AE takes their cube
    private const double MostSeconds = 120; // of a model on the sample, by its estimate, on one thread
    private const int MostEpochs = 60;
    private const int MostItemsForAdvice = 20_000; // EASE takes 3.2 GB for these
    private const double Significant = 0.05;

    // From the simplest on. Of ease|sansa the first that is feasible: SANSA is EASE for catalogues that are too large for it.
    private static readonly string[] RankingModels = ["popularity", "ease|sansa", "infinite-ae", "ials", "mult-vae"];

    /// <summary>The comparison that decided.</summary>
    public required Comparison Comparison { get; init; }

    /// <summary>What was compared on: users, interactions, and whether they are a sample.</summary>
    public required string ComparedOn { get; init; }

    /// <summary>The models that were not compared, with the reason, in sentences.</summary>
    public required IReadOnlyList<string> LeftOut { get; init; }

    /// <summary>The name of the chosen model in the catalogue.</summary>
    public string Model => Comparison.Models[Comparison.WithBest.Best].Name;

    /// <summary>Which model is best and how sure that is, in words.</summary>
    public string Verdict
    {
        get
        {
            var (metric, best) = (Comparison.Metrics[0], Comparison.Models[Comparison.WithBest.Best]);
            var value = FormattableString.Invariant($"{best.Name} has the highest {metric}: {best.Metrics[metric].Mean:0.0000}");
            if (Comparison.WithBest.NotTested is { } reason)
            {
                return $"{value}. How sure that is was not tested: {reason}";
            }

            var others = Comparison.Models.Zip(Comparison.WithBest.Differences, (model, difference) => (model.Name, Difference: difference))
                .Where(other => other.Difference is not null)
                .OrderByDescending(other => other.Difference!.Difference)
                .ToArray();
            var rivals = others.Where(other => other.Difference!.AdjustedPValue >= Significant).ToArray();
            if (rivals.Length > 0)
            {
                var names = string.Join(", ", rivals.Select(rival => FormattableString.Invariant(
                    $"{rival.Name} ({rival.Difference!.Difference:0.0000}, p = {rival.Difference.AdjustedPValue:0.00})")));
                var isPopularityAsGood = best.Name == "popularity" || rivals.Any(rival => rival.Name == "popularity");
                return $"{value}. It is not sure that it is better than {names}. "
                    + (isPopularityAsGood ? "No model is shown to be better than popularity on these data." : "More data would tell.");
            }

            var (next, difference) = others[0];
            var certainty = difference!.AdjustedPValue < 0.001 ? "p < 0.001"
                : FormattableString.Invariant($"p = {difference.AdjustedPValue:0.000}");
            return FormattableString.Invariant($"{value}, {-difference.Difference:0.0000} more than the next, {next} (95 % confidence ")
                + FormattableString.Invariant($"interval over users {-difference.High:0.0000} to {-difference.Low:0.0000}, {certainty}).");
        }
    }

    /// <summary>Compares models and chooses.</summary>
    /// <param name="loaded">The data.</param>
    /// <param name="seed">The seed of the sample, the split and the trainings. Default 42.</param>
    /// <param name="run">As <see cref="Comparison.Of"/> has it.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="ArgumentException">There are too few interactions or users to compare models.</exception>
    public static ModelChoice Of(
        LoadedData loaded,
        int seed = 42,
        Func<Experiment, Func<IProgress<WorkReport>?, Outcome>, Outcome>? run = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(loaded);
        var all = loaded.Data.Interactions;
        var positives = Enumerable.Range(0, all.Count).Count(i => all.Feedback.IsPositive(all.Values[i]));
        if (positives < FewestInteractions || all.Users.Count < FewestInteractions / 5)
        {
            throw new ArgumentException(
                FormattableString.Invariant($"{positives:N0} positive interactions of {all.Users.Count:N0} users are too few ")
                + "to compare models; "
                + FormattableString.Invariant($"at least {FewestInteractions} of {FewestInteractions / 5} users are needed. ")
                + "Name a model instead: 'popularity' needs least.");
        }

        var users = (int)Math.Min(MostUsers, MostInteractions * (long)all.Users.Count / all.Count);
        var log = all;
        if (users < all.Users.Count)
        {
            log = new InteractionFilter { SampleUsers = users, Seed = seed }.Apply(all, out _);
        }

        var sample = new LoadedData(loaded.Data.WithInteractions(log), null, null);
        var splitter = new RandomSplitter(0.8);
        var (leftOut, experiments) = (new List<string>(), new List<Experiment>());
        foreach (var alternatives in Candidates(all.Feedback))
        {
            foreach (var name in alternatives.Split('|'))
            {
                var experiment = new Experiment(name)
                {
                    Splitter = splitter,
                    Metrics = Metric.ParseList("ndcg@10,recall@10,precision@10"),
                    EpochLimit = MostEpochs,
                    ChecksBaseline = false,
                };
                if (Obstacle(experiment, sample, loaded) is { } reason)
                {
                    leftOut.Add($"{name} is left out: {reason}");
                }
                else
                {
                    experiments.Add(experiment);
                    break;
                }
            }
        }

        return new ModelChoice
        {
            Comparison = Comparison.Of(experiments, sample, [seed], run, cancellation),
            ComparedOn = FormattableString.Invariant($"{log.Count:N0} interactions of {log.Users.Count:N0} users ")
                + FormattableString.Invariant($"with {log.Items.Count:N0} items")
                + (ReferenceEquals(log, all) ? "" : FormattableString.Invariant($", drawn of {all.Users.Count:N0} users"))
                + FormattableString.Invariant($"; a fifth is held out at random (seed {seed}), at most {MostEpochs} epochs"),
            LeftOut = leftOut,
        };
    }

    /// <summary>Says which model to name for data, without a comparison: by their size and kind.</summary>
    public static string Advice(LoadedData loaded)
    {
        ArgumentNullException.ThrowIfNull(loaded);
        var log = loaded.Data.Interactions;
        var size = FormattableString.Invariant($"{log.Users.Count:N0} users and {log.Items.Count:N0} items");
        var ranking = log.Items.Count <= MostItemsForAdvice
            ? $"--model ease: it is fitted in one step and, with {size}, fits into memory"
            : $"--model ials: with {size} it is fast and takes little memory";
        return $"No model is named. To recommend, take {ranking}. "
            + (log.Feedback.HasRatings ? "To predict ratings, take --model autorec-item. " : "")
            + "To have a few compared on these data and the best one taken, --model auto.";
    }

    private static IEnumerable<string> Candidates(Feedback feedback) =>
        feedback.HasRatings ? [.. RankingModels, "autorec-item"] : RankingModels;

    // Whether it can be compared on the sample in time, and fitted to everything in the memory that there is.
    private static string? Obstacle(Experiment experiment, LoadedData sample, LoadedData all) =>
        experiment.Estimate(sample) is { } cost && cost.ProcessorSeconds is > MostSeconds and var seconds
            ? $"the comparison would take it about {FitCost.Text(TimeSpan.FromSeconds(seconds))} of one processor."
            : experiment.Estimate(all)?.Obstacle(experiment.Name);
}
