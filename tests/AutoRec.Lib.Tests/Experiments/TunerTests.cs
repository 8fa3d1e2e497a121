using AutoRec.Catalog;
using AutoRec.Data;
using AutoRec.Distributed;
using AutoRec.Evaluation;
using AutoRec.Experiments;
using AutoRec.Serving;
using AutoRec.Splitting;
using AutoRec.Training;
using DuckDB.NET.Data;

namespace AutoRec.Tests.Experiments;

public sealed class TunerTests : IDisposable
{
    private static readonly ModelEntry Bias = ModelCatalog.Find("bias");
    private static readonly ModelEntry Ease = ModelCatalog.Find("ease");
    private static readonly Fold Data =
        Fold.Of(new RandomSplitter(0.8).Split(SomeRatings.Log(lines: 600), seed: 1), new RandomSplitter(0.8), seed: 1);

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Rungs_Epochs_AThirdOfTheTrialsAndThreeTimesTheEpochs()
    {
        Assert.Equal([(27, 3), (9, 11), (3, 33), (1, 100)], Tuner.Rungs(27, 100));
        Assert.Equal([(5, 33), (1, 100)], Tuner.Rungs(5, 100));
        Assert.Equal([(30, 1), (10, 4)], Tuner.Rungs(30, 4));
        Assert.Equal([(27, null)], Tuner.Rungs(27, null));
    }

    [Fact]
    public void Draw_SameSeedAndTrial_SameOptionsWithinTheRange()
    {
        var space = SearchSpace.Of(Ease, []);
        Assert.Equal("regularization=5..50000 dropout=0..0.99", space.ToString());
        double[] drawn = [.. Enumerable.Range(1, 2_000).Select(trial => Number(space.Draw(7, trial)["regularization"]))];
        Assert.All(drawn, value => Assert.InRange(value, 5, 50_000));
        Assert.Equal(space.Draw(7, 3), space.Draw(7, 3));
        Assert.NotEqual(space.Draw(7, 3), space.Draw(8, 3));

        // Logarithmic: half of them below the geometric mean.
        Assert.InRange(drawn.Count(value => value < 500), 900, 1100);
    }

    [Theory]
    [InlineData("ials", "regularization", 0.05)]
    [InlineData("slim", "l1", 0.5)]
    [InlineData("mult-vae", "weight-decay", 0.0003)]
    [InlineData("ease", "regularization", 887)]
    public void Of_Defaults_ReachWherePublishedAndMeasuredOptimaLie(string model, string option, double optimum)
    {
        var dimension = SearchSpace.Of(ModelCatalog.Find(model), []).Dimensions.Single(one => one.Option == option);
        Assert.InRange(optimum, dimension.Low * 2, dimension.High / 2);
        Assert.True(dimension.IsLogarithmic);
    }

    [Fact]
    public void Of_Ranges_WholeNumbersChoicesAndZero()
    {
        var space = SearchSpace.Of(ModelCatalog.Find("item-knn"), ["neighbors=4..8", "shrinkage=0..1", "binarize=true|false"]);
        var drawn = Enumerable.Range(1, 200).Select(trial => space.Draw(1, trial)).ToArray();
        Assert.Equal(["4", "5", "6", "7", "8"], drawn.Select(options => options["neighbors"]).Distinct().Order());
        Assert.Equal(["false", "true"], drawn.Select(options => options["binarize"]).Distinct().Order());

        // From 0 there is no logarithm: half of them below a half.
        Assert.InRange(drawn.Count(options => Number(options["shrinkage"]) < 0.5), 75, 125);
    }

    [Theory]
    [InlineData("regularization", "is not a range")]
    [InlineData("lambda=1..2", "has no option 'lambda'")]
    [InlineData("regularization=-1..2", "must be between")]
    [InlineData("regularization=2..1", "'regularization' must be a number; got '2..1'")]
    public void Of_BadRange_Throws(string range, string expected) =>
        Assert.Contains(expected, Assert.ThrowsAny<ArgumentException>(() => SearchSpace.Of(Ease, [range])).Message);

    [Fact]
    public void Run_Interrupted_GoesOnToTheSameEnd()
    {
        using var whole = Open("whole.duckdb");
        var best = Run(whole, trials: 6);

        using var end = new CancellationTokenSource();
        using (var first = Open("part.duckdb"))
        {
            var count = 0;
            Assert.ThrowsAny<OperationCanceledException>(() => Run(first, trials: 6, (_, _) =>
            {
                if (++count == 3)
                {
                    end.Cancel();
                }
            }, end.Token));
            Assert.InRange(first.Read().Count, 3, 7);
        }

        using var again = Open("part.duckdb");
        var before = again.Read().Count;
        var fits = 0;
        var resumed = Run(again, trials: 6, (_, all) =>
        {
            fits++;
            Assert.Equal(8, all); // 6 with a third of the epochs, 2 with all
        });
        Assert.Equal(8 - before, fits);
        Assert.Equal((best.Number, best.Value), (resumed.Number, resumed.Value));
        Assert.Equal(
            whole.Read().Select(trial => (trial.Number, trial.Epochs, trial.Value)).Order(),
            again.Read().Select(trial => (trial.Number, trial.Epochs, trial.Value)).Order());
    }

