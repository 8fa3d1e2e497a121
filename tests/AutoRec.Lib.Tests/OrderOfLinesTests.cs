using AutoRec.Catalog;
using AutoRec.Data;
using AutoRec.Evaluation;
using AutoRec.Models;
using AutoRec.Scoring;
using AutoRec.Splitting;
using AutoRec.Training;

namespace AutoRec.Tests;

/// <summary>The order of lines in a file changes no result: not the log, not a split, not a metric of any model.</summary>
public sealed class OrderOfLinesTests : IDisposable
{
    private const int Seed = 7;
    private static readonly string[] Lines = RandomLines();
    private static readonly string[] Splits =
    [
        "random:0.8", "time:0.8", "time:1970-01-01T00:00:08", "time-users:0.7", "leave-one-out", "strong:8", "kfold:3", "cold-items:0.2"
    ];

    private readonly TemporaryFolder folder = new();

    public static TheoryData<Type> Models =>
        [.. typeof(RecommenderContract).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(RecommenderContract)))];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Read_AnyOrderAndBlocks_SameLogSameReportSameSplits()
    {
        var (log, report) = Read(Lines, BlockReader.UsualBlock);
        Assert.True(report.Duplicates > 20 && report.DuplicatesByValue > 2, string.Join("; ", report.Notes));
        var splits = Splits.SelectMany(name => SplitsOf(log, name)).ToArray();
        Assert.All(["time:0.8", "time-users:0.7", "leave-one-out"], name => Assert.NotEmpty(SplitsOf(log, name)[0].Notes));
        foreach (var lines in Orders())
        {
            foreach (var block in new[] { BlockReader.UsualBlock, 32 })
            {
                var (otherLog, otherReport) = Read(lines, block);
                InteractionsAssert.Equal(log, otherLog);
                Assert.Equal(log.Scale, otherLog.Scale);
                Assert.Equal(DataFingerprint.Of(log), DataFingerprint.Of(otherLog));
                Assert.Equal((report.Duplicates, report.DuplicatesByValue), (otherReport.Duplicates, otherReport.DuplicatesByValue));
                foreach (var (split, other) in splits.Zip(Splits.SelectMany(name => SplitsOf(otherLog, name))))
                {
                    InteractionsAssert.Equal(split.TrainLog, other.TrainLog);
                    Assert.Equal(split.TrainLog.Scale, other.TrainLog.Scale);
                    AssertEqual(split.Test.Histories.Interactions, other.Test.Histories.Interactions);
                    AssertEqual(split.Test.Targets, other.Test.Targets);
                    Assert.Equal(split.Notes, other.Notes);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Evaluate_ShuffledLines_SameMetrics(Type contract)
    {
        var model = (RecommenderContract)Activator.CreateInstance(contract)!;
        var log = Read(Lines, BlockReader.UsualBlock).Interactions;
        var shuffled = Read(Orders().Last(), 32).Interactions;
        foreach (var name in Splits)
        {
            var (expected, actual) = (Measure(model, SplitsOf(log, name)[0]), Measure(model, SplitsOf(shuffled, name)[0]));
            Assert.Equal(expected.Ranking, actual.Ranking);
            Assert.Equal(expected.UsersWithTies, actual.UsersWithTies);
            Assert.Equal(expected.Rmse, actual.Rmse, 1e-6);
        }
    }

    // Users without a history have equal scores for all items, and many of ML-100K's times are equal.
    [Fact]
    public void Evaluate_MovieLens100K_OneValueWhateverTheOrder()
    {
        var path = folder["ratings.tsv"];
        using (var file = DataFile.OpenRead(RealData.Path("ml-100k/u.data.gz")))
        using (var text = File.Create(path))
        {
            file.CopyTo(text);
        }

        var lines = File.ReadAllLines(path);
        var counts = lines.CountBy(line => line.Split('\t')[1]).ToDictionary();
        string[] popularFirst = [.. lines.OrderByDescending(line => counts[line.Split('\t')[1]])];
        var shuffled = lines.ToArray();
        new Random(1).Shuffle(shuffled);
        var values = new[] { popularFirst, [.. popularFirst.Reverse()], shuffled }.Select(order =>
        {
            var log = Read(order, BlockReader.UsualBlock, "ratings.tsv").Interactions;
            return (Ease(log, "time:0.8", "ndcg@10"), Ease(log, "leave-one-out", "hit-rate@10"));
        }).ToArray();

        Assert.Single(values.Distinct());
        TestContext.Current.SendDiagnosticMessage(
            $"EASE on ML-100K, seed {Seed}: time:0.8 ndcg@10 {values[0].Item1:0.0000}, leave-one-out hit-rate@10 {values[0].Item2:0.0000}");

        static double Ease(Interactions log, string split, string metric)
        {
            var parts = Splitter.Parse(split).Split(log, Seed);
            var model = new EaseTrainer(new EaseOptions()).Fit(parts.Train, new FitContext { Seed = Seed });
            return Evaluator.MeasureRanking(model, parts.Train, parts.Test, Metric.ParseList(metric), seed: Seed)[metric];
        }
    }

    private static (string Ranking, int UsersWithTies, double Rmse) Measure(RecommenderContract contract, Split split)
    {
        var entry = ModelCatalog.Find(contract.Name);
        var epochs = entry.Options.Where(option => option.Name == "epochs").Select(option => KeyValuePair.Create(option.Name, "2"));
        var trainer = entry.CreateTrainer([.. contract.Settings, .. epochs], out _);
        var metrics = Metric.ParseList("ndcg@5,hit-rate@1,coverage@3");
        var inner = new RandomSplitter(0.9).Split(split.TrainLog, Seed);
        IValidation validation = entry.Kind == ModelKind.Rating
            ? new RatingValidation(inner.Train, inner.Test)
            : new RankingValidation(inner.Train, inner.Test, metrics[0], Seed);
        var model = trainer.Fit(inner.Train, new FitContext
        {
            Seed = Seed,
            Validation = entry.UsesValidation ? validation : null,
            ItemFeatures = SomeFeatures.Of(inner.Train.ColumnCount),
        });
        try
        {
            var ranking = Evaluator.MeasureRanking(model, split.Train, split.Test, metrics, seed: Seed);
            var rmse = model is IRatingPredictor predictor ? Evaluator.MeasureRatings(predictor, split.Train, split.Test).Rmse : 0;
            return (string.Join(", ", metrics.Select(metric => $"{metric} {ranking[metric]:R}")), ranking.UsersWithTies, rmse);
        }
        catch (NotSupportedException error)
        {
            return (error.Message, 0, 0); // a model that knows training users only
        }
    }

    private static IReadOnlyList<Split> SplitsOf(Interactions log, string name) =>
        [.. Splitter.Parse(name).Splits(log, Seed)];

    // 40 users, 25 items, some of them far more popular; few different times; some pairs several times with other values and times.
    private static string[] RandomLines()
    {
        var random = new Random(2);
        return [.. Enumerable.Range(0, 600).Select(_ => FormattableString.Invariant(
            $"u{random.Next(40)},i{(int)(25 * Math.Pow(random.NextDouble(), 2))},{random.Next(1, 6)},{random.Next(12)}"))];
    }

    private static IEnumerable<string[]> Orders()
    {
        yield return [.. Lines.Reverse()];
        yield return [.. Lines.Order(StringComparer.Ordinal)];
        yield return [.. Lines.OrderByDescending(line => Lines.Count(other => other.Split(',')[1] == line.Split(',')[1]))];
        for (var seed = 0; seed < 3; seed++)
        {
            var shuffled = Lines.ToArray();
            new Random(seed).Shuffle(shuffled);
            yield return shuffled;
        }
    }

    private ReadResult Read(string[] lines, int block, string name = "ratings.csv")
    {
        var path = folder.Write(name, string.Join('\n', lines));
        return RatingsReader.Read(path, new ReadOptions(), block, TestContext.Current.CancellationToken);
    }

    private static void AssertEqual(InteractionMatrix expected, InteractionMatrix actual)
    {
        Assert.Equal(expected.Offsets, actual.Offsets);
        Assert.Equal(expected.Columns(), actual.Columns());
        Assert.Equal(expected.Values(), actual.Values());
    }
}
