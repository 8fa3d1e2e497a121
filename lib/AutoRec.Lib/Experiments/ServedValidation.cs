using AutoRec.Data;
using AutoRec.Distributed;
using AutoRec.Evaluation;
using AutoRec.Scoring;
using AutoRec.Splitting;
using AutoRec.Training;

namespace AutoRec.Experiments;

/// <summary>
/// Measures ranked lists as they would be served. Of many users some are drawn at random, by the seed and not by the order of lines, so
/// that validation takes no more time than an epoch.
/// </summary>
/// <param name="inner">The training part without the validation part, and the validation part.</param>
/// <param name="metric">A metric of ranked lists.</param>
/// <param name="seed">The seed of ties.</param>
/// <param name="mostUsers">The most users.</param>
/// <param name="serve">The served model of a fitted one.</param>
/// <param name="rankers">The processes that each rank some of the users with a fitted model; null for this one alone.
/// Default null.</param>
internal sealed class ServedValidation(
    Split inner,
    Metric metric,
    int seed,
    int mostUsers,
    Func<IRecommender, IRecommender> serve,
    Func<IRecommender, IProcessGroup>? rankers = null) : IValidation
{
    private readonly int[] users = UsersOf(inner.Test);
    private HeldOut? drawn;

    /// <inheritdoc/>
    public string Metric => metric.ToString();

    /// <inheritdoc/>
    public HeldOut HeldOut => drawn ??= users.Length <= mostUsers ? inner.Test : Drawn();

    /// <summary>A sentence on users that were drawn; null where all of them are.</summary>
    public string? Note => users.Length <= mostUsers ? null
        : FormattableString.Invariant($"{Metric} on the validation part is of {mostUsers:N0} of {users.Length:N0} users, drawn at random");

    /// <inheritdoc/>
    public bool HigherIsBetter => metric.HigherIsBetter;

    /// <inheritdoc/>
    public double Measure(IRecommender model, IProgress<WorkReport>? progress = null) => Evaluator.MeasureRankingByRules(
        serve(model), inner.Train, HeldOut, [metric], ListRules.None, seed, progress, default, rankers?.Invoke(model))[metric];

    // Those who have an item to find.
    private static int[] UsersOf(HeldOut all)
    {
        var positives = all.Targets.Positives();
        return [.. Enumerable.Range(0, positives.RowCount).Where(user => positives.RowLength(user) > 0)];
    }

    private HeldOut Drawn()
    {
        var all = inner.Test;
        int[] some = [.. users.OrderBy(user => SeedHash.Of(seed, all.UserRow(user))).Take(mostUsers).Order()];
        return all with { Histories = all.Histories.Select(some), Targets = all.Targets.SelectRows(some) };
    }
}
