namespace AutoRec.Training;

/// <summary>Entries in an order that is drawn anew for each pass, such as the rows of a matrix in mini-batches.</summary>
/// <param name="order">The entries, shuffled in place.</param>
/// <param name="random">The source of the order.</param>
internal sealed class ShuffledOrder(int[] order, Random random)
{
    private int shuffles;

    /// <summary>The rows that have an entry; a model learns nothing from the others.</summary>
    /// <param name="lengths">The number of entries of each row.</param>
    /// <param name="seed">The seed of the order.</param>
    public static ShuffledOrder OfRows(int[] lengths, int seed) =>
        new([.. Enumerable.Range(0, lengths.Length).Where(row => lengths[row] > 0)], new Random(seed));

    /// <summary>The number of entries.</summary>
    public int Count => order.Length;

    /// <summary>Shuffles the entries.</summary>
    /// <returns>All of them, valid until the next shuffle.</returns>
    public int[] Shuffle()
    {
        random.Shuffle(order);
        shuffles++;
        return order;
    }

    /// <summary>Shuffles the entries and makes one pass over them in batches.</summary>
    /// <param name="batchSize">The maximum number of entries in a batch.</param>
    /// <param name="cancellation">Ends the pass before a batch.</param>
    /// <param name="step">Trains on a batch.</param>
    /// <returns>The sum of what the steps return.</returns>
    public double SumOverBatches(int batchSize, CancellationToken cancellation, Func<int[], double> step)
    {
        var sum = 0.0;
        foreach (var batch in Shuffle().Chunk(batchSize))
        {
            cancellation.ThrowIfCancellationRequested();
            sum += step(batch);
        }

        return sum;
    }

    /// <summary>The order and the number of shuffles are part of the state of a training; to resume, as many are made again.</summary>
    public void AddTo(TrainingState state) => state.Add("order", order).Add("order.shuffles", () => shuffles, Replay);

    private void Replay(int times)
    {
        var other = new int[order.Length];
        for (; shuffles < times; shuffles++)
        {
            random.Shuffle(other);
        }
    }
}
