using AutoRec.Catalog;
using AutoRec.Data;
using AutoRec.Evaluation;
using AutoRec.Native;
using AutoRec.Scoring;
using AutoRec.Training;

namespace AutoRec.Benchmarks;

/// <summary>
/// Matrix factorisation by EM against AutoRec on ratings with a latent structure: the error of each, and the time of its training until the
/// validation error no longer falls. A tenth of the ratings is the test part, a twentieth of the others validates.
/// </summary>
internal static class ErrorAndTime
{
    /// <summary>The name of the benchmark.</summary>
    public const string Name = "error-and-time";

    /// <summary>The models that are compared unless others are named.</summary>
    public static readonly string[] Models = ["bias", "pmf-em", "autorec-item"];

    private const int Patience = 5;
    private const int Seed = 42;

    /// <summary>Fits the models and prints a table.</summary>
    public static void Write(Shape shape, IReadOnlyCollection<string> models)
    {
        var (ratings, floor) = Generated.LatentRatings(shape);
        var (rest, test) = Cut(ratings, 0.1, new Random(Seed));
        var (train, validation) = Cut(rest, 0.05, new Random(Seed + 1));
        Console.WriteLine(FormattableString.Invariant(
            $"{ratings.RowCount:N0} users, {ratings.ColumnCount:N0} items; {train.Count:N0} training, {validation.Count:N0} validation, {test.Count:N0} test ratings; {ComputeThreads.Count} threads; RMSE of who knows the structure: {floor:0.0000}"));
        Console.WriteLine();
        Console.WriteLine("| model | test RMSE | epochs, best | training, s | CPU s | s an epoch | to within 0.001 of its best, s | GB |");
        Console.WriteLine("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        foreach (var model in models)
        {
            Memory.ResetPeak();
            var before = Memory.PeakMegabytes() ?? 0;
            var (fitted, curve) = TimedFit.Run(
                Trainer(model),
                train,
                new RatingValidation(train, new(Histories.OfTraining(train), validation)),
                Patience,
                epoch => Console.Error.WriteLine(FormattableString.Invariant(
                    $"{model}: epoch {epoch.Epoch}: {epoch.Seconds:0.0} s, {epoch.CpuSeconds:0.0} CPU s, validation RMSE {epoch.Measure:0.0000}")));
            var memory = ((Memory.PeakMegabytes() ?? 0) - before) / 1e3;
            var error = Evaluator.MeasureRatings((IRatingPredictor)fitted, train, new(Histories.OfTraining(train), test)).Rmse;
            var best = curve.Where(epoch => !double.IsNaN(epoch.Measure)).MinBy(epoch => epoch.Measure);
            var ofEpochs = best is null
                ? FormattableString.Invariant($" | {curve.LastOrDefault()?.Seconds:0.0} | {curve.LastOrDefault()?.CpuSeconds:0.0} | | ")
                : FormattableString.Invariant(
                $"{curve.Count}, {best.Epoch} | {curve[^1].Seconds:0} | {curve[^1].CpuSeconds:0} | {curve[^1].Seconds / curve.Count:0.0} | {curve.First(epoch => epoch.Measure < best.Measure + 0.001).Seconds:0}");
            Console.WriteLine(FormattableString.Invariant($"| {model} | {error:0.0000} | {ofEpochs} | {memory:0.0} |"));
        }
    }

    private static ITrainer<IRecommender> Trainer(string model)
    {
        var spec = ModelSpec.Parse(model);
        return ModelCatalog.Find(spec.Model).CreateTrainer(spec.Settings, out _);
    }

    // Ratings without a share of them drawn at random, and these.
    private static (InteractionMatrix Kept, InteractionMatrix Drawn) Cut(InteractionMatrix ratings, double share, Random random)
    {
        var drawn = new bool[ratings.Count];
        for (var i = 0; i < drawn.Length; i++)
        {
            drawn[i] = random.NextDouble() < share;
        }

        return (Part(false), Part(true));

        InteractionMatrix Part(bool isDrawn)
        {
            var count = drawn.Count(isOne => isOne == isDrawn);
            var (users, items, values) = (new int[count], new int[count], new float[count]);
            for (int user = 0, next = 0; user < ratings.RowCount; user++)
            {
                for (var i = ratings.Offsets[user]; i < ratings.Offsets[user + 1]; i++)
                {
                    if (drawn[i] == isDrawn)
                    {
                        (users[next], items[next], values[next]) = (user, ratings.Columns()[i], ratings.Values()[i]);
                        next++;
                    }
                }
            }

            return InteractionMatrix.FromTriplets(ratings.RowCount, ratings.ColumnCount, users, items, values, ratings.Scale);
        }
    }
}
