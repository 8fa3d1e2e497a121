using AutoRec.Data;

namespace AutoRec.Training;

/// <summary>Passes over the rows of a matrix, in shuffled mini-batches.</summary>
internal static class RowBatches
{
    /// <summary>The rows that hold an entry; the others teach nothing.</summary>
    public static int[] NonEmpty(InteractionMatrix matrix) =>
        [.. Enumerable.Range(0, matrix.RowCount).Where(row => matrix.RowLength(row) > 0)];

    /// <summary>One pass.</summary>
    /// <param name="rows">The rows, which are shuffled in place.</param>
    /// <param name="batchSize">The most rows a batch.</param>
    /// <param name="shuffle">The source of the order.</param>
    /// <param name="cancellation">Looked at before each batch.</param>
    /// <param name="step">Trains on a batch and returns a mean over its rows.</param>
    /// <returns>The mean of what the steps return, over all rows.</returns>
    public static double Mean(int[] rows, int batchSize, Random shuffle, CancellationToken cancellation, Func<int[], double> step)
    {
        shuffle.Shuffle(rows);
        var sum = 0.0;
        foreach (var batch in rows.Chunk(batchSize))
        {
            cancellation.ThrowIfCancellationRequested();
            sum += step(batch) * batch.Length;
        }

        return sum / Math.Max(1, rows.Length);
    }
}
