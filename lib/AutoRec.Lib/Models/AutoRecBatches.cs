namespace AutoRec.Models;

/// <summary>How many rows a batch of AutoRec has.</summary>
internal static class AutoRecBatches
{
    /// <summary>The default maximum, which bounds the memory of three arrays of [batch x hidden].</summary>
    public const int MostRows = 16_384;

    // With fewer updates the first epochs barely move, and early stopping takes them for the end. With more, batches of sparse data are so
    // noisy that the network is worse (docs/decisions.md).
    private const int BatchesPerEpoch = 8;
    private const long MostDenseNumbers = 1 << 28; // of a batch that torch computes

    /// <summary>The rows of a batch.</summary>
    /// <param name="rows">The rows of the training data.</param>
    /// <param name="most">The maximum.</param>
    /// <param name="denseUnits">The visible units if a batch is made dense; else 0.</param>
    public static long RowsOf(long rows, long most, long denseUnits = 0) =>
        Math.Clamp(Math.Min(rows / BatchesPerEpoch, MostDenseNumbers / Math.Max(1, denseUnits)), 1, most);
}
