using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using AutoRec.Data;
using AutoRec.Persistence;

namespace AutoRec.Training;

/// <summary>A file from which an interrupted training resumes, with the same result to the last bit as without the interruption.</summary>
/// <param name="Path">The path of the file, in the safetensors format. Each write replaces the whole file.</param>
/// <param name="Run">A description of the training: model, options, seed and data. The file of another training is refused.</param>
public sealed record Checkpoint(string Path, string Run)
{
    /// <summary>The shortest time between writes, each after an epoch. Default: a minute.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Whether to resume from the file, which must exist. Default false.</summary>
    public bool Resume { get; init; }

    private IEnumerable<Checkpoint> All => [this, Of("choosing"), Of("fitting"), Of("profiles")];

    /// <summary>
    /// Throws if the files of this training cannot be used, before anything is trained. Returns whether one of them exists.
    /// </summary>
    /// <exception cref="DataFileException">
    /// One of them exists and is not a checkpoint of this training, or none exists to resume from, or the folder cannot be written.
    /// </exception>
    public bool Check()
    {
        WholeFile.CheckWritable(Path);
        var exists = All.Count(checkpoint => checkpoint.IsThere()) > 0;
        return exists || !Resume ? exists : throw new DataFileException(
            Path, "There is no checkpoint to resume from. Check the name, or leave out --resume to start from the beginning.");
    }

    /// <summary>Deletes the files of this training, and no others.</summary>
    public void Delete()
    {
        foreach (var checkpoint in All.Where(checkpoint => checkpoint.IsThere()))
        {
            File.Delete(checkpoint.Path);
        }
    }

    /// <summary>What a file of this training holds as its <c>run</c>.</summary>
    internal int[] Mark => MemoryMarshal.Cast<byte, int>(SHA256.HashData(Encoding.UTF8.GetBytes(Run))).ToArray();

    /// <summary>Whether the file exists and is a checkpoint of this training; anything else in its place is an error.</summary>
    /// <exception cref="DataFileException">The file is not a checkpoint, or belongs to another training.</exception>
    internal bool IsThere()
    {
        if (!System.IO.Path.Exists(Path))
        {
            return false;
        }

        int[]? mark;
        try
        {
            using var stream = File.OpenRead(Path);
            mark = Safetensors.ReadInts(stream, "run");
        }
        catch (Exception error) when (error is InvalidDataException or UnauthorizedAccessException)
        {
            mark = null;
        }

        return mark is null
            ? throw new DataFileException(
                Path, "The file is not a checkpoint, or it is cut off or damaged. It was left as it is. Choose another --checkpoint FILE.")
            : mark.AsSpan().SequenceEqual(Mark) ? true : throw OfAnotherRun();
    }

    /// <summary>The error of a file that another training wrote.</summary>
    internal DataFileException OfAnotherRun() => new(
        Path,
        $"This checkpoint belongs to another training, not to {Run}. "
        + "Use the data, options and seed it was begun with, or another --checkpoint FILE, or delete it.");

    /// <summary>Gets the checkpoint of a part of this training.</summary>
    internal Checkpoint Of(string part) => this with { Path = $"{Path}.{part}", Run = $"{Run}, {part}" };
}
