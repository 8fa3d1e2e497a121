using AutoRec.Data;

namespace AutoRec.Notebooks;

/// <summary>The part of a matrix in which most is known: the rows and the columns with the most entries.</summary>
public sealed class MatrixCorner
{
    private MatrixCorner(IReadOnlyList<int> rows, IReadOnlyList<int> columns, double[,] values) =>
        (Rows, Columns, Values) = (rows, columns, values);

    /// <summary>The rows, those with most entries first.</summary>
    public IReadOnlyList<int> Rows { get; }

    /// <summary>The columns, those with most entries first.</summary>
    public IReadOnlyList<int> Columns { get; }

    /// <summary>[rows x columns]; NaN where nothing is known.</summary>
    public double[,] Values { get; }

    /// <summary>The share of the corner that is known, 0 to 1.</summary>
    public double Share => Values.Cast<double>().Count(double.IsFinite) / (double)Values.Length;

    /// <summary>Gets the corner of a matrix.</summary>
    /// <param name="matrix">The matrix.</param>
    /// <param name="size">How many rows and columns it has; fewer where the matrix has fewer.</param>
    public static MatrixCorner Of(InteractionMatrix matrix, int size)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        var (rows, columns) = (Largest(matrix, size), Largest(matrix.Transpose(), size));
        var values = new double[rows.Length, columns.Length];
        for (var row = 0; row < rows.Length; row++)
        {
            for (var column = 0; column < columns.Length; column++)
            {
                var entry = matrix.Columns(rows[row]).BinarySearch(columns[column]);
                values[row, column] = entry < 0 ? double.NaN : matrix.Values(rows[row])[entry];
            }
        }

        return new MatrixCorner(rows, columns, values);
    }

    private static int[] Largest(InteractionMatrix matrix, int size) =>
        [.. Enumerable.Range(0, matrix.RowCount).OrderByDescending(matrix.RowLength).Take(size)];
}
