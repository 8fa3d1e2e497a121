using AutoRec.Catalog;
using AutoRec.Data;
using AutoRec.Experiments;
using AutoRec.Serving;
using AutoRec.Training;

namespace AutoRec.Tests.Experiments;

public sealed class ColdStartTests
{
    // Women like items 0..19, men 20..39, each has 15 of them.
    private static DataSet TwoCamps()
    {
        var random = new Random(5);
        var builder = new InteractionsBuilder();
        for (var user = 0; user < 250; user++)
        {
            var items = Enumerable.Range(user % 2 * 20, 20).ToArray();
            random.Shuffle(items);
            foreach (var item in items.Take(15))
            {
                builder.Add($"u{user}", $"i{item}", 1);
            }
        }

        var log = builder.Build(DuplicateRule.KeepLast, null, out _);
        return new DataSet
        {
            Name = "camps",
            Title = "Camps",
            Source = "made up",
            Interactions = log,
            UserAttributes = new Dictionary<string, IReadOnlyList<string>>
            {
                ["gender"] = [.. log.Users.Select(id => int.Parse(id[1..]) % 2 == 0 ? "F" : "M")],
            },
        };
    }

    private static ColdStartStudy Run(string model, int users, int[] shown, int seed = 42, params (string, string)[] settings)
    {
        var entry = ModelCatalog.Find(model);
        var trainer = entry.CreateTrainer(settings.Select(setting => KeyValuePair.Create(setting.Item1, setting.Item2)), out _);
        return ColdStart.Evaluate(TwoCamps(), entry, trainer, users, shown, new FitContext { Seed = seed });
    }

    [Fact]
    public void Evaluate_TwoCamps_ProfileTellsTheCampAndSoDoesOneItem()
    {
        var study = Run("ease", 40, [0, 1, 3], 42, ("regularization", "5"));
        double Ndcg(int shown, RecommendationBasis basis) =>
            study.Measures.Single(measure => measure.Shown == shown && measure.Basis == basis).Ndcg;
        Assert.Equal(3 + 4 + 4, study.Measures.Count);
        Assert.All(study.Measures, measure => Assert.Equal(40, measure.PerUser.Count));

        // 12 of 20 items of the right camp are to be found, and none of the other: the right camp in any order has about 12/20.
        Assert.InRange(Ndcg(0, RecommendationBasis.Profile), 0.5, 0.75);
        Assert.True(Ndcg(0, RecommendationBasis.Popularity) < Ndcg(0, RecommendationBasis.Profile) - 0.15);
        Assert.InRange(Ndcg(1, RecommendationBasis.Model), 0.5, 0.75);
        Assert.InRange(Ndcg(1, RecommendationBasis.Hybrid), 0.5, 0.75);
        Assert.True(Ndcg(3, RecommendationBasis.Popularity) < 0.5);

        // Without a history the profile is all there is to go by.
        Assert.True(study.Weights[0] > 0.5);
        Assert.True(Ndcg(0, RecommendationBasis.Hybrid) > Ndcg(0, RecommendationBasis.Popularity) + 0.15);
    }

    [Fact]
    public void Evaluate_SameSeed_SameMeasures()
    {
        double[] Ndcgs(int seed) => [.. Run("popularity", 20, [1], seed).Measures.Select(measure => measure.Ndcg)];
        Assert.Equal(Ndcgs(1), Ndcgs(1));
        Assert.NotEqual(Ndcgs(1), Ndcgs(2));
    }

    [Fact]
    public void Evaluate_TooManyUsers_Throws() =>
        Assert.Contains("must be between 2 and 125", Assert.Throws<ArgumentException>(() => Run("popularity", 126, [0])).Message);
}
