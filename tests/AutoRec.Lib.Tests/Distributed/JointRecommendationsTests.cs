using AutoRec.Data;
using AutoRec.Distributed;
using AutoRec.Serving;
using AutoRec.Tests.Catalog;

namespace AutoRec.Tests.Distributed;

/// <summary>Lists for many users by several processes are those of one process, in the same order.</summary>
public sealed class JointRecommendationsTests
{
    private static readonly DataSet Data = DataSets.OfSample(SampleGenerator.Generate(new SampleOptions { Users = 150 }));

    [Theory]
    [InlineData("ials")]
    [InlineData("bias")] // with ratings
    [InlineData("mult-dae")] // a network, with probabilities
    public void Recommend_AnyNumberOfProcesses_TheListsOfOne(string model)
    {
        var service = new RecommendationService(
            FittedModels.Fit(model, Data, model is "bias" ? [] : [("epochs", "2")]));
        string[] users = [.. Data.Interactions.Users.Where((_, row) => row % 3 != 1).Reverse()];
        var rules = new RecommendationRules { Exclude = [Data.Interactions.Items[0]] };
        var expected = Text(service.InBatches(users, 5, 0, rules, most: 9, default).SelectMany(batch => batch.Answer()));
        Assert.Equal(users.Length, expected.Length);
        foreach (var size in new[] { 1, 2, 3, 4, 8 })
        {
            var results = ThreadGroup.Run(size, group => Text(service.Recommend(group, users, 5, rules, default, most: 9)));
            Assert.Equal(expected, results[0]);
            Assert.All(results[1..], Assert.Empty);
        }
    }

    // With a k of 200,000 each list is sent by itself.
    [Fact]
    public void Recommend_UserWithoutItems_TheReasonArrives()
    {
        var service = new RecommendationService(FittedModels.Fit("popularity"));
        var rules = new RecommendationRules { Only = ["w"] };
        var answers = ThreadGroup.Run(2, group => service.Recommend(group, ["b", "b", "a", "b"], 200_000, rules, default, most: 2)
            .ToArray())[0];
        Assert.Equal(["w"], answers[3].Items.Select(item => item.Item));
        Assert.Equal(service.Recommend(["a"], 1, rules: rules).Single().WhyEmpty, answers[2].WhyEmpty);
        Assert.NotNull(answers[2].WhyEmpty);
    }

    private static string[] Text(IEnumerable<RecommendationList> lists) =>
    [
        .. lists.Select(list => FormattableString.Invariant($"{list.Basis} {list.WhyEmpty} ")
            + string.Join(' ', list.Items.Select(item => FormattableString.Invariant(
                $"{item.Item}/{item.Title}/{item.Score:R}/{item.Rating:R}/{item.Probability:R}"))))
    ];
}
