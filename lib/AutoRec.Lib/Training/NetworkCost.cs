namespace AutoRec.Training;

/// <summary>Estimates what the training of a network takes.</summary>
internal static class NetworkCost
{
    // Weights, their gradients, two moments of Adam, and the copies that are validated and kept.
    private const int Copies = 6;

    // A dense batch as wide as the catalogue: logits and their gradient; in torch also input, mask, target, errors and what gradients flow through.
    private const int FusedCopies = 2;
    private const int TorchCopies = 8;

    /// <summary>The cost of a network that is trained in batches by Adam.</summary>
    /// <param name="data">The size of the training data.</param>
    /// <param name="weights">The network's weights.</param>
    /// <param name="longest">The weights of its largest layer.</param>
    /// <param name="denseBatch">The numbers of a dense batch as wide as the catalogue; 0 where all batches are sparse.</param>
    /// <param name="engine">The engine.</param>
    /// <param name="option">The option that takes less memory when it is lower.</param>
    public static FitCost Of(
        DataSize data, double weights, double longest, double denseBatch, TrainingEngine engine, CostOption? option = null) => new()
    {
        Bytes = (sizeof(float) * ((Copies * weights) + ((engine == TrainingEngine.Torch ? TorchCopies : FusedCopies) * denseBatch)))
            + (3 * data.MatrixBytes),
        ModelBytes = sizeof(float) * weights,
        LongestArray = Math.Max(longest, denseBatch),
        Option = option,
    };
}
