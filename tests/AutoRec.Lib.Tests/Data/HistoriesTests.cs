using AutoRec.Data;

namespace AutoRec.Tests;

public sealed class HistoriesTests
{
    private static readonly InteractionMatrix Three = InteractionMatrix.FromTriplets(3, 2, [0, 1, 2], [0, 1, 0], [1, 1, 1]);

    [Fact]
    public void OfTraining_AllRows_AreUsersOfTheDataSet()
    {
        var some = Histories.OfTraining(Three).Select([2, 0]);
        Assert.Equal([2, 0], some.TrainingRows.ToArray());
        Assert.Equal([2, 0], some.UserRows.ToArray());
    }

    [Fact]
    public void OfNewUsers_RowsOfTheDataSet_StayWithTheirUsers()
    {
        var some = Histories.OfNewUsers(Three, [7, 8, 9]).Select([1, 2]);
        Assert.Equal([-1, -1], some.TrainingRows.ToArray());
        Assert.Equal([8, 9], some.UserRows.ToArray());
        Assert.Equal([1], some.Interactions.Columns(0).ToArray());
        Assert.Equal([-1, -1, -1], Histories.OfNewUsers(Three).UserRows.ToArray());
        Assert.Throws<ArgumentException>(() => Histories.OfNewUsers(Three, [7]));
    }
}
