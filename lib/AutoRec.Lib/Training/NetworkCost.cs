namespace AutoRec.Training;

/// <summary>What the training of a network consists of.</summary>
internal sealed record NetworkSize
{
    /// <summary>The network's weights.</summary>
    public required double Weights { get; init; }

    /// <summary>The elements of its longest array: the weights of a layer, or the bytes of these where they are a tensor's.</summary>
    public required double Longest { get; init; }

    /// <summary>The numbers of a dense batch as wide as the catalogue; 0 where all batches are sparse.</summary>
    public double DenseBatch { get; init; }

    /// <summary>Rows that an epoch trains on, of which <see cref="DenseWeights"/> and <see cref="Batch"/> are.</summary>
    public required double Rows { get; init; }

    /// <summary>Rows of a batch.</summary>
    public required double Batch { get; init; }

    /// <summary>Weights that each row meets in matrix products, forwards and backwards.</summary>
    public double DenseWeights { get; init; }

    /// <summary>Weights that each interaction meets.</summary>
    public double SparseWeights { get; init; }

    /// <summary>Weights that a step of Adam changes; null for all.</summary>
    public double? UpdatedWeights { get; init; }

    /// <summary>The most epochs.</summary>
    public required int Epochs { get; init; }

    /// <summary>The precision of the matrix products.</summary>
    public MatmulPrecision Precision { get; init; }

    /// <summary>The engine.</summary>
    public TrainingEngine Engine { get; init; } = TrainingEngine.Torch;

    /// <summary>The same with an engine whose first and last layer, each the longest array, take time for entries alone.</summary>
    public NetworkSize OfEntries(DataSize data)
    {
        var layer = Longest / sizeof(float);
        return Engine == TrainingEngine.Torch ? this : this with
        {
            DenseBatch = 0,
            DenseWeights = Weights - (2 * layer),
            SparseWeights = 2.5 * layer / Math.Max(1, data.Items),
        };
    }
}

/// <summary>Estimates what the training of a network by Adam takes.</summary>
internal static class NetworkCost
{
    // Weights, their gradients, two moments of Adam, and the copies that are validated and kept.
    private const int Copies = 6;

    // A dense batch as wide as the catalogue: logits and their gradient; in torch also input, mask, target, errors and what gradients flow
    // through.
    private const int FusedCopies = 2;
    private const int TorchCopies = 8;

    // Measured: seconds of a multiplication in a matrix product and in a sparse layer, of a step of Adam, and of an entry of torch's
    // batches.
    private const double DenseSeconds = 3.7e-11;
    private const double DenseSecondsBfloat16 = 1.4e-11;
    private const double SparseSeconds = 1.2e-9;
    private const double AdamSeconds = 2e-9;
    private const double EntrySeconds = 2e-8;

    /// <summary>The cost of a training.</summary>
    /// <param name="data">The size of the training data.</param>
    /// <param name="size">What it consists of.</param>
    /// <param name="option">The option that takes less memory when it is lower.</param>
    public static FitCost Of(DataSize data, NetworkSize size, CostOption? option = null)
    {
        var usesTorch = size.Engine == TrainingEngine.Torch;
        var multiplication = size.Precision == MatmulPrecision.Float32 ? DenseSeconds : DenseSecondsBfloat16;
        var batches = Math.Ceiling(size.Rows / Math.Max(1, size.Batch));
        return new FitCost
        {
            Bytes = (sizeof(float) * ((Copies * size.Weights) + ((usesTorch ? TorchCopies : FusedCopies) * size.DenseBatch)))
                + (3 * data.MatrixBytes),
            ModelBytes = sizeof(float) * size.Weights,
            LongestArray = Math.Max(size.Longest, sizeof(float) * size.DenseBatch),
            Option = option,
            EpochSeconds = (multiplication * 3 * size.Rows * size.DenseWeights)
                + (SparseSeconds * data.Interactions * size.SparseWeights)
                + (AdamSeconds * batches * (size.UpdatedWeights ?? size.Weights))
                + (usesTorch ? EntrySeconds * batches * size.DenseBatch : 0),
            Epochs = size.Epochs,
        };
    }
}
