using AutoRec.Data;
using AutoRec.Training;
using static TorchSharp.torch;

namespace AutoRec.Models.Rows;

/// <summary>Scoring with networks that take the rows of users.</summary>
internal static class UserRows
{
    // Bounds the memory of a forward pass, whatever the number of users asked for.
    private const int ChunkSize = 512;

    /// <summary>Writes what a network says of each user, row after row, computed without gradients and without leaking tensors.</summary>
    /// <param name="histories">The users.</param>
    /// <param name="output">Receives the rows: [users x items].</param>
    /// <param name="forward">From some of the users to a tensor on the CPU: [those users x items].</param>
    public static void Write(Histories histories, Memory<float> output, Func<Histories, Tensor> forward)
    {
        ForEachChunk(histories, (first, part) =>
        {
            var rows = forward(part);
            rows.data<float>().CopyTo(output.Span[(first * (int)rows.shape[1])..]);
        });
    }

    /// <summary>
    /// Calls <paramref name="action"/> with consecutive users and the position of the first, in a dispose scope of its own each.
    /// </summary>
    public static void ForEachChunk(Histories histories, Action<int, Histories> action)
    {
        for (var first = 0; first < histories.Count; first += ChunkSize)
        {
            using var scope = NewDisposeScope();
            using var noGradient = no_grad();
            var count = Math.Min(ChunkSize, histories.Count - first);
            action(first, count == histories.Count ? histories : histories.Select([.. Enumerable.Range(first, count)]));
        }

        // With it the model, whose weights must not be freed in the middle of its last forward pass.
        GC.KeepAlive(action);
    }

    /// <summary>1 for each item of a history, else 0, on the CPU: [users x items].</summary>
    public static Tensor Clicks(Histories histories) => Mask(histories.Interactions);

    /// <summary>1 for each entry of a matrix, else 0, on the CPU: [users x items].</summary>
    public static Tensor Mask(InteractionMatrix matrix) => new DenseBatches(matrix, CPU).Mask(All(matrix));

    /// <summary>The values of a matrix, 0 where there is none, on the CPU: [users x items].</summary>
    public static Tensor Values(InteractionMatrix matrix) => new DenseBatches(matrix, CPU).Values(All(matrix));

    private static int[] All(InteractionMatrix matrix) => [.. Enumerable.Range(0, matrix.RowCount)];
}
