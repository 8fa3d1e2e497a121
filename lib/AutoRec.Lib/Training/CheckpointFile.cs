using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using AutoRec.Data;
using AutoRec.Persistence;

namespace AutoRec.Training;

/// <summary>What a checkpoint holds.</summary>
/// <param name="State">What the training changes.</param>
/// <param name="Best">The best epoch's copy of what is learned; null without validation.</param>
/// <param name="History">A report of each epoch so far.</param>
internal sealed record CheckpointContent(ModelState State, ModelState? Best, IReadOnlyList<EpochReport> History);

/// <summary>Reads and writes checkpoints.</summary>
internal static class CheckpointFile
{
    private const int NumbersPerEpoch = 4; // training error, measure, is best, seconds

    public static void Write(Checkpoint checkpoint, CheckpointContent content)
    {
        var numbers = content.History.SelectMany(report => new[] { report.TrainError, report.Validation ?? double.NaN, report.IsBest ? 1 : 0, report.Elapsed.TotalSeconds }).ToArray();
        var arrays = new ModelState()
            .Add("run", Hash(checkpoint.Run))
            .Add("history", MemoryMarshal.Cast<double, int>(numbers).ToArray())
            .AddAll("state.", content.State);
        if (content.Best is { } best)
        {
            arrays.AddAll("best.", best);
        }

        DataFile.Write(checkpoint.Path, stream => Safetensors.Write(stream, arrays));
    }

    /// <summary>Reads a checkpoint; null when there is none.</summary>
    /// <param name="checkpoint">Where it is.</param>
    /// <param name="report">Makes a report of an epoch, training error, measure, whether it was the best, and time.</param>
    /// <exception cref="DataFileException">It is damaged, or of another training.</exception>
    public static CheckpointContent? Read(Checkpoint checkpoint, Func<int, double, double?, bool, TimeSpan, EpochReport> report)
    {
        if (!File.Exists(checkpoint.Path))
        {
            return null;
        }

        try
        {
            using var stream = new BufferedStream(File.OpenRead(checkpoint.Path), 1 << 20);
            var arrays = Safetensors.Read(stream);
            if (!arrays.Ints("run").AsSpan().SequenceEqual(Hash(checkpoint.Run)))
            {
                throw new DataFileException(checkpoint.Path, $"This is the checkpoint of another training; asked for is {checkpoint.Run}. Begin anew, or resume with the options it was begun with.");
            }

            var numbers = MemoryMarshal.Cast<int, double>(arrays.Ints("history")).ToArray();
            var history = numbers.Chunk(NumbersPerEpoch)
                .Select((one, i) => report(i + 1, one[0], double.IsNaN(one[1]) ? null : one[1], one[2] != 0, TimeSpan.FromSeconds(one[3]))).ToArray();
            return new CheckpointContent(arrays.Part("state."), arrays.Names.Any(name => name.StartsWith("best.", StringComparison.Ordinal)) ? arrays.Part("best.") : null, history);
        }
        catch (InvalidDataException error)
        {
            throw new DataFileException(checkpoint.Path, $"The checkpoint is cut off or damaged: {error.Message}", error);
        }
    }

    private static int[] Hash(string run) => MemoryMarshal.Cast<byte, int>(SHA256.HashData(Encoding.UTF8.GetBytes(run))).ToArray();
}
