using AutoRec.Data;

namespace AutoRec.Tests;

/// <summary>Small data for tests that need some, whatever they are.</summary>
internal static class SomeRatings
{
    /// <summary>Random ratings 1 to 5; the same at each call.</summary>
    /// <param name="lines">Lines; several may be of one user and item.</param>
    /// <param name="users">Users at most.</param>
    /// <param name="items">Items at most.</param>
    public static Interactions Log(int lines, int users = 40, int items = 30)
    {
        var random = new Random(3);
        var builder = new InteractionsBuilder();
        for (var i = 0; i < lines; i++)
        {
            builder.Add($"u{random.Next(users)}", $"i{random.Next(items)}", random.Next(1, 6));
        }

        return builder.Build(DuplicateRule.KeepLast, RatingScale.OneToFive, out _);
    }

    /// <summary>A matrix of cells; of several at one place the first counts.</summary>
    public static InteractionMatrix OfCells(int rows, int columns, (int Row, int Column, int Rating)[] cells)
    {
        var distinct = cells.DistinctBy(cell => (cell.Row, cell.Column)).ToArray();
        return InteractionMatrix.FromTriplets(
            rows,
            columns,
            [.. distinct.Select(cell => cell.Row)],
            [.. distinct.Select(cell => cell.Column)],
            [.. distinct.Select(cell => (float)cell.Rating)]);
    }
}
