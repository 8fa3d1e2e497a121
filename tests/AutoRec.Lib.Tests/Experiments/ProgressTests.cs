using AutoRec.Data;
using AutoRec.Evaluation;
using AutoRec.Experiments;
using AutoRec.Splitting;

namespace AutoRec.Tests.Experiments;

public sealed class ProgressTests : IDisposable
{
    private static readonly LoadedData Data = LoadedData.Of(DataSets.OfSample(SampleGenerator.Generate(new SampleOptions { Users = 300 })));

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(
        "ease",
        "fitting|fitting, counting common users|fitting, inverting the matrix of items|comparing with the baseline"
        + "|comparing with the baseline, counting common users|comparing with the baseline, inverting the matrix of items|measuring")]
    [InlineData(
        "mult-dae",
        "choosing epochs|choosing epochs, epoch 1|choosing epochs, validation|fitting|fitting, epoch 1|comparing with the "
            + "baseline|measuring")]
    [InlineData("ials", "fitting|fitting, epoch 1|comparing with the baseline|comparing with the baseline, epoch 1|measuring")]
    [InlineData(
        "item-knn",
        "fitting|fitting, finding neighbours|comparing with the baseline|comparing with the baseline, finding neighbours|measuring")]
    [InlineData("popularity", "fitting|comparing with the baseline|measuring")]
    public void Run_AnyModel_PhasesInTheirOrderAndSharesThatGrow(string model, string phases)
    {
        var seen = new SeenReports();
        new Experiment(model) { EpochLimit = 2, UsesProfiles = false }.Run(Data, progress: seen);
        string[] expected = phases.Split('|');
        Assert.Equal(expected, seen.Reports.Select(report => report.Phase).Distinct().Where(expected.Contains));
        Assert.Equal(
            expected.Order(), seen.Reports.Select(report => report.Phase).Where(phase => !phase.Contains("epoch 2")).Distinct().Order());
        double[] shares = [.. seen.Reports.Select(report => report.Share).OfType<double>()];
        Assert.Equal(shares.Order(), shares);
        Assert.Equal((0, 1), (shares[0], Math.Round(shares[^1], 6)));
        Assert.Equal(
            ("measuring", "users", seen.Reports[^1].Total), (seen.Reports[^1].Phase, seen.Reports[^1].Unit, seen.Reports[^1].Done));
    }

    [Fact]
    public void Of_SeveralModelsAndSeeds_OneShareOverAll()
    {
        var seen = new SeenReports();
        Experiment[] experiments = [new("popularity"), new("item-knn")];
        Comparison.Of(experiments, Data, [1, 2], (_, run) => run(seen));
        Assert.Equal(
            ["popularity, seed 1", "item-knn, seed 1", "popularity, seed 2", "item-knn, seed 2"],
            seen.Reports.Select(report => string.Join(", ", report.Phase.Split(", ").Take(2))).Distinct());
        double[] shares = [.. seen.Reports.Select(report => report.Share).OfType<double>()];
        Assert.Equal(shares.Order(), shares);
        Assert.Equal((0, 1), (shares[0], Math.Round(shares[^1], 6)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Load_TextFiles_AllBytesOfTheFilesAndThenTheOrder(bool isPacked)
    {
        var text = "user,item\n" + string.Concat(Enumerable.Range(0, 5_000).Select(i => $"u{i % 70},i{i}\n"));
        Directory.CreateDirectory(folder["parts"]);
        foreach (var part in new[] { "parts/a", "parts/b" })
        {
            _ = isPacked ? folder.WriteGzip(part + ".csv.gz", text) : folder.Write(part + ".csv", text);
        }

        var seen = new SeenReports();
        var source = new DataSource(folder["parts"]) { Reading = new ReadOptions { Progress = seen } };
        Assert.Equal(5_000, source.Load().Data.Interactions.Count);
        Assert.Equal(["reading", "putting interactions in order"], seen.Reports.Select(report => report.Phase).Distinct());
        var bytes = Directory.EnumerateFiles(folder["parts"]).Sum(path => new FileInfo(path).Length);
        var last = seen.Reports.Last(report => report.Phase == "reading");
        Assert.Equal((bytes, bytes, "bytes"), (last.Done, last.Total, last.Unit));
    }

    [Fact]
    public void Add_ByManyThreads_EndIsReportedOnceAndNothingAfterIt()
    {
        var seen = new SeenReports();
        var steps = new WorkSteps(seen, "counting", 20_000, "numbers");
        Parallel.For(0, 20_000, _ => steps.Add());
        Assert.Equal(new WorkReport("counting", 0, 20_000, "numbers"), seen.Reports[0]);
        Assert.Equal(new WorkReport("counting", 20_000, 20_000, "numbers"), seen.Reports[^1]);
        Assert.Single(seen.Reports, report => report.Done == 20_000);
    }

    [Fact]
    public void Run_MoreUsersThanAreValidated_SomeAreDrawnAndSaid()
    {
        var experiment = new Experiment("mult-dae") { ValidationUsers = 50, EpochLimit = 3 };
        var outcome = experiment.Run(Data, seed: 4);
        var positives = outcome.Fold.Validation.Test.Targets.Positives();
        var users = Enumerable.Range(0, positives.RowCount).Count(user => positives.RowLength(user) > 0);
        Assert.InRange(users, 100, 300);
        Assert.Contains($"ndcg@100 on the validation part is of 50 of {users} users, drawn at random", outcome.Notes);

        // The test part is measured as a whole, and the sample is not all of the validation part.
        Assert.True(outcome.Rankings!.Users.Count > 100);
        var whole = (experiment with { ValidationUsers = 20_000 }).Run(Data, seed: 4);
        Assert.DoesNotContain(whole.Notes, note => note.Contains("drawn at random", StringComparison.Ordinal));
        Assert.NotEqual(whole.Choosing[0].Validation, outcome.Choosing[0].Validation);
        Assert.Equal(whole.Choosing[0].TrainError, outcome.Choosing[0].TrainError);
    }

    [Fact]
    public void HeldOut_MoreUsersThanMost_AreDrawnByTheSeedWithTheirHistories()
    {
        var split = new RandomSplitter(0.8).Split(Data.Data.Interactions, 1);
        ServedValidation Drawn(int seed) => new(split, Metric.Ndcg(10), seed, 40, model => model);
        var (first, again, other) = (Drawn(1).HeldOut, Drawn(1).HeldOut, Drawn(2).HeldOut);
        int[] users = [.. Enumerable.Range(0, first.Targets.RowCount).Select(first.UserRow)];
        Assert.Equal(40, users.Length);
        Assert.Equal(users.Distinct().Order(), users);
        Assert.Equal(users, Enumerable.Range(0, again.Targets.RowCount).Select(again.UserRow));
        Assert.NotEqual(users, Enumerable.Range(0, other.Targets.RowCount).Select(other.UserRow));
        Assert.All(Enumerable.Range(0, 40), row =>
        {
            Assert.Equal(split.Test.Targets.Columns(users[row]).ToArray(), first.Targets.Columns(row).ToArray());
            Assert.Equal(split.Train.Columns(users[row]).ToArray(), first.Histories.Interactions.Columns(row).ToArray());
        });
    }
}
