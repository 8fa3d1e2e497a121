using AutoRec.Catalog;
using AutoRec.Data;
using AutoRec.Evaluation;
using AutoRec.Scoring;
using AutoRec.Splitting;
using AutoRec.Training;
using TorchSharp;

namespace AutoRec.Tests;

/// <summary>
/// What every model of the catalogue keeps to. A model joins by a class of one line that names it, with settings that
/// make it small and quick; see <c>ModelContractTests.cs</c>.
/// </summary>
public abstract class RecommenderContract(string name, params (string Option, string Value)[] settings)
{
    private const int Users = 30;
    private const int Items = 20;
    private const int UserWithoutHistory = Users - 1;
    private const int ItemWithoutRating = Items - 1;

    private static readonly InteractionMatrix Ratings = RandomRatings();
    private static readonly FitContext Context = new() { ItemFeatures = SomeFeatures.Of(Items) };
    private static readonly HeldOut NotRated = Unrated(Ratings);

    /// <summary>The model's name in the catalogue.</summary>
    public string Name { get; } = name;

    /// <summary>Settings that make the model small and quick.</summary>
    public IEnumerable<KeyValuePair<string, string>> Settings { get; } =
    [
        .. settings.Select(setting => KeyValuePair.Create(setting.Option, setting.Value))
    ];

    /// <summary>Whether two users can get different orders of items; only such models are asked to find a pattern.</summary>
    protected virtual bool IsPersonalised => true;

    private ModelEntry Entry => ModelCatalog.Find(Name);

    private bool HasEpochs => Entry.OptionsType.GetProperty("Epochs") is not null;

    [Fact]
    public void Score_AnyUser_EveryItemHasAFiniteScore()
    {
        var model = Fit();
        Assert.Equal(Items, model.ItemCount);
        Assert.All(Scores(model, Histories.OfTraining(Ratings)), score => Assert.True(float.IsFinite(score)));
    }

    [Fact]
    public void Fit_SameSeed_SameScoresToTheLastBit() =>
        Assert.Equal(Scores(Fit(), Histories.OfTraining(Ratings)), Scores(Fit(), Histories.OfTraining(Ratings)));

    [Fact]
    public void Score_OneUserAtATimeInOtherOrder_SameScores()
    {
        var model = Fit();
        var all = Histories.OfTraining(Ratings);
        var together = Scores(model, all);
        for (var user = Users - 1; user >= 0; user--)
        {
            var alone = Scores(model, all.Select([user]));
            Assert.Equal(together.AsSpan(user * Items, Items).ToArray(), alone, Near);
        }

        int[] mixed = [7, 3, UserWithoutHistory, 0];
        var some = Scores(model, all.Select(mixed));
        Assert.Equal(mixed.SelectMany(user => together.AsSpan(user * Items, Items).ToArray()), some, Near);
    }

    [Fact]
    public void Score_TwoThreadsAtOnce_SameScores()
    {
        var model = Fit();
        var expected = Scores(model, Histories.OfTraining(Ratings));
        Parallel.For(
            0,
            8,
            new ParallelOptions { MaxDegreeOfParallelism = 2 },
            _ => Assert.Equal(expected, Scores(model, Histories.OfTraining(Ratings))));
    }

    [Fact]
    public void Score_NewUsers_WorksOrNamesAModelThatCan()
    {
        var model = Fit();
        var newUsers = Histories.OfNewUsers(Ratings);
        try
        {
            Assert.All(Scores(model, newUsers), score => Assert.True(float.IsFinite(score)));
        }
        catch (NotSupportedException error)
        {
            Assert.Contains(
                ModelCatalog.All, entry => entry.Name != Name && error.Message.Contains($"'{entry.Name}'", StringComparison.Ordinal));
            if (model is IRatingPredictor predictor)
            {
                Assert.Throws<NotSupportedException>(() => Predictions(predictor, newUsers, NotRated.Targets));
            }
        }
    }

