namespace AutoRec.Data;

/// <summary>
/// What is known of users or items besides their ratings, as numbers: a sparse matrix with a row for each user or item
/// and a column for each feature.
/// </summary>
public static class SideFeatures
{
    /// <summary>
    /// A feature for each label that occurs, such as a genre or <c>age=18-24</c>, in ordinal order: 1 where a row has it.
    /// </summary>
    /// <param name="labels">The labels of each row; a row may have none, and those that occur twice count once.</param>
    /// <returns>[rows x labels].</returns>
    public static InteractionMatrix OneHot(IReadOnlyList<IEnumerable<string>> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        var sets = labels.Select(row => row.ToHashSet(StringComparer.Ordinal)).ToArray();
        var columns = sets.SelectMany(row => row).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
            .Select((label, column) => (label, column)).ToDictionary(pair => pair.label, pair => pair.column, StringComparer.Ordinal);
        var entries = sets.SelectMany((row, index) => row.Select(label => (Row: index, Column: columns[label]))).ToArray();
        return InteractionMatrix.FromTriplets(
            sets.Length,
            columns.Count,
            Array.ConvertAll(entries, entry => entry.Row),
            Array.ConvertAll(entries, entry => entry.Column),
            Array.ConvertAll(entries, _ => 1f));
    }

    /// <summary>The numbers of a table, zeros left out.</summary>
    /// <param name="table">[rows x features].</param>
    /// <exception cref="ArgumentException">A number is not finite.</exception>
    public static InteractionMatrix FromTable(float[,] table)
    {
        ArgumentNullException.ThrowIfNull(table);
        var entries = from row in Enumerable.Range(0, table.GetLength(0))
                      from column in Enumerable.Range(0, table.GetLength(1))
                      where table[row, column] != 0
                      select (Row: row, Column: column, Value: table[row, column]);
        var list = entries.ToArray();
        if (Array.Find(list, entry => !float.IsFinite(entry.Value)) is { Value: not 0 } wrong)
        {
            throw new ArgumentException(
                $"The feature in row {wrong.Row}, column {wrong.Column} is {wrong.Value}, not a finite number.", nameof(table));
        }

        return InteractionMatrix.FromTriplets(
            table.GetLength(0),
            table.GetLength(1),
            Array.ConvertAll(list, entry => entry.Row),
            Array.ConvertAll(list, entry => entry.Column),
            Array.ConvertAll(list, entry => entry.Value));
    }
}
