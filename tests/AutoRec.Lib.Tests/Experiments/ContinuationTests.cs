using AutoRec.Catalog;
using AutoRec.Data;
using AutoRec.Evaluation;
using AutoRec.Experiments;
using AutoRec.Persistence;
using AutoRec.Scoring;
using AutoRec.Serving;
using AutoRec.Splitting;
using AutoRec.Training;

namespace AutoRec.Tests.Experiments;

/// <summary>Models that are continued with new interactions, users and items.</summary>
public sealed class ContinuationTests : IDisposable
{
    // New ids sort between the old ones, so that rows move.
    private static readonly (string User, string Item, float Value)[] All = RandomRows();
    private static readonly Interactions Old = Log(All.Where(row => !IsNew(row)), FeedbackKind.Stars);
    private static readonly Interactions New = Log(All.Where(IsNew), FeedbackKind.Stars);

    private readonly TemporaryFolder folder = new();

    public static TheoryData<string> Exact => [.. Names(ContinuationKind.Exact)];

    public static TheoryData<string> Warm => [.. Names(ContinuationKind.WarmStart)];

    public static TheoryData<string> Others => [.. Names(ContinuationKind.None)];

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Exact))]
    public void Continue_ClosedForm_IsTheModelOfATrainingOnAll(string name)
    {
        var kept = Saved(name);
        var continued = Experiment.Continue(Continuation.Of(kept, Loaded(New)), holdout: 0);
        var scratch = new Experiment(name, kept.Options).FitAll(Loaded(Log(All, FeedbackKind.Stars)), holdout: 0);

        InteractionsAssert.Equal(scratch.Data.Interactions, continued.Data.Interactions);
        Assert.Equal(Scores(scratch), Scores(continued));
        Assert.Equal(kept.Options, continued.Options);
    }

    [Theory]
    [MemberData(nameof(Warm))]
    public void Continue_WarmStart_BeginsWhereTheModelWas(string name)
    {
        var kept = Saved(name);
        var from = Continuation.Of(kept, Loaded(New));
        var continued = ErrorOfTheFirstEpoch(Experiment.Continue(from, holdout: 0));
        var scratch = ErrorOfTheFirstEpoch(new Experiment(name, kept.Options).FitAll(from.Loaded, holdout: 0));
        var shifted = from.Start() with { Items = Turned(from.Start().Items), Users = Turned(from.Start().Users) };
        var wrongRows = ErrorOfTheFirstEpoch(FittedFrom(name, kept, from, shifted));

        Assert.True(continued < scratch, $"first epoch: {continued} when continued, {scratch} from scratch");

        // The noise of what a small VAE draws is larger than what it has learned.
        Assert.True(
            continued < wrongRows || name is "mult-vae" or "gaussian-vae",
            $"first epoch: {continued} with the right rows, {wrongRows} with others");
    }

    [Fact]
    public void Copy_ArraysThatGrowByRowsOrColumns_KnownWeightsAtTheirNewPlaces()
    {
        var model = new ModelState()
            .Add("rows", [1f, 2, 3, 4], 2, 2).Add("columns", [1f, 2, 3, 4], 2, 2).Add("same", [5f, 6]).Add("biases", [7f, 8]);
        var start = new WarmStart(model, [], [1, -1, 0]);

        Assert.Equal([3, 4, 0, 0, 1, 2], Copied("rows", 3, 2));
        Assert.Equal([2, 0, 1, 4, 0, 3], Copied("columns", 2, 3));
        Assert.Equal([5, 6], Copied("same", 2));
        Assert.Equal([8, 0, 7], Copied("biases", 3));
        Assert.Throws<InvalidDataException>(() => Copied("rows", 4, 2));

        float[] Copied(string name, params long[] shape)
        {
            var weights = new float[shape.Aggregate(1, (product, length) => product * (int)length)];
            start.Copy(weights, shape, name, start.Items);
            return weights;
        }
    }

    [Theory]
    [MemberData(nameof(Others))]
    public void Of_ModelThatCannotContinue_ErrorNamesThoseThatCan(string name)
    {
        var kept = new FittedModel
        {
            Entry = ModelCatalog.Find(name),
            Model = null!,
            Options = new Dictionary<string,
            string>(),
            Seed = 1,
            Data = DataSets.OfSample(SampleGenerator.Generate(new SampleOptions { Users = 20 }))
        };
        var message = Assert.Throws<ArgumentException>(() => Continuation.Of(kept, Loaded(New))).Message;

        Assert.StartsWith($"A model '{name}' cannot be continued. Train it anew", message, StringComparison.Ordinal);
        Assert.Contains("ease", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_NewAlone_NewValueCountsAndNotesCount()
    {
        var kept = Saved("ease");
        var (user, item, value) = All.First(row => !IsNew(row));
        var changed = Log(All.Where(IsNew).Append((user, item, value == 5 ? 1 : 5)), FeedbackKind.Stars);
        var from = Continuation.Of(kept, Loaded(changed));
        var log = from.Loaded.Data.Interactions;

        Assert.Equal(All.Length, log.Count);
        Assert.Equal(
            value == 5 ? 1 : 5,
            log.ToMatrix().Values(log.Users.RowOf(user))[log.ToMatrix().Columns(log.Users.RowOf(user)).IndexOf(log.Items.RowOf(item))]);
        Assert.Equal(Old.Feedback, log.Feedback);
        Assert.Contains(
            from.Loaded.Notes,
            note => note.StartsWith($"{New.Count} interactions are new, 1 have a new value; ", StringComparison.Ordinal));
        Assert.Equal(New.Count + 1, from.Added.Count);
    }

    [Fact]
    public void Of_WholeLog_SameAsNewAlone()
    {
        var kept = Saved("ease");
        var whole = Continuation.Of(kept, Loaded(Log(All, FeedbackKind.Stars)));
        var alone = Continuation.Of(kept, Loaded(New));

        InteractionsAssert.Equal(alone.Loaded.Data.Interactions, whole.Loaded.Data.Interactions);
        Assert.Equal(alone.Added, whole.Added);
        Assert.Contains(whole.Loaded.Notes, note => note.Contains("taken as the whole log", StringComparison.Ordinal));
    }

    [Fact]
    public void Of_Counts_AddUpUnlessTheLogIsWhole()
    {
        var old = Log([("a", "x", 2), ("b", "y", 1), ("b", "x", 1)], FeedbackKind.Counts);
        var kept = Fitted("popularity", old);
        var added = Continuation.Of(kept, Loaded(Log([("a", "x", 3), ("c", "x", 1)], FeedbackKind.Counts)));
        var whole = Continuation.Of(kept, Loaded(Log([("a", "x", 5), ("b", "y", 1), ("b", "x", 1), ("c", "x", 1)], FeedbackKind.Counts)));

        Assert.Equal([5, 1, 1, 1], added.Loaded.Data.Interactions.Values);
        Assert.Equal([5, 1, 1, 1], whole.Loaded.Data.Interactions.Values);
        Assert.Equal([0, 3], added.Added);
        Assert.Equal([0, 3], whole.Added);
    }

    [Fact]
    public void Of_MostOfTheLogNothingNewOrOtherIds_AreClearErrors()
    {
        var kept = Saved("ease");
        Assert.StartsWith("--data holds", Error(Log(All.Where(row => !IsNew(row)).Skip(5), FeedbackKind.Stars)));
        Assert.StartsWith(
            "--data holds no interaction that is new to the model", Error(Log(All.Where(row => !IsNew(row)), FeedbackKind.Stars)));
        Assert.StartsWith("The model knows no user and no item of --data", Error(Log([("nobody", "nothing", 5)], FeedbackKind.Stars)));

        string Error(Interactions log) => Assert.Throws<ArgumentException>(() => Continuation.Of(kept, Loaded(log))).Message;
    }

    // The last tenth of the training part by time is new: new users and items among it. docs/time.md has what -diagnostics prints.
    [Theory]
    [InlineData("ease", "ndcg@10", 0)]
    [InlineData("ials", "ndcg@10", 0.01)]
    [InlineData("biased-mf", "rmse", 0.01)]
    [InlineData("autorec-user", "rmse", 0.01)]
    public void Continue_MovieLens100K_AsGoodAsATrainingOnAll(string name, string metric, double tolerance)
    {
        var split = new RandomSplitter(0.9).Split(RatingsReader.Read(RealData.Path("ml-100k/u.data.gz")).Interactions, 1);
        var byTime = new TimeSplitter(0.9).Split(split.TrainLog, 1);
        var isOld = byTime.Train;
        var old = split.TrainLog.Where(i => isOld.Contains(split.TrainLog.UserRows[i], split.TrainLog.ItemRows[i]));
        var added = split.TrainLog.Where(i => !isOld.Contains(split.TrainLog.UserRows[i], split.TrainLog.ItemRows[i]));

        var from = Continuation.Of(new Experiment(name).FitAll(Loaded(old)), Loaded(added));
        var (continued, seconds) = Timed(() => Experiment.Continue(from));
        var (scratch, secondsFromScratch) = Timed(() => new Experiment(name).FitAll(from.Loaded));
        var (value, valueFromScratch) = (Measure(continued, split.Test.Targets), Measure(scratch, split.Test.Targets));
        TestContext.Current.SendDiagnosticMessage(FormattableString.Invariant(
            $"| {name} | {metric} | {value:0.0000} | {valueFromScratch:0.0000} | {seconds:0.0} | {secondsFromScratch:0.0} |"));
        Assert.Equal(valueFromScratch, value, tolerance + 1e-12);

        double Measure(FittedModel fitted, InteractionMatrix targets)
        {
            var (train, log) = (fitted.Interactions, split.TrainLog);
            var known = new MatrixBuilder(train);
            for (var user = 0; user < targets.RowCount; user++)
            {
                for (var i = 0; i < targets.RowLength(user); i++)
                {
                    if (fitted.Data.Interactions.Users.TryGetRow(log.Users[user], out var row)
                        && fitted.Data.Interactions.Items.TryGetRow(log.Items[targets.Columns(user)[i]], out var column))
                    {
                        known.Add(row, column, targets.Values(user)[i]);
                    }
                }
            }

            var test = new HeldOut(Histories.OfTraining(train), known.ToMatrix(train.RowCount));
            return metric == "rmse"
                ? Evaluator.MeasureRatings((IRatingPredictor)fitted.Model, train, test).Rmse
                : Evaluator.MeasureRanking(new ServedModel(fitted.Entry, fitted.Model, train), train, test, [Metric.Parse(metric)])[metric];
        }

        static (FittedModel Fitted, double Seconds) Timed(Func<FittedModel> fit)
        {
            var clock = System.Diagnostics.Stopwatch.StartNew();
            return (fit(), clock.Elapsed.TotalSeconds);
        }
    }

    private static double ErrorOfTheFirstEpoch(FittedModel model) =>
        Assert.IsAssignableFrom<TrainedModel>(model.Model).TrainingHistory[0].TrainError;

    private static FittedModel FittedFrom(string name, FittedModel kept, Continuation from, WarmStart start)
    {
        var trainer = kept.Entry.CreateTrainer(kept.Options, out _);
        var model = trainer.Learn(from.Loaded.Data.Interactions.ToMatrix(), new FitContext
        {
            Start = start,
            EpochLimit = 1,
            ItemFeatures = SideFeatures.OfItems(from.Loaded.Data),
        });
        return new FittedModel
        {
            Entry = ModelCatalog.Find(name),
            Model = model,
            Options = kept.Options,
            Seed = 42,
            Data = from.Loaded.Data
        };
    }

    // Each known row gets the weights of the next known one.
    private static int[] Turned(IReadOnlyList<int> rows)
    {
        int[] known = [.. rows.Where(row => row >= 0)];
        return [.. rows.Select(row => row < 0 ? row : known[(Array.IndexOf(known, row) + 1) % known.Length])];
    }

    private FittedModel Saved(string name)
    {
        Fitted(name, Old).Save(folder["model"]);
        return FittedModel.Load(folder["model"]);
    }

    private static FittedModel Fitted(string name, Interactions log)
    {
        var options = ModelCatalog.Find(name).Options.Select(option => option.Name).ToHashSet();
        var settings = new Dictionary<string, string>
        {
            ["epochs"] = "30",
            ["hidden-units"] = "8",
            ["latent-factors"] = "6",
            ["widths"] = "8",
            ["batch-size"] = "20"
        };
        return new Experiment(name, settings.Where(setting => options.Contains(setting.Key))).FitAll(Loaded(log), holdout: 0);
    }

    private static float[] Scores(FittedModel fitted)
    {
        var scores = new float[fitted.Interactions.RowCount * fitted.Interactions.ColumnCount];
        fitted.Model.Score(Histories.OfTraining(fitted.Interactions.LearnedBy(fitted.Model is IRatingPredictor)), scores);
        return scores;
    }

    private static LoadedData Loaded(Interactions log) =>
        LoadedData.Of(new DataSet
        {
            Name = "log",
            Title = "Log",
            Source = "test",
            Interactions = log,
            ItemCategories = [.. log.Items.Select(id => (IReadOnlyList<string>)[$"kind {id[^1] % 2}"])],
        });

    private static string[] Names(ContinuationKind kind) =>
        [.. ModelCatalog.All.Where(entry => entry.Continues == kind).Select(entry => entry.Name)];

    private static bool IsNew((string User, string Item, float Value) row) =>
        row.User == "u20x" || row.Item == "i10x" || (row.User.EndsWith('7') && row.Item.EndsWith('3'));

    private static Interactions Log(IEnumerable<(string User, string Item, float Value)> rows, FeedbackKind kind)
    {
        var builder = new InteractionsBuilder();
        foreach (var (user, item, value) in rows)
        {
            builder.Add(user, item, value);
        }

        var scale = kind == FeedbackKind.Stars ? RatingScale.OneToFive : new RatingScale(1, 9);
        return builder.Build(DuplicateRule.KeepLast, scale, out _)
            .WithFeedback(new Feedback(kind, scale, kind == FeedbackKind.Stars ? 3 : 1));
    }

    // 61 users and 26 items in two groups with a taste of their own.
    private static (string User, string Item, float Value)[] RandomRows()
    {
        var random = new Random(3);
        string[] users = [.. Enumerable.Range(0, 60).Select(user => $"u{user:00}"), "u20x"];
        string[] items = [.. Enumerable.Range(0, 25).Select(item => $"i{item:00}"), "i10x"];
        return
        [
            .. from user in users
               from item in items
               let isLiked = user[2] % 2 == item[2] % 2
               where random.NextDouble() < (isLiked ? 0.5 : 0.15)
               select (user, item, isLiked ? 4f + random.Next(2) : 1f + random.Next(3)),
        ];
    }
}
