using AutoRec.Data;
using AutoRec.Evaluation;
using AutoRec.Models;
using AutoRec.Native;
using AutoRec.Splitting;
using AutoRec.Training;

namespace AutoRec.Tests;

[Collection(ThreadCount.Name)]
public sealed class EvaluatorTests
{
    // Four users, five items; user 3 has no history and nobody has item 4.
    private static readonly InteractionMatrix Train = Matrix([(0, 0, 5), (1, 0, 4), (1, 1, 3), (2, 2, 2), (2, 3, 1)]);

    private static readonly FixedScores Model = new(
        [9, 1, 3, 2, 0.5f],
        [9, 9, 1, 2, 3],
        [5, 4, 9, 9, 1],
        [5, 4, 3, 2, 1]);

    private static readonly HeldOut Test = Held([(0, 2, 4), (0, 4, 2), (1, 2, 5), (2, 1, 1), (3, 4, 3)]);

    [Fact]
    public void Rate_ColdUserAndItems_CountedAndIncluded()
    {
        var evaluation = Evaluator.MeasureRatings(Model, Train, Test);

        // Predicted 3, 1 (clipped from 0.5), 1, 4, 1 for 4, 2, 5, 1, 3: errors 1, 1, 4, 3, 2.
        Assert.Equal(Math.Sqrt(31 / 5.0), evaluation.Rmse, 12);
        Assert.Equal(11 / 5.0, evaluation.Mae, 12);
        Assert.Equal([3f, 1, 1, 4, 1], evaluation.Predicted);
        Assert.Equal(Math.Sqrt(26 / 3.0), evaluation.WithoutCold[Metric.Rmse], 12); // Without item 4 and without user 3.
        Assert.Equal(8 / 3.0, evaluation.WithoutCold[Metric.Mae], 12);
        var squared = evaluation.PerUser[Metric.Rmse];
        Assert.Equal([0, 1, 2, 3], squared.Users);
        Assert.Equal([2.0, 16, 9, 4], squared.Sums);
        Assert.Equal([2, 1, 1, 1], squared.Counts);
        Assert.Equal([1.0, 4, 3, 2], squared); // The RMSE of each user alone.
        Assert.Equal([2.0, 4, 3, 2], evaluation.PerUser[Metric.Mae].Sums);
        Assert.Equal(
            (5, 1, 2, 0), (evaluation.Ratings, evaluation.ColdUserRatings, evaluation.ColdItemRatings, evaluation.RatingsInHistory));
    }

    // Items 2 and 4 alone: users 0 and 1 get both, 2 first for user 0 and 4 first for user 1; the catalogue is these two.
    [Fact]
    public void Rank_Candidates_ListsAndCatalogueAreOfThese()
    {
        var test = Held([(0, 4, 4), (1, 4, 5)]) with { Candidates = [2, 4] };
        var evaluation = Evaluator.MeasureRanking(Model, Train, test, Metric.ParseList("mrr@5,hit-rate@1,coverage@1,gini@2"));

        Assert.Equal(0.75, evaluation["mrr@5"], 12);
        Assert.Equal(0.5, evaluation["hit-rate@1"], 12);
        Assert.Equal(1, evaluation["coverage@1"], 12);
        Assert.Equal(0, evaluation["gini@2"], 12);
    }

    [Fact]
    public void Rate_TestPairInHistory_IsReported() =>
        Assert.Equal(1, Evaluator.MeasureRatings(Model, Train, Held([(0, 0, 5), (0, 1, 1)])).RatingsInHistory);

    [Fact]
    public void Rate_OnlyColdUsers_WithoutColdIsNaN()
    {
        var evaluation = Evaluator.MeasureRatings(Model, Train, Held([(3, 0, 3)]));
        Assert.Equal((2, double.NaN), (evaluation.Rmse, evaluation.WithoutCold[Metric.Rmse]));
    }

