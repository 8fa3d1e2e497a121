using AutoRec.Data;
using AutoRec.Models;
using AutoRec.Training;

namespace AutoRec.Tests.Models;

public sealed class RandomOrderTests
{
    [Fact]
    public void Score_ManyUsers_EveryItemIsEquallyOftenFirst()
    {
        const int Users = 2_000, Items = 5;
        var histories = InteractionMatrix.FromTriplets(
            Users, Users + Items, [.. Enumerable.Range(0, Users)], [.. Enumerable.Range(Items, Users)], new float[Users]);
        var model = new RandomOrderTrainer().Fit(histories, new FitContext());
        var times = new int[Items];
        for (var user = 0; user < Users; user++)
        {
            var scores = new float[model.ItemCount];
            model.Score(Histories.OfNewUsers(histories.SelectRows([user])), scores);
            var few = scores.AsSpan(0, Items);
            times[few.IndexOf(few.ToArray().Max())]++;
        }

        // 400 times each, with a standard deviation of 18.
        Assert.All(times, count => Assert.InRange(count, 310, 490));
    }

    [Fact]
    public void Fit_OtherSeed_OtherOrder()
    {
        var train = InteractionMatrix.FromTriplets(1, 50, [0], [3], [1]);
        Assert.NotEqual(Scores(1), Scores(2));
        Assert.Equal(Scores(1), Scores(1));

        float[] Scores(int seed)
        {
            var scores = new float[50];
            new RandomOrderTrainer().Fit(train, new FitContext { Seed = seed }).Score(Histories.OfTraining(train), scores);
            return scores;
        }
    }
}