    [Fact]
    public void Load_WhatWasSaved_SameScoresToTheLastBit()
    {
        var model = Fit();
        var loaded = Entry.Load(Entry.Save(model));
        Assert.Equal(Scores(model, Histories.OfTraining(Ratings)), Scores(loaded, Histories.OfTraining(Ratings)));
        if (Entry.ItemVectors is { } vectors)
        {
            Assert.Equal(Items, Entry.Save(model).Shape(vectors)[0]);
            Assert.Equal(2, Entry.Save(model).Shape(vectors).Count);
        }
    }

    [Fact]
    public void Score_WrongShape_Throws()
    {
        var model = Fit();
        Assert.Throws<ArgumentException>(() => model.Score(Histories.OfTraining(Ratings), new float[(Users * Items) - 1]));
        Assert.Throws<ArgumentException>(() => Scores(model, Histories.OfTraining(Ratings.Transpose())));
    }

    [Fact]
    public void Predict_AnyPair_OnTheScaleAndInTheOrderOfScores()
    {
        if (Entry.Kind != ModelKind.Rating)
        {
            Assert.False(Fit() is IRatingPredictor, "The catalogue says that this model only ranks, but it predicts ratings.");
            return;
        }

        var model = Assert.IsType<IRatingPredictor>(Fit(), exactMatch: false);
        Assert.Equal(RatingScale.OneToFive, model.Scale);
        var scores = Scores(model, NotRated.Histories);
        var ratings = Predictions(model, NotRated.Histories, NotRated.Targets);
        var next = 0;
        for (var user = 0; user < Users; user++)
        {
            foreach (var item in NotRated.Targets.Columns(user))
            {
                Assert.InRange(ratings[next], 1, 5);
                Assert.Equal(model.Scale.Clip(scores[(user * Items) + item]), ratings[next], 1e-4f);
                next++;
            }
        }
    }

    [Fact]
    public void Predict_ColdItemOrUser_FallbackOnTheScale()
    {
        if (Fit() is not IRatingPredictor model)
        {
            return;
        }

        var pairs = InteractionMatrix.FromTriplets(
            Users, Items, [0, UserWithoutHistory, UserWithoutHistory], [ItemWithoutRating, 0, ItemWithoutRating], new float[3]);
        Assert.All(Predictions(model, NotRated.Histories, pairs), rating => Assert.InRange(rating, 1, 5));
    }

    [Fact]
    public void Fit_CancelledBefore_Throws() =>
        Assert.Throws<OperationCanceledException>(() =>
            Trainer().Fit(Ratings, Context with { Cancellation = new CancellationToken(true) }));

    [Fact]
    public void Fit_CancelledAfterTheFirstEpoch_Throws()
    {
        using var source = new CancellationTokenSource();
        var mustEnd = false;
        var progress = new Immediately(report =>
        {
            mustEnd = report.Epoch < report.Epochs;
            source.Cancel();
        });
        var error = Record.Exception(() => Trainer().Fit(Ratings, Context with { Cancellation = source.Token, Progress = progress }));
        if (mustEnd)
        {
            Assert.IsType<OperationCanceledException>(error, exactMatch: false);
        }
    }

    [Fact]
    public void Fit_WithValidation_ReturnsTheBestEpoch()
    {
        if (!Entry.UsesValidation)
        {
            return;
        }

        IValidation validation = Entry.Kind == ModelKind.Rating
            ? new RatingValidation(Ratings, NotRated)
            : new RankingValidation(Ratings, NotRated, Metric.Parse("ndcg@5"));
        var reports = new List<EpochReport>();
        var trainer = Trainer();
        var model = trainer.Fit(Ratings, Context with { Validation = validation, Patience = 3, Progress = new Immediately(reports.Add) });
        Assert.Equal(reports.Last(report => report.IsBest).Validation!.Value, validation.Measure(model), 1e-6);
        if (trainer is not IChoosingTrainer) // whose reports are also those of the models that it fits
        {
            var measures = reports.Select(report => report.Validation!.Value).ToArray();
            Assert.Equal(validation.HigherIsBetter ? measures.Max() : measures.Min(), validation.Measure(model), 1e-6);
            Assert.All(reports, report => Assert.Equal(validation.Metric, report.ValidationMetric));
        }
    }

