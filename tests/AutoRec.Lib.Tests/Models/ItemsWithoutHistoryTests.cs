using AutoRec.Data;
using AutoRec.Models;
using AutoRec.Scoring;
using AutoRec.Training;

namespace AutoRec.Tests.Models;

/// <summary>Models that score items without history by their features.</summary>
public sealed class ItemsWithoutHistoryTests
{
    private const int Users = 40;
    private const int Items = 30;
    private const int Cold = 4; // the last ones: nobody has them

    // Items of kind item % 2, which users of the same parity like more.
    private static readonly InteractionMatrix Train = Likes();
    private static readonly InteractionMatrix Kinds =
        SideFeatures.OneHot([.. Enumerable.Range(0, Items).Select(item => new[] { $"kind {item % 2}" })]);
    private static readonly FitContext Context = new() { ItemFeatures = Kinds };
    private static readonly FeatureIalsOptions Options = new() { LatentFactors = 4, FeatureRegularization = 1e-3 };

    [Fact]
    public void Fit_Ials_ItemsWithHistoryAsWithoutFeaturesToTheLastBit()
    {
        var (model, plain) = (new FeatureIalsTrainer(Options).Fit(Train, Context), new IalsTrainer(Options).Fit(Train, Context));

        // New users too: they are solved for as if the items without history were not there.
        foreach (var histories in new[] { Histories.OfTraining(Train), Histories.OfNewUsers(Train) })
        {
            var (scores, expected) = (Scores(model, histories), Scores(plain, histories));
            for (var user = 0; user < Users; user++)
            {
                var known = (user * Items)..((user * Items) + Items - Cold);
                Assert.Equal(expected[known], scores[known]);
                Assert.All(scores[known.End.Value..((user + 1) * Items)], score => Assert.NotEqual(0, score));
            }
        }
    }

    // With next to no penalty, the map to one of two kinds is the mean of the kind.
    [Fact]
    public void Fit_Ials_ItemWithoutHistoryHasTheMeanFactorsOfItsKind()
    {
        var factors = new FeatureIalsTrainer(Options).Fit(Train, Context).Save().Floats("item_factors");
        for (var item = Items - Cold; item < Items; item++)
        {
            int[] others = [.. Enumerable.Range(0, Items - Cold).Where(other => other % 2 == item % 2)];
            for (var d = 0; d < 4; d++)
            {
                Assert.Equal(others.Average(other => factors[(other * 4) + d]), factors[(item * 4) + d], 1e-3);
            }
        }
    }

    [Fact]
    public void Fit_Ials_UsersGetNewItemsOfTheirKindFirst()
    {
        var scores = Scores(new FeatureIalsTrainer(Options).Fit(Train, Context), Histories.OfTraining(Train));
        for (var user = 0; user < Users; user++)
        {
            var best = Enumerable.Range(Items - Cold, Cold).MaxBy(item => scores[(user * Items) + item]);
            Assert.Equal(user % 2, best % 2);
        }
    }

    [Fact]
    public void Fit_Popularity_MeanNumberOfUsersOfTheKind()
    {
        var model = new FeaturePopularityTrainer(new() { FeatureRegularization = 1e-3 }).Fit(Train, Context);
        var counts = Train.CountByColumn();
        var expected = Enumerable.Range(0, Items).Select(item => item < Items - Cold ? counts[item]
            : Enumerable.Range(0, Items - Cold).Where(other => other % 2 == item % 2).Average(other => counts[other]));

        Assert.All(expected.Zip(model.Counts.ToArray()), pair => Assert.Equal(pair.First, pair.Second, 0.01));
    }

    [Fact]
    public void Fit_NoFeatures_ErrorSaysWhatIsMissing()
    {
        foreach (var features in new[] { null, SideFeatures.OneHot([.. Enumerable.Range(0, Items).Select(_ => Array.Empty<string>())]) })
        {
            var error = Assert.Throws<ArgumentException>(() =>
                new FeatureIalsTrainer().Fit(Train, new FitContext { ItemFeatures = features }));
            Assert.StartsWith(
                "The model 'ials-features' recommends items without history by their features, and only ids and titles", error.Message);
        }

        Assert.Contains("9 rows", Assert.Throws<ArgumentException>(
            () => new FeaturePopularityTrainer().Fit(Train, new FitContext { ItemFeatures = SomeFeatures.Of(9) })).Message);
    }

    private static InteractionMatrix Likes()
    {
        var random = new Random(8);
        var pairs = (from user in Enumerable.Range(0, Users)
                     from item in Enumerable.Range(0, Items - Cold)
                     where random.NextDouble() < (user % 2 == item % 2 ? 0.6 : 0.1)
                     select (user, item)).ToArray();
        return InteractionMatrix.FromTriplets(
            Users,
            Items,
            pairs.Select(pair => pair.user).ToArray(),
            pairs.Select(pair => pair.item).ToArray(),
            pairs.Select(_ => 1f).ToArray());
    }

    private static float[] Scores(IRecommender model, Histories histories)
    {
        var scores = new float[Users * Items];
        model.Score(histories, scores);
        return scores;
    }
}
