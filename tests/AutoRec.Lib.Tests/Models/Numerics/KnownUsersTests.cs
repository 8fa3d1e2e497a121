using AutoRec.Catalog;
using AutoRec.Data;
using AutoRec.Persistence;
using AutoRec.Training;

namespace AutoRec.Tests.Models.Numerics;

public sealed class KnownUsersTests
{
    private const int Items = 8;

    private static readonly InteractionMatrix Train = Matrix([[0, 1, 5], [1, 2, 3], [4, 6], [0, 7]], 4);

    [Theory]
    [InlineData("ials")]
    [InlineData("biased-mf")]
    [InlineData("pmf-em")]
    public void Score_HistoryOfATrainingUserHasChanged_IsFoldedIn(string model)
    {
        var entry = ModelCatalog.Find(model);
        var fitted = entry.CreateTrainer([new("latent-factors", "3"), new("epochs", "3")], out _).Fit(Train, new FitContext());
        var known = Scores(Histories.OfTraining(Train));
        InteractionMatrix[] changed =
        [
            Matrix([[0, 1, 6], [1, 2, 3, 4], [4], [0, 7]], 4),
            Matrix([[0, 1, 5], [1, 2, 3], [4, 6], [0, 7]], 2), // Other ratings.
        ];
        foreach (var other in changed)
        {
            var (asKnown, asNew) = (Scores(Histories.OfTraining(Train).With(other)), Scores(Histories.OfNewUsers(other)));
            for (var user = 0; user < 4; user++)
            {
                var isSame = other.Columns(user).SequenceEqual(Train.Columns(user)) && other.Values(user).SequenceEqual(Train.Values(user));
                Assert.Equal(isSame ? known[user] : asNew[user], asKnown[user]);
            }
        }

        // A model of an earlier version knows nobody.
        var folded = Scores(Histories.OfNewUsers(Train));
        fitted = entry.Load(WithoutUsers(entry.Save(fitted), keepsFactors: model == "biased-mf"));
        Assert.Equal(folded, Scores(Histories.OfTraining(Train)));

        float[][] Scores(Histories histories)
        {
            var scores = new float[histories.Count * Items];
            fitted.Score(histories, scores);
            return [.. scores.Chunk(Items)];
        }
    }

    private static ModelState WithoutUsers(ModelState state, bool keepsFactors)
    {
        var without = new ModelState();
        foreach (var (name, (values, shape)) in state.Arrays)
        {
            if (name is "known_histories" or "user_means" || (name == "user_factors" && !keepsFactors))
            {
                continue;
            }

            _ = values is float[] floats ? without.Add(name, floats, shape) : without.Add(name, (int[])values, shape);
        }

        return without;
    }

    private static InteractionMatrix Matrix(int[][] histories, float rating)
    {
        var pairs = histories.SelectMany((items, user) => items.Select(item => (user, item))).ToArray();
        return InteractionMatrix.FromTriplets(
            4,
            Items,
            Array.ConvertAll(pairs, pair => pair.user),
            Array.ConvertAll(pairs, pair => pair.item),
            Array.ConvertAll(pairs, pair => rating - (pair.item % 2)),
            RatingScale.OneToFive);
    }
}
