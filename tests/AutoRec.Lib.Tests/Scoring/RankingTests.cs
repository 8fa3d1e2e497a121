using AutoRec.Data;
using AutoRec.Scoring;

namespace AutoRec.Tests.Scoring;

public sealed class RankingTests
{
    [Fact]
    public void TopK_ByRow_LowerRowFirst()
    {
        float[] scores = [1, 3, 3, 2, 3];
        Assert.Equal([1, 2], Items(Ranking.TopK(scores, [], 2, TieOrder.ByRow)));
    }

    [Fact]
    public void TopK_SeenAndNaN_AreNeverAmongThem()
    {
        float[] scores = [float.NaN, 3, 2, 1];
        Assert.Equal([2, 3], Items(Ranking.TopK(scores, [1], 10, TieOrder.ByRow)));
    }

    [Theory]
    [InlineData(0, 3)]
    [InlineData(0.5, 3)]
    [InlineData(0, 2_000)]
    public void TopK_GroupsThatAreFull_LooksFurtherDownTheRanking(double diversity, int k)
    {
        // The best 2,000 of 3,000 items are one group, each of the others is its own.
        var scores = Enumerable.Range(0, 3_000).Select(item => (float)-item).ToArray();
        var limit = new GroupLimit(
            [.. Enumerable.Range(0, 3_001)], [.. scores.Select((_, item) => Math.Max(0, item - 1_999))], 1_001, Most: 1);
        var rules = new ListRules { Limits = [limit], Diversity = diversity, Similarity = () => new NothingIsAlike() };
        var list = Ranking.TopK(scores, InteractionMatrix.FromTriplets(1, 3_000, [], [], []), 0, k, TieOrder.ByRow, rules);
        Assert.Equal(new[] { 0 }.Concat(Enumerable.Range(2_000, 1_000)).Take(k), list.Items.Select(place => place.Item));
    }

    private sealed class NothingIsAlike : IItemSimilarity
    {
        public void Similarities(int item, ReadOnlySpan<int> others, Span<float> similarities) => similarities.Clear();
    }

    [Fact]
    public void TopK_ManyEqualScores_EqualsFullSort()
    {
        var random = new Random(3);
        for (var trial = 0; trial < 300; trial++)
        {
            // Short lists and long ones; some scores are equal, most, or none.
            var length = random.Next(1, trial % 3 == 0 ? 60 : 3_000);
            var different = trial % 2 == 0 ? 8 : 100_000;
            var scores = Enumerable.Range(0, length).Select(_ => random.Next(different) switch
            {
                0 => float.NaN,
                1 => float.NegativeInfinity,
                2 => -0f,
                3 => 0f,
                var score => score - (different / 2),
            }).ToArray();
            int[] seen = [.. Enumerable.Range(0, scores.Length).Where(_ => random.Next(6) == 0)];
            var k = random.Next(1, trial % 5 == 0 ? 5_000 : 150);
            var ties = TieOrder.Of(scores.Length, trial);
            var isSeen = seen.ToHashSet();
            int[] sorted = [.. Enumerable.Range(0, scores.Length)
                .Where(item => !isSeen.Contains(item) && scores[item] > float.NegativeInfinity)
                .OrderByDescending(item => scores[item]).ThenBy(item => item, ties)];
            var first = sorted.Take(k + 1).Select(item => scores[item]).ToArray(); // with the first that is left out
            var hasTies = first.Zip(first.Skip(1)).Any(pair => pair.First == pair.Second);

            var list = Ranking.TopK(scores, seen, k, ties);
            Assert.Equal(sorted.Take(k), Items(list));
            Assert.Equal(hasTies, list.HasTies);
        }
    }

    [Fact]
    public void Recommend_EqualScores_EachItemIsFirstAboutEquallyOften()
    {
        const int Items = 10, Seeds = 2000;
        var nobody = Histories.OfTraining(InteractionMatrix.FromTriplets(1, Items, [], [], []));
        var firsts = new int[Items];
        for (var seed = 0; seed < Seeds; seed++)
        {
            firsts[new FixedScores(new float[Items]).Recommend(nobody, 1, seed)[0][0].Item]++;
        }

        // Each is binomial with the mean 200 and the standard deviation 13.4.
        Assert.All(firsts, count => Assert.InRange(count, 140, 260));
    }

    [Fact]
    public void Recommend_SameSeed_SameOrderForEveryUser()
    {
        var nobody = Histories.OfTraining(InteractionMatrix.FromTriplets(2, 50, [], [], []));
        var model = new FixedScores(new float[50], new float[50]);
        var lists = model.Recommend(nobody, 50, seed: 5);
        Assert.Equal(lists[0], lists[1]);
        Assert.Equal(lists[0], model.Recommend(nobody, 50, seed: 5)[0]);
        Assert.NotEqual(lists[0], model.Recommend(nobody, 50, seed: 6)[0]);
    }

    private static IEnumerable<int> Items(RankedList list) => list.Items.Select(place => place.Item);
}