    [Fact]
    public void Rate_PredictionNotFinite_SaysWhich() => Assert.Contains(
        "test rating 2 of 2",
        Assert.Throws<ArgumentException>(() =>
            Evaluator.MeasureRatings(new FixedScores([1, 2, 3, 4, float.NaN]), Train, Held([(0, 2, 4), (0, 4, 2)]))).Message);

    [Fact]
    public void Rate_NothingHeldOut_Throws() => Assert.Throws<ArgumentException>(() => Evaluator.MeasureRatings(Model, Train, Held([])));

    [Fact]
    public void Rank_AllMetrics_MeansOverUsersByHand()
    {
        var evaluation = Evaluator.MeasureRanking(
            Model, Train, Test, Metric.ParseList("precision@2,recall@2,ndcg@2,mrr@2,map@2,hr@2,coverage@2,gini@2,novelty@2"));

        // Lists of two, history left out: user 0: 2 3; user 1: 4 3; user 2: 0 1; user 3: 0 1.
        // Hits: user 0 item 2 at rank 1 of two relevant ones; user 1 none; user 2 item 1 at rank 2; user 3 none.
        Assert.Equal([0, 1, 2, 3], evaluation.Users);
        Assert.Equal([0.5, 0, 0.5, 0], evaluation.PerUser[Metric.Parse("precision@2")]);
        Assert.Equal([0.5, 0, 1, 0], evaluation.PerUser[Metric.Parse("recall@2")]);
        Assert.Equal(0.25, evaluation["precision@2"], 12);
        Assert.Equal(0.375, evaluation["recall@2"], 12);
        Assert.Equal(((1 / 1.630929754) + 0.630929754) / 4, evaluation["ndcg@2"], 8);
        Assert.Equal(1.5 / 4, evaluation["mrr@2"], 12);
        Assert.Equal((0.5 + 0.5) / 4, evaluation["map@2"], 12);
        Assert.Equal(0.5, evaluation["hit-rate@2"], 12);
        Assert.Equal(1, evaluation["coverage@2"], 12);

        // Shown 1, 1, 2, 2, 2 times of 8: (-4 - 2 + 0 + 4 + 8) / 8 / 4.
        Assert.Equal(6 / 8.0 / 4, evaluation["gini@2"], 12);

        // Three training users; item 0 has two of them, every other item one or (as if) one.
        var one = Math.Log2(3);
        var two = Math.Log2(1.5);
        Assert.Equal(((6 * one) + (2 * two)) / 8, evaluation["novelty@2"], 12);
        Assert.Equal(
            (0, 5, 2, 0), (evaluation.UsersLeftOut, evaluation.RelevantItems, evaluation.ColdRelevantItems, evaluation.TargetsInHistory));
        Assert.Equal(1, evaluation.ColdUsers);
    }

    [Fact]
    public void Rank_ColdUser_MetricsWithAndWithout()
    {
        // As above; without user 3 the items are shown 0, 1, 1, 2, 2 times: two lists hold 2 3 and 4 3, one 0 1.
        var evaluation = Evaluator.MeasureRanking(Model, Train, Test, Metric.ParseList("recall@2,coverage@2,gini@2"));
        Assert.Equal((1, 0.375, 0.5), (evaluation.ColdUsers, evaluation["recall@2"], evaluation.WithoutCold[Metric.Recall(2)]));
        Assert.Equal(1, evaluation.WithoutCold[Metric.Parse("coverage@2")], 12);
        Assert.Equal(((-4 - 2 + 0 + 2 + 8) / 6.0) / 4, evaluation.WithoutCold[Metric.Parse("gini@2")], 12);
    }

    [Fact]
    public void Rank_OnlyColdUsers_WithoutColdIsNaN()
    {
        var evaluation = Evaluator.MeasureRanking(Model, Train, Held([(3, 0, 3)]), Metric.ParseList("recall@1,gini@1"));
        Assert.Equal(1, evaluation["recall@1"]);
        Assert.All(evaluation.WithoutCold.Values, value => Assert.Equal(double.NaN, value));
    }

