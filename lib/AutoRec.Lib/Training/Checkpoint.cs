
namespace AutoRec.Training;

/// <summary>
/// Where a training keeps how far it has come, so that it can go on after an interruption, with the same result to the last bit as
/// without one.
/// </summary>
/// <param name="Path">The file, in the safetensors format. It is written beside its place and renamed, and replaced again and again.</param>
/// <param name="Run">
/// What the training is: model, options, seed, data. A file of another training is not gone on with.
/// </param>
public sealed record Checkpoint(string Path, string Run)
{
    /// <summary>How long to wait between writes, which take place after an epoch. Default a minute.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Whether to go on from the file if it is there; if not, training begins anew. Default false.</summary>
    public bool Resume { get; init; }

    /// <summary>Deletes what a training has written, when it is not needed any more.</summary>
    public void Delete()
    {
        foreach (var checkpoint in new[] { this, Of("choosing"), Of("fitting") })
        {
            File.Delete(checkpoint.Path);
        }
    }

    /// <summary>The checkpoint of a part of this training.</summary>
    internal Checkpoint Of(string part) => this with { Path = $"{Path}.{part}", Run = $"{Run}, {part}" };
}
