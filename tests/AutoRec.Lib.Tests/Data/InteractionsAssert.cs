using AutoRec.Data;

namespace AutoRec.Tests;

/// <summary>Two logs have the same users, items and interactions; a part of a log keeps the scale of all, which is not compared.</summary>
internal static class InteractionsAssert
{
    public static void Equal(Interactions expected, Interactions actual)
    {
        Assert.Equal(expected.Users, actual.Users);
        Assert.Equal(expected.Items, actual.Items);
        Assert.Equal(expected.UserRows, actual.UserRows);
        Assert.Equal(expected.ItemRows, actual.ItemRows);
        Assert.Equal(expected.Values, actual.Values);
        Assert.Equal(expected.Timestamps, actual.Timestamps);
    }
}