    [Fact]
    public void Measure_UserRows_NameTheUsers()
    {
        int[] order = [2, 1, 3, 0];
        var test = new HeldOut(Test.Histories.Select(order), Test.Targets.SelectRows(order));
        Assert.Equal(order, Evaluator.MeasureRatings(Model, Train, test).PerUser[Metric.Mae].Users);
        Assert.Equal(
            [1, 0], Evaluator.MeasureRanking(Model, Train, PositiveFrom(3.5f, test), [Metric.Recall(1)]).PerUser[Metric.Recall(1)].Users);
    }

    [Fact]
    public void Rank_HeldOutItemsThatAreNotPositive_AreNotRelevant()
    {
        var evaluation = Evaluator.MeasureRanking(Model, Train, PositiveFrom(3.5f, Test), [Metric.Parse("recall@1")]);
        Assert.Equal([0, 1], evaluation.Users);
        Assert.Equal(2, evaluation.UsersLeftOut);
        Assert.Equal([1, 0], evaluation.PerUser[Metric.Parse("recall@1")]);
        Assert.Equal(0.5, evaluation["recall@1"]);
    }

    [Fact]
    public void Rank_EqualScores_UsersWhoseListDependsOnThemAreCounted()
    {
        var nobody = new HeldOut(Histories.OfTraining(Matrix([])), Matrix([(0, 0, 1), (1, 0, 1), (2, 0, 1), (3, 0, 1)]));
        var model = new FixedScores(
            [5, 4, 3, 2, 1], // no tie
            [5, 5, 3, 2, 1], // in the list
            [5, 4, 4, 2, 1], // across its end
            [5, 4, 3, 3, 3]); // behind its end
        Assert.Equal(2, Evaluator.MeasureRanking(model, Train, nobody, [Metric.Parse("recall@2")]).UsersWithTies);
        Assert.Equal(0, Evaluator.MeasureRanking(Model, Train, Test, [Metric.Parse("recall@2")]).UsersWithTies);
    }

    [Fact]
    public void Rank_AllScoresEqual_TheSeedDecidesForEvaluationAndValidation()
    {
        // Whoever has all scores equal is ranked at random: item 4 is first for one seed in five.
        var model = new FixedScores(new float[5], new float[5], new float[5], new float[5]);
        var test = new HeldOut(Histories.OfTraining(Matrix([])), Matrix([(0, 4, 1)]));
        var metric = Metric.Parse("hit-rate@1");
        var hits = Enumerable.Range(0, 500)
            .Select(seed => Evaluator.MeasureRanking(model, Train, test, [metric], seed: seed)[metric])
            .ToArray();
        Assert.InRange(hits.Sum(), 60, 140); // mean 100, standard deviation 8.9
        Assert.Equal(hits, Enumerable.Range(0, 500).Select(seed => new RankingValidation(Train, test, metric, seed).Measure(model)));
    }

    [Fact]
    public void Rank_TargetInHistory_IsNeverRelevantAndCounted()
    {
        // Item 0 scores highest but is in the history of users 0 and 1; for user 1 nothing else is held out.
        var evaluation = Evaluator.MeasureRanking(Model, Train, Held([(0, 0, 5), (0, 2, 4), (1, 0, 5)]), [Metric.Parse("recall@1")]);
        Assert.Equal([0], evaluation.Users);
        Assert.Equal((2, 3, 1), (evaluation.TargetsInHistory, evaluation.UsersLeftOut, evaluation.RelevantItems));
        Assert.Equal(1, evaluation["recall@1"]);
        Assert.Equal(1, Evaluator.MeasureRanking(Model, Train, Held([(1, 1, 3), (1, 2, 5)]), [Metric.Parse("recall@1")]).TargetsInHistory);
    }

