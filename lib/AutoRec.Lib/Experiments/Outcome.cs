using AutoRec.Evaluation;
using AutoRec.Scoring;
using AutoRec.Training;

namespace AutoRec.Experiments;

/// <summary>What one run of an experiment gave.</summary>
public sealed record Outcome
{
    /// <summary>The model's name.</summary>
    public required string Name { get; init; }

    /// <summary>The seed of the split and of the training.</summary>
    public required int Seed { get; init; }

    /// <summary>All options of the model, as <c>--set</c> takes them.</summary>
    public required IReadOnlyDictionary<string, string> Options { get; init; }

    /// <summary>The parts that were fitted to and measured on.</summary>
    public required Fold Fold { get; init; }

    /// <summary>The fitted model by itself: a model that ranks items takes each interaction of a history as positive.</summary>
    public required IRecommender Model { get; init; }

    /// <summary>
    /// The model as users are served by it, whose lists are measured: it knows a user by what the model learns from, and users without that
    /// get the most popular items.
    /// </summary>
    public required IRecommender Served { get; init; }

    /// <summary>The value of each metric, in the order in which they were asked for.</summary>
    public required IReadOnlyList<KeyValuePair<Metric, double>> Metrics { get; init; }

    /// <summary>Each tested user's part in the metrics that are means, see <see cref="ModelEvaluation.PerUser"/>.</summary>
    public required IReadOnlyDictionary<Metric, UserValues> PerUser { get; init; }

    /// <summary>The measure of predicted ratings, by user too; null where none was asked for.</summary>
    public RatingEvaluation? Ratings { get; init; }

    /// <summary>
    /// The measure of ranked lists, by user too; null where none was asked for, or where it is not of the whole catalogue.
    /// </summary>
    public RankingEvaluation? Rankings { get; init; }

    /// <summary>The number of epochs that the validation part chose; null where none were chosen.</summary>
    public int? Epochs { get; init; }

    /// <summary>Reports of the fit that chose the number of epochs, epoch by epoch; empty where none was chosen.</summary>
    public required IReadOnlyList<EpochReport> Choosing { get; init; }

    /// <summary>The model and the baseline on the validation part; null where none could be held out or it was not asked for.</summary>
    public BaselineCheck? Baseline { get; init; }

    /// <summary>Sentences on what one should know of the figures: skipped lines, cold users, ties, a baseline that is better.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Time of the fit, of both fits where epochs were chosen, without the check against the baseline.</summary>
    public required TimeSpan FitTime { get; init; }

    /// <summary>Time of the measurement.</summary>
    public required TimeSpan MeasureTime { get; init; }

    /// <summary>The most that the memory of the process grew during the fit, in bytes.</summary>
    public required long FitMemory { get; init; }

    /// <summary>The value of a metric.</summary>
    /// <exception cref="KeyNotFoundException">It was not measured.</exception>
    public double this[Metric metric] => Metrics.FirstOrDefault(value => value.Key == metric) is { Key: not null } found
        ? found.Value
        : throw new KeyNotFoundException(
            $"The metric '{metric}' was not measured. Measured: {string.Join(", ", Metrics.Select(value => value.Key))}.");

    /// <summary>The value of a metric by name, such as <c>ndcg@10</c>.</summary>
    /// <exception cref="ArgumentException">There is no such metric.</exception>
    /// <exception cref="KeyNotFoundException">It was not measured.</exception>
    public double this[string metric] => this[Metric.Parse(metric)];

    /// <summary>The figures in a line: <c>autorec-item: rmse 0.8280, mae 0.6500 (seed 42, 25 epochs)</c>.</summary>
    public override string ToString()
    {
        var values = Metrics.Select(value => FormattableString.Invariant($"{value.Key} {value.Value:0.0000}"));
        return $"{Name}: {string.Join(", ", values)} "
            + FormattableString.Invariant($"(seed {Seed}{(Epochs is { } epochs ? $", {epochs} epochs" : "")})");
    }
}

/// <summary>
/// A model beside the baseline of its kind, both fitted to the same part of the training data and measured on the validation part.
/// </summary>
/// <param name="Metric">The metric: that by which epochs are chosen.</param>
/// <param name="Model">The model's value.</param>
/// <param name="Baseline">The name of the baseline: <c>bias</c> for models that predict ratings, <c>popularity</c> for others.</param>
/// <param name="BaselineValue">Its value.</param>
public sealed record BaselineCheck(Metric Metric, double Model, string Baseline, double BaselineValue)
{
    /// <summary>Whether the baseline is better, so that the model should not be used with these options.</summary>
    public bool IsLost => Metric.HigherIsBetter ? Model < BaselineValue : Model > BaselineValue;
}