    [Fact]
    public void Fit_Checkerboard_Recovered()
    {
        if (!IsPersonalised)
        {
            return;
        }

        // Even users like even items, odd users odd ones. A model of ratings also sees what they do not like.
        var pairs = (from user in Enumerable.Range(0, Users)
                     from item in Enumerable.Range(0, Items)
                     where ((user * 7)
            + (item * 3)) % 5 != 0
                     select (user, item)).ToArray();
        if (Entry.Kind == ModelKind.Ranking)
        {
            pairs = [.. pairs.Where(IsLiked)];
        }

        var train = Matrix(pairs, pair => IsLiked(pair) ? 5 : 1);
        var lists = Trainer().Fit(train, Context).Recommend(Histories.OfTraining(train), 2);
        Assert.All(
            lists.SelectMany((list, user) => list.Select(place => (user, place.Item))),
            pair => Assert.True(IsLiked(pair), $"user {pair.user}, item {pair.Item}"));

        static bool IsLiked((int User, int Item) pair) => pair.User % 2 == pair.Item % 2;
    }

    [Fact]
    public void FitAndScore_AnyNumberOfTimes_LeakNoTensor()
    {
        var model = Fit();
        var before = LiveTensors;
        Scores(model, Histories.OfTraining(Ratings));
        Assert.Equal(before, LiveTensors);
        if (HasEpochs)
        {
            Assert.Equal(TensorsKeptByFit(epochs: 2), TensorsKeptByFit(epochs: 5));
        }
    }

    private static long LiveTensors => DisposeScopeManager.Statistics.ThreadTotalLiveCount;

    private long TensorsKeptByFit(int epochs)
    {
        var before = LiveTensors;
        IValidation validation = Entry.Kind == ModelKind.Rating
            ? new RatingValidation(Ratings, NotRated)
            : new RankingValidation(Ratings, NotRated, Metric.Parse("ndcg@5"));
        Trainer(("epochs", $"{epochs}")).Fit(Ratings, Context with { Validation = Entry.UsesValidation ? validation : null });
        return LiveTensors - before;
    }

    private ITrainer<IRecommender> Trainer(params (string Option, string Value)[] more) =>
        Entry.CreateTrainer(Settings.Concat(more.Select(setting => KeyValuePair.Create(setting.Option, setting.Value))), out _);

    // Few epochs: most of the contract does not ask how good a model is.
    private IRecommender Fit() => (HasEpochs ? Trainer(("epochs", "5")) : Trainer()).Fit(Ratings, Context);

    private static float[] Scores(IRecommender model, Histories histories)
    {
        var scores = new float[histories.Count * model.ItemCount];
        model.Score(histories, scores);
        return scores;
    }

    private static float[] Predictions(IRatingPredictor model, Histories histories, InteractionMatrix pairs)
    {
        var ratings = new float[pairs.Count];
        model.Predict(histories, pairs, ratings);
        return ratings;
    }

    // Sums in another order may differ in the last digits.
    private static bool Near(float expected, float actual) => Math.Abs(expected - actual) <= 1e-5f * Math.Max(1, Math.Abs(expected));

    private static InteractionMatrix RandomRatings()
    {
        var random = new Random(3);
        var pairs = from user in Enumerable.Range(0, Users)
                    from item in Enumerable.Range(0, Items)
                    where user != UserWithoutHistory && item != ItemWithoutRating && random.NextDouble() < 0.6
                    select (user, item);
        return Matrix([.. pairs], _ => random.Next(1, 6));
    }

    private static HeldOut Unrated(InteractionMatrix ratings)
    {
        var random = new Random(4);
        var pairs = from user in Enumerable.Range(0, Users)
                    from item in Enumerable.Range(0, Items)
                    where !ratings.Contains(user,
            item)
                    select (user, item);
        return new HeldOut(Histories.OfTraining(ratings), Matrix([.. pairs], _ => random.Next(1, 6)));
    }

    private static InteractionMatrix Matrix((int User, int Item)[] pairs, Func<(int User, int Item), float> rating) =>
        InteractionMatrix.FromTriplets(
        Users,
        Items,
        pairs.Select(pair => pair.User).ToArray(),
        pairs.Select(pair => pair.Item).ToArray(),
        pairs.Select(rating).ToArray(),
        RatingScale.OneToFive);
}
