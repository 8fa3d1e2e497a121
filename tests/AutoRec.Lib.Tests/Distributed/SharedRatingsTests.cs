using AutoRec.Catalog;
using AutoRec.Data;
using AutoRec.Distributed;
using AutoRec.Evaluation;
using AutoRec.Experiments;
using AutoRec.Splitting;
using AutoRec.Training;

namespace AutoRec.Tests.Distributed;

/// <summary>Processes that each have a part of the ratings give what one process gives of all, to the last bit.</summary>
public sealed class SharedRatingsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    // The files of the model have their checksums in their names; model.json has the measure of the validation and all else.
    [Theory]
    [InlineData("autorec-item", "baseline")]
    [InlineData("autorec-item", "none")]
    [InlineData("autorec-user", "baseline")]
    [InlineData("autorec-user", "none")]
    public void FitAll_EachProcessReadsItsParts_TheModelFolderIsThatOfOneProcess(string model, string center)
    {
        var (log, by) = (SomeLog(3000, users: 90, items: 70), model == "autorec-item" ? ShardBy.User : ShardBy.Item);
        ShardWriter.Write(log, by, 16, folder["shards"]);
        Assert.Equal(log.Count, Fit(ProcessGroup.Single, "one"));
        foreach (var size in new[] { 3, 8 })
        {
            var held = ThreadGroup.Run(size, group => Fit(group, $"on{size}"));
            Assert.Equal(log.Count, held.Sum());
            Assert.All(held, count => Assert.InRange(count, 1, 1.5 * log.Count / size));
            Assert.Equal(Content("one"), Content($"on{size}"));
        }

        // Returns how many ratings the process holds.
        int Fit(IProcessGroup group, string output)
        {
            var experiment = new Experiment(
                model, [new("hidden-units", "7"), new("epochs", "4"), new("learning-rate", "0.02"), new("center", center)])
            {
                Group = group,
            };
            var loaded = experiment.WithParts(new DataSource(folder["shards"])).Load(TestContext.Current.CancellationToken);
            experiment.FitAll(loaded, seed: 5, cancellation: TestContext.Current.CancellationToken).Save(folder[output]);
            return loaded.Data.Interactions.Count;
        }
    }

    // Of items and users without training ratings too, which the few ratings leave.
    [Theory]
    [InlineData("autorec-item")]
    [InlineData("autorec-user")]
    public void Run_EachProcessReadsItsParts_TheOutcomeIsThatOfOneProcess(string model)
    {
        var (log, by) = (SomeLog(300, users: 60, items: 120), model == "autorec-item" ? ShardBy.User : ShardBy.Item);
        ShardWriter.Write(log, by, 8, folder["shards"]);
        var (expected, _) = Run(ProcessGroup.Single);
        Assert.Contains("without a training rating", expected, StringComparison.Ordinal);
        foreach (var size in new[] { 2, 3, 8 })
        {
            var outcomes = ThreadGroup.Run(size, Run);
            Assert.All(outcomes, outcome => Assert.Equal(expected, outcome.Text));
            Assert.Equal(log.Count, outcomes.Sum(outcome => outcome.Held));
        }

        (string Text, int Held) Run(IProcessGroup group)
        {
            var experiment = new Experiment(
                model, [new("hidden-units", "7"), new("epochs", "4"), new("learning-rate", "0.02")])
            {
                Group = group,
                Metrics = Metric.ParseList("mae,rmse"),
                Splitter = new RandomSplitter(0.8),
            };
            var loaded = experiment.WithPartsToMeasure(new DataSource(folder["shards"])).Load(TestContext.Current.CancellationToken);
            var outcome = experiment.Run(loaded, seed: 5, cancellation: TestContext.Current.CancellationToken);
            var (fold, perUser) = (outcome.Fold, outcome.PerUser.OrderBy(values => values.Key.ToString(), StringComparer.Ordinal));
            return (string.Join('\n', (IEnumerable<object?>)
            [
                fold.Users, fold.Items, fold.TrainCount, fold.ValidationCount, fold.TestCount,
                .. outcome.Metrics, outcome.Baseline, outcome.Epochs,
                .. outcome.Choosing.Select(epoch => (epoch.TrainError, epoch.Validation)), .. outcome.Notes,
                .. outcome.Ratings!.WithoutCold.Order(Comparer<KeyValuePair<Metric, double>>.Create(
                    (a, b) => string.CompareOrdinal($"{a.Key}", $"{b.Key}"))),
                .. perUser.SelectMany(values => values.Value.Users.Zip(values.Value.Sums, values.Value.Counts)),
            ]), loaded.Data.Interactions.Count);
        }
    }

    // Lists need the whole log on each process.
    [Theory]
    [InlineData("random:0.9", "rmse,ndcg@10")]
    [InlineData("random:0.9", "")]
    [InlineData("leave-one-out", "rmse")]
    public void WithPartsToMeasure_OtherMetricOrSplit_EachProcessReadsAll(string split, string metrics)
    {
        var held = ThreadGroup.Run(2, group => new Experiment("autorec-item")
        {
            Group = group,
            Metrics = metrics.Length > 0 ? Metric.ParseList(metrics) : [],
            Splitter = Splitter.Parse(split),
        }.WithPartsToMeasure(new DataSource("shards")).Reading.Share);
        Assert.Equal([null, null], held);
    }

    [Fact]
    public void FitAll_InterruptedOnThreeProcesses_OneProcessResumesToTheSameBits()
    {
        ShardWriter.Write(SomeLog(3000, users: 90, items: 70), ShardBy.User, 16, folder["shards"]);
        var checkpoint = new Checkpoint(folder["c"], "this training") { Interval = TimeSpan.Zero };
        Assert.Throws<AggregateException>(() => ThreadGroup.Run(3, group =>
        {
            using var end = new CancellationTokenSource();
            return Fit(group, checkpoint, end.Token, new Immediately(report =>
            {
                if (report.Epoch == 2)
                {
                    end.Cancel();
                }
            }));
        }));
        Assert.NotEmpty(Directory.EnumerateFiles(folder.Path, "c*"));
        Fit(ProcessGroup.Single, checkpoint with { Resume = true }, default).Save(folder["resumed"]);
        Fit(ProcessGroup.Single, null, default).Save(folder["one"]);
        Assert.Equal(Content("one"), Content("resumed"));

        FittedModel Fit(IProcessGroup group, Checkpoint? checkpoint, CancellationToken cancellation, Immediately? progress = null)
        {
            var experiment = new Experiment("autorec-item", [new("hidden-units", "7"), new("epochs", "4")]) { Group = group };
            var loaded = experiment.WithParts(new DataSource(folder["shards"])).Load(CancellationToken.None);
            return experiment.FitAll(loaded, 5, checkpoint: checkpoint, progress: progress, cancellation: cancellation);
        }
    }

    // The bits of a sum depend on its order: that of the rows, whichever process has them. More columns than are passed on at a time.
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    public void SumColumns_EachProcessHasSomeRows_TheSumsAreThoseOfOneProcess(int size)
    {
        var matrix = SomeLog(60_000, users: 50, items: 9000).ToMatrix();
        var expected = new double[matrix.ColumnCount];
        Add(matrix, expected, 0, matrix.ColumnCount);
        int[] starts = [.. Enumerable.Range(0, size).Select(rank => rank * rank * 50 / (size * size)), 50];
        Assert.All(
            ThreadGroup.Run(size, group =>
            {
                var own = Own(matrix, new LogShare(ShardBy.User, starts, group.Rank));
                Assert.True(own.Count < matrix.Count);
                Assert.Equal(matrix.CountByColumn(), own.CountByColumn(group));
                return own.SumColumns(group, (sums, first, end) => Add(own, sums, first, end));
            }),
            sums => Assert.Equal(expected, sums));

        static void Add(InteractionMatrix matrix, double[] sums, int first, int end)
        {
            for (var row = 0; row < matrix.RowCount; row++)
            {
                for (var i = 0; i < matrix.RowLength(row); i++)
                {
                    if (matrix.Columns(row)[i] is var column && column >= first && column < end)
                    {
                        sums[column] += Math.Sqrt(matrix.Values(row)[i]);
                    }
                }
            }
        }
    }

    [Fact]
    public void MovedTo_FromRowsToColumnsAndBack_EachProcessHasItsEntries()
    {
        var matrix = SomeLog(2000, users: 60, items: 40).ToMatrix();
        var moved = ThreadGroup.Run(3, group =>
        {
            var byUser = new LogShare(ShardBy.User, [0, 0, 45, 60], group.Rank); // The first has none.
            var byItem = new LogShare(ShardBy.Item, [0, 10, 30, 40], group.Rank);
            var columns = Own(matrix, byUser).MovedTo(byItem, group);
            return (Columns: columns, Back: columns.MovedTo(byUser, group), byUser, byItem);
        });
        Assert.All(moved, one =>
        {
            Assert.Equal(Entries(Own(matrix, one.byItem)), Entries(one.Columns));
            Assert.Equal(Entries(Own(matrix, one.byUser)), Entries(one.Back));
        });

        static IEnumerable<(int, int, float)> Entries(InteractionMatrix matrix) =>
            matrix.RowOfEachEntry().Zip(matrix.Columns().ToArray(), matrix.Values().ToArray());
    }

    private static InteractionMatrix Own(InteractionMatrix matrix, LogShare share)
    {
        var rows = matrix.RowOfEachEntry();
        int[] own = [.. Enumerable.Range(0, matrix.Count).Where(entry =>
            (share.IsByUser ? rows[entry] : matrix.Columns()[entry]) is var code && code >= share.First && code < share.End)];
        return InteractionMatrix.FromTriplets(
            matrix.RowCount,
            matrix.ColumnCount,
            Array.ConvertAll(own, entry => rows[entry]),
            Array.ConvertAll(own, entry => matrix.Columns()[entry]),
            Array.ConvertAll(own, entry => matrix.Values()[entry]),
            matrix.Feedback,
            share: share);
    }

    // Ratings whose sums are rounded.
    private static Interactions SomeLog(int lines, int users, int items)
    {
        var random = new Random(6);
        var ratings = new InteractionsBuilder();
        for (var i = 0; i < lines; i++)
        {
            var user = (int)(users * random.NextDouble() * random.NextDouble());
            ratings.Add($"u{user}", $"i{random.Next(items)}", 1 + (4 * random.NextSingle()));
        }

        for (var user = 0; user < users; user++)
        {
            ratings.Add($"u{user}", $"i{user % items}", 2.7f); // Each has some.
        }

        return ratings.Build(DuplicateRule.KeepLast, RatingScale.OneToFive, out _);
    }

    private string[] Content(string name) =>
        [
            .. Directory.EnumerateFiles(folder[name]).Select(Path.GetFileName).Order(StringComparer.Ordinal)!,
            File.ReadAllText(folder[$"{name}/model.json"]),
        ];
}
