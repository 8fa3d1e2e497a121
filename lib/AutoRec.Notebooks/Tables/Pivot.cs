
namespace AutoRec.Notebooks;

/// <summary>Values in a table of two keys: their means and counts.</summary>
public sealed class Pivot
{
    private readonly Dictionary<(string Row, string Column), (double Sum, int Count)> cells = [];

    /// <summary>Sorts values into a table.</summary>
    /// <param name="values">Each value with its row and its column; a value with several rows or columns is given several times.</param>
    public Pivot(IEnumerable<(string Row, string Column, double Value)> values)
    {
        foreach (var (row, column, value) in values)
        {
            var (sum, count) = cells.GetValueOrDefault((row, column));
            cells[(row, column)] = (sum + value, count + 1);
        }
    }

    /// <summary>The row keys, in the order of their text.</summary>
    public IReadOnlyList<string> Rows => [.. cells.Keys.Select(key => key.Row).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>The column keys, those with most values first.</summary>
    public IReadOnlyList<string> Columns =>
    [
        .. cells.GroupBy(cell => cell.Key.Column, cell => cell.Value.Count)
            .OrderByDescending(group => group.Sum()).ThenBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => group.Key),
    ];

    /// <summary>The mean of each cell [rows x columns]; NaN where fewer than <paramref name="atLeast"/> values lie.</summary>
    public double[,] Means(IReadOnlyList<string> rows, IReadOnlyList<string> columns, int atLeast = 1)
    {
        var means = new double[rows.Count, columns.Count];
        for (var row = 0; row < rows.Count; row++)
        {
            for (var column = 0; column < columns.Count; column++)
            {
                var (sum, count) = cells.GetValueOrDefault((rows[row], columns[column]));
                means[row, column] = count >= Math.Max(1, atLeast) ? sum / count : double.NaN;
            }
        }

        return means;
    }
}
