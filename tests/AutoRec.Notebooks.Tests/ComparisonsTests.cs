using AutoRec.Data;
using AutoRec.Evaluation;
using AutoRec.Scoring;
using AutoRec.Splitting;

namespace AutoRec.Notebooks.Tests;

public sealed class ComparisonsTests
{
    private static readonly Metric Ndcg = Metric.Ndcg(10);

    [Fact]
    public void ComparedWith_ThreeModels_TheOthersMinusTheBaselineInTheirOrder()
    {
        var evaluations = new Dictionary<string, RankingEvaluation> { ["z"] = Lists(0.5), ["base"] = Lists(0.2), ["a"] = Lists(0.2) };
        var compared = evaluations.ComparedWith("base", Ndcg, seed: 1);
        Assert.Equal(["z", "a"], compared.Keys);
        Assert.Equal(0.3, compared["z"].Difference, 12);
        Assert.Equal(["z"], compared.Names(one => one.IsHigher));
        Assert.Equal("significantly better than", compared["z"].Verdict());
        Assert.Equal("not significantly different from", compared["a"].Verdict());
        Assert.Equal("significantly lower than", evaluations.ComparedWith("z", Ndcg, seed: 1)["a"].Verdict("higher", "lower"));
    }

    [Fact]
    public void TypicalUser_ConditionOfNobody_TheNearestToTheMeanOfAll()
    {
        var lists = Lists(0); // 0, 0.01, ... of the users 100, 101, ...: the mean is that of 109 and 110
        Assert.Equal(109, lists.TypicalUser(Ndcg, _ => true));
        Assert.Equal(112, lists.TypicalUser(Ndcg, row => row > 111));
        Assert.Equal(109, lists.TypicalUser(Ndcg, _ => false));
    }

    [Fact]
    public void MatrixCorner_SmallMatrix_TheFullestRowsAndColumns()
    {
        var matrix = InteractionMatrix.FromTriplets(3, 3, [0, 1, 1, 2, 2, 2], [2, 1, 2, 0, 1, 2], [1, 2, 3, 4, 5, 6]);
        var corner = MatrixCorner.Of(matrix, 2);
        Assert.Equal([2, 1], corner.Rows);
        Assert.Equal([2, 1], corner.Columns);
        Assert.Equal([6.0, 5.0, 3.0, 2.0], corner.Values.Cast<double>());
        Assert.Equal(6 / 9.0, MatrixCorner.Of(matrix, 20).Share, 12);
    }

    [Fact]
    public void EqualParts_SevenValuesInThree_SortedAndCut() =>
        Assert.Equal([[1, 2, 3], [4, 5, 6], [7]], Statistics.EqualParts([7, 1, 6, 2, 5, 3, 4], value => value, 3));

    [Fact]
    public void OfList_TwoItems_PlacesAndTitles()
    {
        var frame = DataFrames.OfList("item", [new Recommendation(1, 0.5f), new Recommendation(0, 0.25f)], ["a", "b"]);
        Assert.Equal("1 b, 2 a", string.Join(", ", frame.Rows.Select(row => string.Join(' ', row))));
    }

    [Fact]
    public void RmseOfMean_HandMade_IsTheErrorOfTheTrainingMean()
    {
        var builder = new InteractionsBuilder();
        foreach (var (user, item, rating) in new[] { ("a", "x", 1), ("a", "y", 3), ("b", "x", 2), ("b", "y", 5) })
        {
            builder.Add(user, item, rating);
        }

        var log = builder.Build(DuplicateRule.KeepLast, RatingScale.OneToFive, out _);
        var split = Split.Of(log.Select([0, 1, 2]), log.Select([3])); // the mean of 1, 3 and 2; the test rating is 5
        Assert.Equal(3, Evaluator.RmseOfMean(split), 12);
    }

    private static RankingEvaluation Lists(double first)
    {
        double[] values = [.. Enumerable.Range(0, 20).Select(i => first + (0.01 * i))];
        int[] users = [.. Enumerable.Range(100, 20)];
        var perUser = UserValues.Of(values, users);
        return new RankingEvaluation
        {
            Metrics = new Dictionary<Metric, double> { [Ndcg] = values.Average() },
            WithoutCold = new Dictionary<Metric, double>(),
            PerUser = new Dictionary<Metric, UserValues> { [Ndcg] = perUser },
            Users = users,
            UsersLeftOut = 0,
            ColdUsers = 0,
            RelevantItems = 20,
            ColdRelevantItems = 0,
            TargetsInHistory = 0,
            UsersWithTies = 0,
        };
    }
}