    [Fact]
    public void Run_InParallel_SameTrials()
    {
        using var one = Open("one.duckdb");
        using var two = Open("two.duckdb");
        var best = Run(one, trials: 6);
        Assert.Equal(best.Value, Run(two, trials: 6, parallel: 3).Value);
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(8, 1)]
    public void Run_OnSeveralProcesses_SameTrialsEachOnce(int size, int parallel)
    {
        using var one = Open("one.duckdb");
        using var many = Open("many.duckdb");
        var best = Run(one, trials: 6);
        var options = new TuningOptions { Trials = 6, Parallel = parallel };
        var found = ThreadGroup.Run(size, group => Tuner.Run(
            new Experiment(Bias), SearchSpace.Of(Bias, []), Data, group.Rank == 0 ? many : null, options, group, null, null, default));
        Assert.All(found, trial => Assert.Equal((best.Number, best.Value), (trial.Number, trial.Value)));
        Assert.Equal(
            one.Read().Select(trial => (trial.Number, trial.Epochs, trial.Value)).Order(),
            many.Read().Select(trial => (trial.Number, trial.Epochs, trial.Value)).Order());
    }

    [Fact]
    public void Run_Ease_TheBestOfWhatWasDrawn()
    {
        using var file = Open("ease.duckdb");
        var experiment = new Experiment(Ease) { ValidationMetric = Metric.Ndcg(10) };
        var best = Tuner.Run(experiment, SearchSpace.Of(Ease, ["regularization=0.1..10000"]), Data, file, new TuningOptions { Trials = 8 });
        var trials = file.Read();
        Assert.Equal(8, trials.Count);
        Assert.Equal(trials.Max(trial => trial.Value), best.Value);
        var inner = Data.Validation;
        var again = Ease.CreateTrainer(best.Options, out _).Learn(inner.Train, new FitContext());
        var served = new ServedModel(Ease, again, inner.Train);
        Assert.Equal(best.Value!.Value, Evaluator.MeasureRanking(served, inner.Train, inner.Test, [Metric.Ndcg(10)])["ndcg@10"], 1e-12);
    }

    [Fact]
    public void Open_OtherStudyOrNoDatabase_SaysSo()
    {
        Open("a.duckdb").Dispose();
        var other = Assert.Throws<DataFileException>(() => TrialFile.Open(folder["a.duckdb"], "other", 1));
        Assert.Contains("trials of another study: study; asked for is other", other.Message);
        var text = folder.Write("b.duckdb", "a text, and more of it");
        Assert.Contains("is not a DuckDB database", Assert.Throws<DataFileException>(() => TrialFile.Open(text, "x", 1)).Message);
        Assert.Equal("a text, and more of it", File.ReadAllText(text));
    }

    [Fact]
    public void Open_DatabaseOfSomethingElse_IsLeftAsItIs()
    {
        Execute("CREATE TABLE precious (id INTEGER)");
        Assert.Contains(
            "other tables (precious)", Assert.Throws<DataFileException>(() => TrialFile.Open(folder["p.duckdb"], "x", 1)).Message);
        Execute("DROP TABLE precious"); // still the only one

        void Execute(string sql)
        {
            using var connection = new DuckDBConnection($"DataSource={folder["p.duckdb"]}");
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            command.ExecuteNonQuery();
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(4096)]
    [InlineData(8192)]
    public void Open_FileOfAKilledProcess_CountsAsNew(int length)
    {
        Open("whole.duckdb").Dispose();
        File.WriteAllBytes(folder["t.duckdb"], File.ReadAllBytes(folder["whole.duckdb"])[..length]);
        using var file = TrialFile.Open(folder["t.duckdb"], "another study", 1);
        Assert.Empty(file.Read());
    }

    [Fact]
    public void Open_DatabaseWithoutAStudy_CountsAsNew()
    {
        using (var connection = new DuckDBConnection($"DataSource={folder["t.duckdb"]}"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "CREATE TABLE study (description VARCHAR)";
            command.ExecuteNonQuery();
        }

        using var file = TrialFile.Open(folder["t.duckdb"], "a study", 1);
        Assert.Empty(file.Read());
    }

    [Fact]
    public void Read_ByAnyDuckDb_ThereIsATable()
    {
        using (var file = Open("sql.duckdb"))
        {
            Run(file, trials: 2);
        }

        using var connection = new DuckDBConnection($"DataSource={folder["sql.duckdb"]};ACCESS_MODE=READ_ONLY");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM trials WHERE seed = 42 AND value BETWEEN 0.5 AND 2 "
            + "AND json_extract_string(options, '$.user-regularization') IS NOT NULL";
        Assert.Equal(2L, command.ExecuteScalar());
    }

    private TrialFile Open(string name) => TrialFile.Open(folder[name], "study", 42);

    private static Trial Run(
        TrialFile file,
        int trials,
        Action<Trial, int>? progress = null,
        CancellationToken cancellation = default,
        int parallel = 1) => Tuner.Run(
        new Experiment(Bias),
        SearchSpace.Of(Bias, []),
        Data,
        file,
        new TuningOptions { Trials = trials, Parallel = parallel },
        progress,
        null,
        cancellation);

    private static double Number(string text) => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
