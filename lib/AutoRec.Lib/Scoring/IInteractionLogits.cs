namespace AutoRec.Scoring;

/// <summary>A model whose scores may be logits: their sigmoid is the output of the network, the expected value of an interaction.</summary>
internal interface IInteractionLogits
{
    /// <summary>Whether the output is the sigmoid of the scores; otherwise it is the scores.</summary>
    bool IsSigmoid { get; }
}
