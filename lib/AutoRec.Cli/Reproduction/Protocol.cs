using AutoRec.Data;
using AutoRec.Evaluation;
using AutoRec.Scoring;
using AutoRec.Splitting;
using AutoRec.Training;

namespace AutoRec.Cli.Reproduction;

/// <summary>A way to measure models, as a paper does: data, split and metrics.</summary>
/// <param name="Name">How results refer to it.</param>
/// <param name="Title">Data and split in a line.</param>
/// <param name="Description">What one must know to do the same: which interactions count, who is tested on what.</param>
/// <param name="Metrics">What is measured, with commas between.</param>
/// <param name="Folds">The parts that are trained and tested one by one, given the data and a seed.</param>
internal sealed record Protocol(string Name, string Title, string Description, string Metrics, Func<DataFolder, int, IEnumerable<Fold>> Folds)
{
    public IReadOnlyList<Metric> Specs { get; } = Metric.ParseList(Metrics);

    /// <summary>How an epoch is chosen on validation data.</summary>
    public string ValidationMetric { get; init; } = "ndcg@100";
}

/// <summary>One training and one test part.</summary>
/// <param name="Split">The parts.</param>
/// <param name="HoldOut">Splits the training part once more: into what is fitted to and what epochs and options are chosen by.</param>
internal sealed record Fold(Split Split, Func<Split> HoldOut)
{
    /// <summary>Whether <see cref="HoldOut"/> takes its validation part out of the training part, so that the model is to be fitted again with it.</summary>
    public bool IsHeldOutOfTrain { get; init; } = true;

    /// <summary>Measures a model in another way than on the test part by rating or by ranking the whole catalogue.</summary>
    public Func<IRecommender, IReadOnlyList<Metric>, IReadOnlyDictionary<Metric, double>>? Measure { get; init; }

    /// <summary>A fold whose validation data are drawn from the training part as the test part was from all.</summary>
    public static Fold Of(Split split, ISplitter splitter, int seed) => new(split, () => Splitter.ForValidation(splitter, split.TrainLog).Split(split.TrainLog, seed));

    /// <summary>Measures predicted ratings or ranked lists.</summary>
    public static IReadOnlyDictionary<Metric, double> MeasureOn(IRecommender model, InteractionMatrix train, HeldOut test, IReadOnlyList<Metric> metrics)
    {
        var values = new Dictionary<Metric, double>();
        if (metrics.Any(metric => metric.IsRating))
        {
            var rating = Evaluator.MeasureRatings((IRatingPredictor)model, train, test);
            foreach (var metric in metrics.Where(metric => metric.IsRating))
            {
                values.Add(metric, rating[metric]);
            }
        }

        Metric[] ofLists = [.. metrics.Where(metric => !metric.IsRating)];
        if (ofLists.Length > 0)
        {
            foreach (var (metric, value) in Evaluator.MeasureRanking(model, train, test, ofLists).Metrics)
            {
                values.Add(metric, value);
            }
        }

        return values;
    }

    /// <summary>The measure of epochs on validation data.</summary>
    public static IValidation Validation(Split split, string metric) => metric == "rmse"
        ? new RatingValidation(split.Train, split.Test)
        : new RankingValidation(split.Train, split.Test, Metric.Parse(metric));
}