    [Fact]
    public void Rank_SeveralCutOffs_EachAsAlone()
    {
        var both = Evaluator.MeasureRanking(Model, Train, Test, Metric.ParseList("recall@1,recall@4"));
        Assert.Equal(Evaluator.MeasureRanking(Model, Train, Test, [Metric.Recall(1)])["recall@1"], both["recall@1"]);
        Assert.Equal(Evaluator.MeasureRanking(Model, Train, Test, [Metric.Recall(4)])["recall@4"], both["recall@4"]);
        Assert.True(both["recall@1"] < both["recall@4"]);
    }

    [Fact]
    public void Rank_NoRelevantItemAtAll_Throws()
    {
        Assert.Throws<ArgumentException>(() => Evaluator.MeasureRanking(Model, Train, Held([]), [Metric.Parse("recall@1")]));
        Assert.Throws<ArgumentException>(() => Evaluator.MeasureRanking(Model, Train, PositiveFrom(6, Test), [Metric.Parse("recall@1")]));
    }

    [Fact]
    public void Rank_RatingMetricOrNone_Throws()
    {
        Assert.Throws<ArgumentException>(() => Evaluator.MeasureRanking(Model, Train, Test, Metric.ParseList("recall@1,rmse")));
        Assert.Throws<ArgumentException>(() => Evaluator.MeasureRanking(Model, Train, Test, []));
    }

    [Fact]
    public void Rank_OtherItemCount_Throws() =>
        Assert.Throws<ArgumentException>(() => Evaluator.MeasureRanking(new FixedScores([1, 2]), Train, Test, [Metric.Parse("recall@1")]));

    [Fact]
    public void Measure_OnePartOfAnotherSize_ErrorSaysWhich()
    {
        (int, int, float)[] six = [(0, 5, 1)];
        var histories = Histories.OfTraining(Train);
        Assert.Contains("training (6)", Fails(Matrix(six, 4, 6), Test));
        Assert.Contains("held-out data (6)", Fails(Train, new HeldOut(histories, Matrix(six, 4, 6))));
        Assert.Contains("histories (6)", Fails(Train, new HeldOut(Histories.OfTraining(Matrix(six, 4, 6)), Test.Targets)));
        Assert.Contains("4 histories for 5 rows", Fails(Train, new HeldOut(histories, Matrix([(4, 1, 1)], 5, 5))));

        static string Fails(InteractionMatrix train, HeldOut test)
        {
            var message = Assert.Throws<ArgumentException>(() => Evaluator.MeasureRatings(Model, train, test)).Message;
            Assert.Equal(
                message, Assert.Throws<ArgumentException>(() => Evaluator.MeasureRanking(Model, train, test, [Metric.Recall(1)])).Message);
            return message;
        }
    }

    [Fact]
    public void Rank_Cancelled_Ends() => Assert.Throws<OperationCanceledException>(() =>
        Evaluator.MeasureRanking(Model, Train, Test, [Metric.Recall(1)], cancellation: new CancellationToken(canceled: true)));

    [Fact]
    public void Item_MetricThatWasNotMeasured_ErrorNamesIt() => Assert.Contains(
        "mrr@3 was not measured",
        Assert.Throws<KeyNotFoundException>(() => Evaluator.MeasureRanking(Model, Train, Test, [Metric.Recall(1)])["mrr@3"]).Message);

    [Fact]
    public void OverSeeds_Evaluations_ValuesUsersAndShareOfFolds()
    {
        ModelEvaluation[] all =
        [
            Evaluator.MeasureRanking(Model, Train, Test, Metric.ParseList("recall@2,gini@2")),
            Evaluator.MeasureRanking(Model, Train, Held([(1, 2, 5)]), Metric.ParseList("recall@2,gini@2"))
        ];
        var recall = MetricOverSeeds.Of(Metric.Recall(2), all);
        Assert.Equal([0.375, 0], recall.Values);
        Assert.Equal([4, 1], recall.PerUser.Select(users => users.Count));
        Assert.Equal(0, recall.TestToTrain);
        Assert.Equal(1, MetricOverSeeds.Of(Metric.Recall(2), all, folds: 2).TestToTrain);
        Assert.Equal(0.25, MetricOverSeeds.Of(Metric.Recall(2), all, folds: 5).TestToTrain);
        Assert.Empty(MetricOverSeeds.Of(Metric.Parse("gini@2"), all).PerUser);
    }

