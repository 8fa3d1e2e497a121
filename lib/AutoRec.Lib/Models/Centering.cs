namespace AutoRec.Models;

/// <summary>What an autoencoder of ratings learns: ratings, or how they differ from a baseline.</summary>
public enum Centering
{
    /// <summary>
    /// Ratings less a baseline, the mean rating plus the biases of user and item, which is fitted to the training data first. Where the
    /// network learns nothing, it predicts the baseline.
    /// </summary>
    Baseline,

    /// <summary>Ratings as they are, as in the published models.</summary>
    None,
}
