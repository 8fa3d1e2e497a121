using AutoRec.Data;
using AutoRec.Models;
using AutoRec.Scoring;
using AutoRec.Training;

namespace AutoRec.Tests;

public sealed class PopularityTests
{
    [Fact]
    public void Recommend_SomeItems_ByNumberOfUsersWhateverTheRating()
    {
        var train = InteractionMatrix.FromTriplets(3, 4, [0, 0, 1, 1, 2], [3, 1, 3, 2, 2], [1, 5, 1, 2, 2]);
        var model = new PopularityTrainer().Fit(train, new FitContext());

        // Items 2 and 3 have two users each, item 1 has one, item 0 none.
        var everyone = InteractionMatrix.FromTriplets(1, 4, [], [], []);
        var list = model.Recommend(Histories.OfNewUsers(everyone), 4)[0];
        Assert.Equal([new(2, 2), new(3, 2)], list.Take(2).OrderBy(place => place.Item));
        Assert.Equal([new(1, 1), new(0, 0)], list.Skip(2));
        Assert.Equal([2, 0], model.Recommend(Histories.OfTraining(train), 4)[0].Select(place => place.Item));
    }
}
