using AutoRec.Catalog;
using AutoRec.Data;
using AutoRec.Scoring;
using AutoRec.Serving;
using AutoRec.Tests.Catalog;
using AutoRec.Training;

namespace AutoRec.Tests.Serving;

public sealed class ServedModelTests
{
    // Items a, b, c, d: a has three users, b two, c and d one. User 4 has no history; users 0 and 1 are F, 2 and 3 are M, 4 is F.
    private static readonly InteractionMatrix Train = InteractionMatrix.FromTriplets(
        5, 4, [0, 0, 1, 1, 2, 2, 3], [0, 1, 0, 2, 0, 1, 3], [5, 4, 5, 3, 4, 2, 5], RatingScale.OneToFive);

    private static readonly Dictionary<string, IReadOnlyList<string>> Gender = new() { ["gender"] = ["F", "F", "M", "M", "F"] };

    private static float[] Scores(IRecommender model, Histories histories)
    {
        var scores = new float[histories.Count * model.ItemCount];
        model.Score(histories, scores);
        return scores;
    }

    private static (ModelEntry Entry, IRecommender Model) Fit(string name, params (string, string)[] settings)
    {
        var entry = ModelCatalog.Find(name);
        var trainer = entry.CreateTrainer(settings.Select(setting => KeyValuePair.Create(setting.Item1, setting.Item2)), out _);
        return (entry, trainer.Fit(Train, new FitContext()));
    }

    private static ServedModel Served(string name, ProfileWeights? weights = null, params (string, string)[] settings)
    {
        var (entry, model) = Fit(name, settings);
        return new ServedModel(entry, model, Train, new ProfileModel(Train, Gender), weights);
    }

    [Fact]
    public void Score_KnownUsersWithoutProfileWeight_AreTheModelsAndPopularityWithoutHistory()
    {
        var served = Served("ease");
        var histories = Histories.OfTraining(Train);
        var scores = Scores(served, histories);
        var own = Scores(Fit("ease").Model, histories);
        Assert.Equal(own[..16], scores[..16]);
        Assert.Equal(Enumerable.Repeat(0f, 4), own[16..]);

        // Four users have a history: p = (count + 0.5) / 5.
        float[] popularity = [.. new[] { 3, 2, 1, 1 }.Select(count => (float)Math.Log((count + 0.5) / 5))];
        Assert.Equal(popularity, scores[16..]);
    }

    [Fact]
    public void Score_NewUsersOfAModelThatDoesNotFoldIn_SimilarItems()
    {
        var served = Served("autorec-item", null, ("hidden-units", "3"), ("epochs", "5"));
        Assert.False(served.FoldsIn);
        Assert.True(Served("ease").FoldsIn);
        var history = Train.SelectRows([0, 4, 3]);
        var scores = Scores(served, Histories.OfNewUsers(history));
        var similar = Scores(new SimilarItems(served.Space), Histories.OfNewUsers(history));
        Assert.Equal(similar[..4], scores[..4]);
        Assert.Equal(similar[8..], scores[8..]);
        Assert.NotEqual(0, scores[4]); // popularity
        var known = Histories.OfTraining(Train).Select([0]);
        Assert.Equal(Scores(Fit("autorec-item", ("hidden-units", "3"), ("epochs", "5")).Model, known), Scores(served, known));
    }

    [Fact]
    public void Score_UsersOfTheDataSet_StandardisedScoresMixedByTheWeightOfTheHistory()
    {
        // User 0 has two items (weight 0.25), user 3 one (weight 1: the profile alone), user 4 none (weight 0.5).
        var served = Served("ease", new ProfileWeights([0.5, 1, 0.25, 0, 0, 0, 0, 0]));
        var scores = Scores(served, Histories.OfTraining(Train).Select([0, 3, 4]));
        var profiles = new ProfileModel(Train, Gender);
        var own = Scores(Fit("ease").Model, Histories.OfTraining(Train));
        Near(Mix(own[..4], ByProfile("F"), 0.25), scores[..4]);
        Near([.. ByProfile("M")], scores[4..8]);
        Near(Mix(ByProfile(""), ByProfile("F"), 0.5), scores[8..]);

        // Users of the data set who are new to the model have their profile too; users who are not part of it have none.
        Near([.. ByProfile("M")], Scores(served, Histories.OfNewUsers(Train.SelectRows([3]), [3])));
        Near(own[12..16], Scores(served, Histories.OfNewUsers(Train.SelectRows([3]))));

        float[] ByProfile(string gender)
        {
            var scores = new float[4];
            profiles.Score(new Dictionary<string, string> { ["gender"] = gender }, scores);
            return scores;
        }

        static double[] Mix(float[] first, float[] second, double share) =>
            [.. Standard(first).Zip(Standard(second), (a, b) => ((1 - share) * a) + (share * b))];

        static double[] Standard(float[] scores)
        {
            var mean = scores.Average(score => (double)score);
            var deviation = Math.Sqrt(scores.Average(score => (score - mean) * (score - mean)));
            return [.. scores.Select(score => (score - mean) / deviation)];
        }
    }

    [Fact]
    public void Score_ProfileThatNoTrainingUserHas_DoesNotCount()
    {
        var attributes = new Dictionary<string, IReadOnlyList<string>> { ["gender"] = ["F", "F", "M", "M", "X"] };
        var (entry, model) = Fit("ease");
        var served = new ServedModel(entry, model, Train, new ProfileModel(Train, attributes), ProfileWeights.ProfileOnly);
        var withoutProfile = new ServedModel(entry, model, Train);
        var nobody = Histories.OfTraining(Train).Select([4]);
        Assert.Equal(Scores(withoutProfile, nobody), Scores(served, nobody));
    }

    [Fact]
    public void Recommend_KnownUser_SameListsFromServiceAndServedModel()
    {
        var fitted = FittedModels.Fit("ease", new ProfileWeights([1, 0.5, 0.5, 0, 0, 0, 0, 0]), null, ("regularization", "1"));
        var service = new RecommendationService(fitted);
        var served = new ServedModel(
            fitted.Entry,
            fitted.Model,
            fitted.Interactions,
            new ProfileModel(fitted.Interactions, fitted.Data.UserAttributes),
            fitted.ProfileWeights);
        var measured = served.Recommend(Histories.OfTraining(fitted.Interactions), 3);
        Assert.All(Enumerable.Range(0, 3), user => Assert.Equal(
            measured[user].Select(place => fitted.Data.Interactions.Items[place.Item]),
            service.Recommend(new RecommendationRequest { User = fitted.Data.Interactions.Users[user], K = 3 }).Items.Select(item =>
                item.Item)));
    }

    private static void Near(IEnumerable<double> expected, float[] actual) =>
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-5));

    private static void Near(float[] expected, float[] actual) => Near(expected.Select(value => (double)value), actual);
}
