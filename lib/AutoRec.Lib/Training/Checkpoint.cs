namespace AutoRec.Training;

/// <summary>A file from which an interrupted training resumes, with the same result to the last bit as without the interruption.</summary>
/// <param name="Path">The path of the file, in the safetensors format. Each write replaces the whole file.</param>
/// <param name="Run">A description of the training: model, options, seed and data. The file of another training is refused.</param>
public sealed record Checkpoint(string Path, string Run)
{
    /// <summary>The shortest time between writes, each after an epoch. Default: a minute.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Whether to resume from the file, if it exists. Default false.</summary>
    public bool Resume { get; init; }

    /// <summary>Deletes the files of this training.</summary>
    public void Delete()
    {
        foreach (var checkpoint in new[] { this, Of("choosing"), Of("fitting"), Of("profiles") })
        {
            File.Delete(checkpoint.Path);
        }
    }

    /// <summary>Gets the checkpoint of a part of this training.</summary>
    internal Checkpoint Of(string part) => this with { Path = $"{Path}.{part}", Run = $"{Run}, {part}" };
}
