namespace AutoRec.Training;

/// <summary>When a softmax over the catalogue takes a sample of its items, see <see cref="OutputLayer.Sampled"/>.</summary>
internal static class SampledSoftmax
{
    // Above it an epoch over all items takes hours where there are as many users.
    private const int LargeCatalogue = 100_000;
    private const int DefaultSamples = 20_000;

    /// <summary>The items that are drawn for a batch; 0 for a softmax over all items.</summary>
    /// <param name="option">What the options say; null leaves it to the size of the catalogue.</param>
    /// <param name="items">The items of the catalogue.</param>
    public static int Samples(int? option, double items) => option ?? (items > LargeCatalogue ? DefaultSamples : 0);

    /// <summary>What is left of the work of a network whose last layer takes a sample, and whose first a batch's items alone.</summary>
    /// <param name="size">The network with a softmax over all items.</param>
    /// <param name="data">The data.</param>
    /// <param name="option">What the options say.</param>
    public static NetworkSize With(NetworkSize size, DataSize data, int? option)
    {
        if (size.Engine == TrainingEngine.Torch || Samples(option, data.Items) is not (> 0 and var samples))
        {
            return size;
        }

        var ofBatch = size.Batch * data.Interactions / Math.Max(1, data.Users);
        var share = Math.Min(1, (samples + ofBatch) / Math.Max(1, data.Items));
        var outer = size.SparseWeights * data.Items; // of one of the two layers
        return size with
        {
            DenseBatch = size.DenseBatch * share,
            DenseWeights = size.DenseWeights - ((1 - share) * outer),
            UpdatedWeights = size.Weights - (2 * (1 - share) * outer),
        };
    }
}
