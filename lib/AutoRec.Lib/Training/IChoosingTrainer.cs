using AutoRec.Scoring;

namespace AutoRec.Training;

/// <summary>A trainer whose fit chooses more on validation data than a number of epochs.</summary>
internal interface IChoosingTrainer
{
    /// <summary>The trainer that fits with all that was chosen, and chooses nothing.</summary>
    /// <param name="fitted">A model that this trainer has fitted with validation data.</param>
    ITrainer<IRecommender> Chosen(IRecommender fitted);
}
