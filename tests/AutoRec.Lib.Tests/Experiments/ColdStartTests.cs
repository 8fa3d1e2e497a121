using AutoRec.Data;
using AutoRec.Experiments;
using AutoRec.Models;
using AutoRec.Serving;
using AutoRec.Training;

namespace AutoRec.Tests.Serving;

public sealed class ColdStartTests
{
    // Women like items 0..19, men 20..39, each has 15 of them.
    private static DataSet TwoCamps()
    {
        var random = new Random(5);
        var builder = new InteractionsBuilder();
        var gender = new List<string>();
        for (var user = 0; user < 200; user++)
        {
            gender.Add(user % 2 == 0 ? "F" : "M");
            var items = Enumerable.Range(user % 2 * 20, 20).ToArray();
            random.Shuffle(items);
            foreach (var item in items.Take(15))
            {
                builder.Add($"u{user:000}", $"i{item}", 1);
            }
        }

        return new DataSet
        {
            Name = "camps",
            Title = "Camps",
            Source = "made up",
            Interactions = builder.Build(DuplicateRule.KeepLast, null, out _),
            UserAttributes = new Dictionary<string, IReadOnlyList<string>> { ["gender"] = gender },
        };
    }

    [Fact]
    public void Evaluate_TwoCamps_ProfileTellsTheCampAndSoDoesOneItem()
    {
        var measures = ColdStart.Evaluate(TwoCamps(), new EaseTrainer(new EaseOptions { Regularization = 5 }), false, 40, [0, 1, 3], new FitContext());
        double Ndcg(int shown, RecommendationBasis basis) => measures.Single(measure => measure.Shown == shown && measure.Basis == basis).Ndcg;
        Assert.Equal(2 + 4 + 4, measures.Count);
        Assert.All(measures, measure => Assert.Equal(40, measure.PerUser.Count));

        // 12 of 20 items of the right camp are asked for, and none of the other: the right camp in any order has about 12/20.
        Assert.InRange(Ndcg(0, RecommendationBasis.Profile), 0.5, 0.75);
        Assert.True(Ndcg(0, RecommendationBasis.Popularity) < Ndcg(0, RecommendationBasis.Profile) - 0.15);
        Assert.InRange(Ndcg(1, RecommendationBasis.Model), 0.5, 0.75);
        Assert.InRange(Ndcg(1, RecommendationBasis.Hybrid), 0.5, 0.75);
        Assert.True(Ndcg(3, RecommendationBasis.Popularity) < 0.5);
    }

    [Fact]
    public void Evaluate_SameSeed_SameMeasures()
    {
        double[] Run(int seed) => [.. ColdStart.Evaluate(TwoCamps(), new PopularityTrainer(), false, 20, [1], new FitContext { Seed = seed }).Select(measure => measure.Ndcg)];
        Assert.Equal(Run(1), Run(1));
        Assert.NotEqual(Run(1), Run(2));
    }

    [Fact]
    public void Evaluate_TooManyUsers_Throws() =>
        Assert.Contains("101 users cannot be held out", Assert.Throws<ArgumentException>(() => ColdStart.Evaluate(TwoCamps(), new PopularityTrainer(), false, 101, [0], new FitContext())).Message);

    [Fact]
    public void Mix_Logits_NaiveBayesGoesOnFromThem()
    {
        // One of two users is F and has item 0: c = 1, n = 1, p(0) = 1.5 / 3.
        var profiles = new ProfileModel(InteractionMatrix.FromTriplets(2, 2, [0], [0], [1]), new Dictionary<string, IReadOnlyList<string>> { ["gender"] = ["F", "M"] });
        float[] scores = [1, 2];
        ProfileMix.Mix(scores, profiles, new Dictionary<string, string> { ["gender"] = "F" }, shown: 2, isMultinomial: true);
        Assert.Equal(1 + (0.5 * Math.Log((1 + (50 * 0.5)) / (51 * 0.5))), scores[0], 1e-5);
    }
}
