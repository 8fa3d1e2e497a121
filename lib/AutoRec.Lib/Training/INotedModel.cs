namespace AutoRec.Training;

/// <summary>A fitted model with sentences on its fit that belong beside its figures.</summary>
internal interface INotedModel
{
    /// <summary>The sentences; empty if there is nothing to say.</summary>
    IEnumerable<string> Notes { get; }
}
