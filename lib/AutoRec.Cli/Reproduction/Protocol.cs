using AutoRec.Evaluation;
using AutoRec.Experiments;

namespace AutoRec.Cli.Reproduction;

/// <summary>A way to measure models, as a paper does: data, split and metrics.</summary>
/// <param name="Name">How results refer to it.</param>
/// <param name="Title">Data and split in a line.</param>
/// <param name="Description">What one must know to do the same: which interactions count, who is tested on what.</param>
/// <param name="Metrics">What is measured, with commas between.</param>
/// <param name="Folds">The parts that are trained and tested one by one, given the data and a seed.</param>
internal sealed record Protocol(
    string Name, string Title, string Description, string Metrics, Func<DataFolder, int, IEnumerable<Fold>> Folds)
{
    public IReadOnlyList<Metric> Specs { get; } = Metric.ParseList(Metrics);

    /// <summary>
    /// Whether all seeds test the same users on the same items, so that seeds say nothing of how far figures depend on whom one tests: an
    /// interval over users does.
    /// </summary>
    public bool IsFixed { get; init; }

    /// <summary>How an epoch is chosen on validation data.</summary>
    public string ValidationMetric { get; init; } = "ndcg@100";
}
