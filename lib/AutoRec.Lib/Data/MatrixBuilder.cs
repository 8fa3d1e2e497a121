namespace AutoRec.Data;

/// <summary>Collects the entries of a matrix that has the columns and the feedback of another, such as a part of its rows.</summary>
/// <param name="like">The other matrix.</param>
internal sealed class MatrixBuilder(InteractionMatrix like)
{
    private readonly List<int> rows = [];
    private readonly List<int> columns = [];
    private readonly List<float> values = [];
    private readonly List<long> times = [];

    /// <summary>Adds an entry.</summary>
    /// <param name="row">Its row.</param>
    /// <param name="column">Its column.</param>
    /// <param name="value">Its value.</param>
    /// <param name="time">Its time; given for all entries or for none. Default null.</param>
    public void Add(int row, int column, float value, long? time = null)
    {
        rows.Add(row);
        columns.Add(column);
        values.Add(value);
        if (time is { } known)
        {
            times.Add(known);
        }
    }

    /// <summary>Makes the matrix.</summary>
    /// <param name="rowCount">Rows, those without an entry included.</param>
    /// <exception cref="ArgumentException">An index is out of range, or a pair occurs twice.</exception>
    public InteractionMatrix ToMatrix(int rowCount) =>
        InteractionMatrix.FromTriplets(rowCount, like.ColumnCount, [.. rows], [.. columns], [.. values], like.Feedback, [.. times]);
}
