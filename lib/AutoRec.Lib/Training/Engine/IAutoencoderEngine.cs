namespace AutoRec.Training;

/// <summary>
/// Updates the weights of an autoencoder with one hidden layer, a mini-batch at a time, by Adam, on the loss
/// sum over the entries of the target of weight (output - target)^2, plus penalty/2 (|W|^2 + |V|^2).
/// </summary>
internal interface IAutoencoderEngine : ITrainedPart
{
    /// <summary>Makes one update.</summary>
    /// <param name="input">The rows that are encoded: [batch x inputs].</param>
    /// <param name="target">The rows that the reconstruction is compared with; may be <paramref name="input"/>: [batch x outputs].</param>
    /// <param name="weights">The weight of each entry of the target; empty for 1 each: [entries of the target].</param>
    /// <param name="learningRate">Adam's learning rate.</param>
    /// <param name="penalty">The batch's share of lambda.</param>
    /// <returns>The batch's sum of squared errors, not weighted, before the update.</returns>
    double Step(SparseBatch input, SparseBatch target, ReadOnlyMemory<float> weights, double learningRate, double penalty);

    /// <summary>The weights that the engine changes; null where they are torch's.</summary>
    AutoencoderWeights? Weights { get; }

    /// <summary>Copies the weights as they are now.</summary>
    /// <param name="older">A copy that is no longer needed and may be written over; null for none.</param>
    AutoencoderWeights CopyWeights(AutoencoderWeights? older = null);
}