    [Fact]
    public void Rank_OneThreadOrSeveral_SameToTheLastBit()
    {
        var random = new Random(5);
        var scores = Enumerable.Range(0, 200).Select(_ => Enumerable.Range(0, 50).Select(_ => random.NextSingle()).ToArray()).ToArray();
        var train = Matrix([.. Enumerable.Range(0, 200).Select(user => (user, user % 50, 1f))], 200, 50);
        var test = new HeldOut(
            Histories.OfTraining(train),
            Matrix(
                [
                    .. Enumerable.Range(0, 200)
                        .SelectMany(user => Enumerable.Range(1, 1 + (user % 7)).Select(n => (user, (user + n) % 50, 1f)))
                ], 200, 50));
        var metrics = Metric.ParseList("ndcg@10,map@10,recall@20,novelty@10");
        var before = ComputeThreads.Count;
        try
        {
            ComputeThreads.Count = 1;
            var one = Evaluator.MeasureRanking(new FixedScores(scores), train, test, metrics);
            ComputeThreads.Count = 4;
            var four = Evaluator.MeasureRanking(new FixedScores(scores), train, test, metrics);
            Assert.All(metrics, metric => Assert.Equal(one[metric], four[metric]));
        }
        finally
        {
            ComputeThreads.Count = before;
        }
    }

    [Fact]
    public void Validations_MeasureWhatTheEvaluatorDoes()
    {
        var ratings = new RatingValidation(Train, Test);
        Assert.Equal(("rmse", false), (ratings.Metric, ratings.HigherIsBetter));
        Assert.Equal(Evaluator.MeasureRatings(Model, Train, Test).Rmse, ratings.Measure(Model));

        var ranking = new RankingValidation(Train, Test, Metric.Parse("ndcg@2"));
        Assert.Equal(("ndcg@2", true), (ranking.Metric, ranking.HigherIsBetter));
        Assert.Equal(Evaluator.MeasureRanking(Model, Train, Test, [Metric.Parse("ndcg@2")])["ndcg@2"], ranking.Measure(Model));
        Assert.Equal((Test, Test), (ratings.HeldOut, ranking.HeldOut));
        Assert.Throws<ArgumentException>(() => ratings.Measure(new PopularityTrainer().Fit(Train, new FitContext())));
    }

    private static HeldOut Held((int User, int Item, float Value)[] entries) => new(Histories.OfTraining(Train), Matrix(entries));

    // The same held-out data, positive from a rating on.
    private static HeldOut PositiveFrom(float least, HeldOut test)
    {
        var targets = new MatrixBuilder(
            InteractionMatrix.FromTriplets(0, 5, [], [], [], new Feedback(FeedbackKind.Stars, test.Targets.Scale, least)));
        for (var user = 0; user < test.Targets.RowCount; user++)
        {
            for (var i = 0; i < test.Targets.RowLength(user); i++)
            {
                targets.Add(user, test.Targets.Columns(user)[i], test.Targets.Values(user)[i]);
            }
        }

        return test with { Targets = targets.ToMatrix(test.Targets.RowCount) };
    }

    private static InteractionMatrix Matrix((int User, int Item, float Value)[] entries, int users = 4, int items = 5) =>
        InteractionMatrix.FromTriplets(
        users,
        items,
        entries.Select(entry => entry.User).ToArray(),
        entries.Select(entry => entry.Item).ToArray(),
        entries.Select(entry => entry.Value).ToArray(),
        RatingScale.OneToFive);
}
