using AutoRec.Data;
using AutoRec.Evaluation;
using AutoRec.Experiments;
using AutoRec.Models;
using AutoRec.Scoring;
using AutoRec.Serving;
using AutoRec.Splitting;
using AutoRec.Training;

namespace AutoRec.Tests.Experiments;

public sealed class ExperimentTests : IDisposable
{
    private static readonly LoadedData Data = LoadedData.Of(DataSets.OfSample(SampleGenerator.Generate(new SampleOptions { Users = 300 })));

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Run_ModelWithEpochs_IsTheFlowWrittenByHand()
    {
        var experiment = new Experiment("biased-mf", [new("latent-factors", "8"), new("epochs", "12")])
        {
            Metrics = Metric.ParseList("rmse,ndcg@10"),
            ChecksBaseline = false,
        };
        var outcome = experiment.Run(Data, seed: 3);

        var split = new RandomSplitter(0.9).Split(Data.Data.Interactions, 3);
        var inner = new RandomSplitter(0.9).Split(split.TrainLog, 3);
        var trainer = new BiasedMfTrainer(new BiasedMfOptions { LatentFactors = 8, Epochs = 12 });
        var validation = new RatingValidation(inner.Train, inner.Test);
        var choosing = trainer.Fit(inner.Train, new FitContext { Seed = 3, Validation = validation });
        var chosen = choosing.TrainingHistory.Last(report => report.IsBest).Epoch;
        var model = trainer.Fit(split.Train, new FitContext { Seed = 3, EpochLimit = chosen });
        Assert.Equal(chosen, outcome.Epochs);
        Assert.Equal(Evaluator.MeasureRatings(model, split.Train, split.Test).Rmse, outcome["rmse"]);
        Assert.Equal(Evaluator.MeasureRatings(model, split.Train, split.Test).Rmse, outcome.Ratings!.Rmse);
        Assert.Equal(outcome.Choosing[chosen - 1].Validation, outcome.Choosing.Min(report => report.Validation));
        Assert.Equal("8", outcome.Options["latent-factors"]);
    }

    [Fact]
    public void Run_SameFold_SameTestUsersForEveryModel()
    {
        var fold = Fold.Of(Data, new LeaveOneOutSplitter(), 5);
        var first = new Experiment("popularity").Run(fold, 5);
        var second = new Experiment("ease").Run(fold, 5);
        Assert.Equal(first.Rankings!.Users, second.Rankings!.Users);
        Assert.Same(fold, second.Fold);
        Assert.Equal(fold.TrainCount + fold.TestCount, Data.Data.Interactions.Count);
    }

