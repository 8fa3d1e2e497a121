namespace AutoRec.Scoring;

/// <summary>A model whose weights may lie on several processes.</summary>
internal interface ISplitModel
{
    /// <summary>Whether they do: these processes then score together.</summary>
    bool IsSplit { get; }
}
