using AutoRec.Data;
using AutoRec.Evaluation;
using AutoRec.Experiments;
using AutoRec.Models;
using AutoRec.Serving;
using AutoRec.Splitting;
using AutoRec.Training;

namespace AutoRec.Tests.Experiments;

public sealed class LearningTests
{
    [Fact]
    public void Learn_RankingModel_PositivesAlone()
    {
        var train = Disliked(positiveFrom: null).ToMatrix();
        Assert.Equal([0f, 0, 15, 15, 10], Scores(new PopularityTrainer().Learn(train, new FitContext())));
        Assert.Equal([20f, 20, 15, 15, 10], Scores(new PopularityTrainer().Fit(train, new FitContext())));
        var likes = InteractionMatrix.FromTriplets(2, 2, [0, 1], [0, 0], [1, 1]);
        Assert.Same(likes, likes.Positives());

        float[] Scores(PopularityModel model)
        {
            var scores = new float[5];
            model.Score(Histories.OfTraining(train).Select([0]), scores);
            return scores;
        }
    }

    [Fact]
    public void Learn_RatingModel_AllRatings()
    {
        var train = Disliked(positiveFrom: null).ToMatrix();
        Assert.Equal(
            new BiasTrainer().Fit(train, new FitContext()).Save().Floats("item_biases"),
            new BiasTrainer().Learn(train, new FitContext()).Save().Floats("item_biases"));
    }

    [Fact]
    public void Learn_NothingPositive_SaysWhatToDo()
    {
        var builder = new InteractionsBuilder();
        builder.Add("a", "x", 2);
        builder.Add("b", "x", 1);
        var train = builder.Build(DuplicateRule.KeepLast, RatingScale.OneToFive, out _).ToMatrix();
        var error = Assert.Throws<ArgumentException>(() => new PopularityTrainer().Learn(train, new FitContext()));
        Assert.Contains("--positive-from", error.Message);
    }

    [Fact]
    public void FitAll_ItemsThatAreDislikedTogether_AreNotRecommendedForEachOther()
    {
        // Twenty users dislike bad1 and bad2: a model that takes dislikes for likes recommends bad2 to a user who dislikes bad1.
        var request = new RecommendationRequest { History = [new("bad1", 1)], K = 1 };
        Assert.Equal(
            "good1", Served(positiveFrom: null).Recommend(request with { History = [new("good2", 5), new("bad1", 1)] }).Items[0].Item);
        var answer = Served(positiveFrom: null).Recommend(request);
        Assert.Equal(RecommendationBasis.Popularity, answer.Basis);
        Assert.StartsWith("good", answer.Items[0].Item, StringComparison.Ordinal);
        Assert.Equal("bad2", Served(float.NegativeInfinity).Recommend(request).Items[0].Item);
    }

    [Fact]
    public void FitAll_Dislikes_SaysWhatIsLearnedFrom()
    {
        var fitted = Experiment.FitAll(Loaded(Disliked(null)), holdout: 0);
        Assert.Contains("ease learns from the 40 of 80 ratings that are 4 or more (--positive-from)", fitted.Notes);
        Assert.Empty(Experiment.FitAll(Loaded(Disliked(float.NegativeInfinity)), holdout: 0).Notes);
        var likes = new Experiment("bias").FitAll(Loaded(Disliked(null).ToPositives(4)), holdout: 0);
        Assert.Contains(likes.Notes, note => note.StartsWith("bias predicts ratings, but the data hold likes", StringComparison.Ordinal));
    }

    [Fact]
    public void Run_HeldOutDislikes_AreNotRelevantAndNeverRecommended()
    {
        var log = Disliked(null);
        var outcome = (Experiment with { Metrics = Metric.ParseList("precision@1,recall@5") })
            .Run(Fold.Of(new RandomSplitter(0.8).Split(log, 1), new RandomSplitter(0.8), 1));
        var positives = outcome.Fold.Split.Test.Targets.Positives();
        Assert.Equal(positives.Count, outcome.Rankings!.RelevantItems);
        Assert.True(positives.Count < outcome.Fold.TestCount);
        Assert.Contains(outcome.Notes, note => note.Contains("held-out items that are 4 or more", StringComparison.Ordinal));
    }

    private static Experiment Experiment => new("ease", [new("regularization", "1")]) { ChecksBaseline = false };

    private static RecommendationService Served(float? positiveFrom) => new(Experiment.FitAll(Loaded(Disliked(positiveFrom)), holdout: 0));

    private static LoadedData Loaded(Interactions log) =>
        LoadedData.Of(new DataSet { Name = "d", Title = "d", Source = "d", Interactions = log });

    // Users 0 to 19 dislike bad1 and bad2, and half of them like good3; users 20 to 34 like good1 and good2.
    private static Interactions Disliked(float? positiveFrom)
    {
        var builder = new InteractionsBuilder();
        for (var user = 0; user < 20; user++)
        {
            builder.Add($"u{user}", "bad1", 1);
            builder.Add($"u{user}", "bad2", 2);
        }

        for (var user = 0; user < 10; user++)
        {
            builder.Add($"u{user}", "good3", 5);
        }

        for (var user = 20; user < 35; user++)
        {
            builder.Add($"u{user}", "good1", 5);
            builder.Add($"u{user}", "good2", 4);
        }

        return builder.Build(DuplicateRule.KeepLast, RatingScale.OneToFive, out _, null, positiveFrom);
    }
}