    [Fact]
    public void Run_UsersWithoutHistory_GetThePopularItemsAsInServing()
    {
        // The users c and d are in the test part only; a popular item is what they have there. EASE alone gives them scores of 0.
        var log = new InteractionsBuilder();
        foreach (var (user, item) in new[] { ("a", "x"), ("b", "x"), ("b", "y"), ("e", "y"), ("e", "x"), ("f", "z") })
        {
            log.Add(user, item, 1);
        }

        var test = new InteractionsBuilder();
        test.Add("c", "x", 1);
        test.Add("d", "x", 1);
        test.Add("a", "y", 1);
        var parts = Interactions.Align([log.Build(DuplicateRule.KeepLast, null, out _), test.Build(DuplicateRule.KeepLast, null, out _)]);
        var fold = Fold.Of(Split.Of(parts[0], parts[1]), new RandomSplitter(0.9), 1);
        var experiment = new Experiment("ease", [new("regularization", "1")])
        {
            Metrics = Metric.ParseList("recall@1"),
            ChecksBaseline = false,
        };
        var outcome = experiment.Run(fold, 1);
        Assert.Equal(1, outcome["recall@1"]);
        Assert.Equal(2, outcome.Rankings!.ColdUsers);
        Assert.Contains(outcome.Notes, note => note.Contains("2 users have no history", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("popularity")]
    [InlineData("ease")]
    public void Run_WithRules_MeasuresWhatIsLeftOfTheWholeRanking(string model)
    {
        var (loaded, data, precision) = (Data, Data.Data, Metric.Parse("precision@5"));
        var rules = new RecommendationRules
        {
            Where = [$"category!={data.ItemCategories[0][0]}"],
            AtMost = new Dictionary<string, int> { ["category"] = 1 },
        };
        var outcome = new Experiment(model) { Metrics = [precision], Rules = rules, ChecksBaseline = false }.Run(loaded, seed: 5);
        var test = outcome.Fold.Split.Test;
        var lists = outcome.Served.Recommend(test.Histories, data.Interactions.Items.Count, seed: 5);
        var (sum, users, notAllowed) = (0.0, 0, 0);
        for (var user = 0; user < lists.Length; user++)
        {
            var relevant = Enumerable.Range(0, test.Targets.RowLength(user))
                .Where(i => test.Targets.Feedback.IsPositive(test.Targets.Values(user)[i])).Select(i => test.Targets.Columns(user)[i])
                .Except(test.Histories.Interactions.Columns(user).ToArray()).ToHashSet();
            var list = lists[user].Select(place => place.Item).Where(item => data.ItemCategories[item][0] != data.ItemCategories[0][0])
                .DistinctBy(item => data.ItemCategories[item][0]).Take(5);
            users += relevant.Count > 0 ? 1 : 0;
            sum += relevant.Count > 0 ? list.Count(relevant.Contains) / 5.0 : 0;
            notAllowed += relevant.Count(item => data.ItemCategories[item][0] == data.ItemCategories[0][0]);
        }

        Assert.Equal(sum / users, outcome[precision], 1e-9);
        Assert.Equal(notAllowed, outcome.Rankings!.RelevantItemsNotAllowed);
        Assert.Contains(
            outcome.Notes,
            note =>
                note.StartsWith($"lists are made by rules: {rules.Where[0]}, at most 1 of the same category; ", StringComparison.Ordinal));
        Assert.Contains(
            "include-seen",
            Assert.Throws<ArgumentException>(() => new Experiment(model) { Rules = new() { IncludeSeen = true } }.Run(loaded)).Message);
    }

    [Fact]
    public void Run_ModelThatLosesToItsBaseline_SaysSo()
    {
        var lost = new Experiment("random").Run(Data);
        Assert.True(lost.Baseline!.IsLost);
        Assert.Equal("popularity", lost.Baseline.Baseline);
        Assert.Contains(
            lost.Notes,
            note => note.StartsWith("random loses to popularity on its own validation part: ndcg@100 0.", StringComparison.Ordinal));

        var won = new Experiment("ease", [new("regularization", "50")]).Run(Data);
        Assert.False(won.Baseline!.IsLost);
        Assert.DoesNotContain(won.Notes, note => note.Contains("loses to", StringComparison.Ordinal));

        // Almost no penalty and one factor too many: worse than biases.
        KeyValuePair<string, string>[] settings =
        [
            new("hidden-units", "200"), new("regularization", "0.0001"), new("learning-rate", "0.05"), new("epochs", "3"),
        ];
        var rating = new Experiment("autorec-user", settings).Run(Data);
        Assert.Equal("bias", rating.Baseline!.Baseline);
        Assert.Equal(Metric.Rmse, rating.Baseline.Metric);
        Assert.Equal(rating.Baseline.Model > rating.Baseline.BaselineValue, rating.Baseline.IsLost);
    }

    [Fact]
    public void Run_Baseline_IsMeasuredOnTheValidationPart()
    {
        var fold = Fold.Of(Data, new RandomSplitter(0.9), 42);
        var outcome = new Experiment("ease").Run(fold);
        var inner = new RandomSplitter(0.9).Split(fold.Split.TrainLog, 42);
        var popularity = new PopularityTrainer().Learn(inner.Train, new FitContext());
        var measured = Evaluator.MeasureRanking(popularity, inner.Train, inner.Test, [Metric.Ndcg(100)]);
        Assert.Equal(measured[Metric.Ndcg(100)], outcome.Baseline!.BaselineValue, 1e-9);
        Assert.Equal(inner.Test.Targets.Count, fold.ValidationCount);
    }

    [Fact]
    public void OnValidation_OtherTestPart_SameValue()
    {
        var experiment = new Experiment("biased-mf", [new("latent-factors", "4"), new("epochs", "3")]);
        var fold = Fold.Of(Data, new RandomSplitter(0.9), 9);
        var split = fold.Split;
        var nothing = Fold.Of(Split.Of(split.TrainLog, split.TrainLog.Select([])), new RandomSplitter(0.9), 9);
        Assert.Equal(experiment.OnValidation(fold, 9), experiment.OnValidation(nothing, 9));
        Assert.InRange(experiment.OnValidation(fold, 9), 0.5, 1.5);
    }

    [Fact]
    public void FitAll_ModelWithEpochs_IsFittedToAllForTheChosenEpochs()
    {
        var experiment = new Experiment("biased-mf", [new("latent-factors", "4"), new("epochs", "8")]);
        var fitted = experiment.FitAll(Data, seed: 2, holdout: 0.2);
        var inner = new RandomSplitter(0.8).Split(Data.Data.Interactions, 2);
        var trainer = new BiasedMfTrainer(new BiasedMfOptions { LatentFactors = 4, Epochs = 8 });
        var validation = new RatingValidation(inner.Train, inner.Test);
        var choosing = trainer.Fit(inner.Train, new FitContext { Seed = 2, Validation = validation });
        var best = choosing.TrainingHistory.Last(report => report.IsBest);
        var model = trainer.Fit(Data.Data.Interactions.ToMatrix(), new FitContext { Seed = 2, EpochLimit = best.Epoch });
        Assert.Equal(best.Validation, fitted.Metrics["validation rmse"]);
        Assert.Equal(model.Save().Floats("item_factors"), fitted.Entry.Save(fitted.Model).Floats("item_factors"));
    }

    [Fact]
    public void FitAll_InterruptedInEitherFitAndResumed_SameModel()
    {
        var experiment = new Experiment("biased-mf", [new("latent-factors", "3"), new("epochs", "6")]) { ChecksBaseline = false };
        var seen = new List<EpochReport>();
        var whole = experiment.FitAll(Data, progress: new Immediately(seen.Add));
        foreach (var reports in new[] { 1, seen.Count - 1 })
        {
            var checkpoint = new Checkpoint(folder[$"fit-{reports}"], "run") { Interval = TimeSpan.Zero };
            using var end = new CancellationTokenSource();
            var count = 0;
            var interrupt = new Immediately(_ =>
            {
                if (++count == reports)
                {
                    end.Cancel();
                }
            });
            Assert.ThrowsAny<OperationCanceledException>(
                () => experiment.FitAll(Data, checkpoint: checkpoint, progress: interrupt, cancellation: end.Token));
            var resumed = experiment.FitAll(Data, checkpoint: checkpoint with { Resume = true });
            Assert.Equal(whole.Metrics, resumed.Metrics);
            Assert.Equal(whole.Entry.Save(whole.Model).Floats("item_factors"), resumed.Entry.Save(resumed.Model).Floats("item_factors"));
        }
    }

    [Fact]
    public void FitAll_TooFewInteractionsToHoldOut_FitsAndNotesIt()
    {
        var builder = new InteractionsBuilder();
        builder.Add("a", "x", 5);
        var log = builder.Build(DuplicateRule.KeepLast, null, out _);
        var loaded = LoadedData.Of(new DataSet { Name = "d", Title = "d", Source = "d", Interactions = log });
        var fitted = new Experiment("popularity").FitAll(loaded);
        Assert.Empty(fitted.Metrics);
        Assert.Contains(fitted.Notes, note => note.Contains("nothing is held out", StringComparison.Ordinal));
    }

    [Fact]
    public void Metrics_ThatModelOrDataHaveNot_Error()
    {
        var ranking = new Experiment("ease") { Metrics = [Metric.Rmse] };
        var error = Assert.Throws<ArgumentException>(() => ranking.MetricsFor(hasRatings: true));
        Assert.Contains("does not predict ratings", error.Message);
        var rating = new Experiment("bias") { Metrics = [Metric.Rmse] };
        error = Assert.Throws<ArgumentException>(() => rating.MetricsFor(hasRatings: false));
        Assert.Contains("--min-rating", error.Message);
        Assert.Equal(Metric.Ndcg(100), new Experiment("bias").ValidationMetricFor(hasRatings: false));
        Assert.Equal(Metric.Rmse, new Experiment("bias").ValidationMetricFor(hasRatings: true));
        Assert.Equal(Metric.Ndcg(100), new Experiment("ease").ValidationMetricFor(hasRatings: true));
        var choosing = new Experiment("ease") { ValidationMetric = Metric.Rmse };
        Assert.Throws<ArgumentException>(() => choosing.ValidationMetricFor(hasRatings: true));
    }

    [Fact]
    public void Run_TrainerOfYourOwn_IsMeasuredAsWell()
    {
        var outcome = new Experiment("mine", new BiasTrainer()) { Metrics = [Metric.Rmse] }.Run(Data);
        Assert.Equal(new Experiment("bias") { Metrics = [Metric.Rmse] }.Run(Data)["rmse"], outcome["rmse"]);
        Assert.StartsWith(FormattableString.Invariant($"mine: rmse {outcome["rmse"]:0.0000} (seed 42"), outcome.ToString());
    }
}
