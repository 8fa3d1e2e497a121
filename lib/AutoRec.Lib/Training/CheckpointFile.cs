using System.Runtime.InteropServices;
using AutoRec.Data;
using AutoRec.Persistence;

namespace AutoRec.Training;

/// <summary>What a checkpoint holds.</summary>
/// <param name="Training">Everything that the training changes.</param>
/// <param name="Best">The best epoch's copy of what is learned; null without validation.</param>
/// <param name="History">The epochs so far.</param>
internal sealed record CheckpointContent(ModelState Training, ModelState? Best, IReadOnlyList<EpochResult> History);

/// <summary>Reads and writes checkpoints.</summary>
internal static class CheckpointFile
{
    private const int NumbersPerEpoch = 4; // training error, validation measure, is best, seconds

    /// <summary>Writes a checkpoint. All processes of a training take part, and one of them has the file.</summary>
    public static void Write(Checkpoint checkpoint, CheckpointContent content, bool hasFile = true)
    {
        var numbers = content.History.SelectMany(Numbers).ToArray();
        var arrays = new ModelState()
            .Add("run", checkpoint.Mark)
            .Add("history", MemoryMarshal.Cast<double, int>(numbers).ToArray())
            .AddAll("state.", content.Training);
        if (content.Best is { } best)
        {
            arrays.AddAll("best.", best);
        }

        if (hasFile)
        {
            WholeFile.Write(checkpoint.Path, stream => Safetensors.Write(stream, arrays));
        }
        else
        {
            Safetensors.Write(Stream.Null, arrays);
        }
    }

    /// <summary>Reads a checkpoint; null when the file does not exist.</summary>
    /// <exception cref="DataFileException">It is damaged, or belongs to another training.</exception>
    public static CheckpointContent? Read(Checkpoint checkpoint)
    {
        if (!File.Exists(checkpoint.Path))
        {
            return null;
        }

        try
        {
            using var stream = new BufferedStream(File.OpenRead(checkpoint.Path), 1 << 20);
            var arrays = Safetensors.Read(stream);
            if (!arrays.Ints("run").AsSpan().SequenceEqual(checkpoint.Mark))
            {
                throw checkpoint.OfAnotherRun();
            }

            var history = MemoryMarshal.Cast<int, double>(arrays.Ints("history")).ToArray().Chunk(NumbersPerEpoch).Select(Result);
            var best = arrays.Part("best.");
            return new CheckpointContent(arrays.Part("state."), best.Names.Count > 0 ? best : null, [.. history]);
        }
        catch (Exception error) when (error is InvalidDataException or ArgumentException or IndexOutOfRangeException)
        {
            var problem = $"The checkpoint is cut off or damaged: {error.Message} Delete it and train again.";
            throw new DataFileException(checkpoint.Path, problem, error);
        }
    }

    private static double[] Numbers(EpochResult epoch) =>
        [epoch.TrainError, epoch.Validation ?? double.NaN, epoch.IsBest ? 1 : 0, epoch.Elapsed?.TotalSeconds ?? 0];

    private static EpochResult Result(double[] numbers) =>
        new(numbers[0], double.IsNaN(numbers[1]) ? null : numbers[1], numbers[2] != 0, TimeSpan.FromSeconds(numbers[3]));
}
