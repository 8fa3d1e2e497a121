using AutoRec.Data;
using static TorchSharp.torch;

namespace AutoRec.Training;

/// <summary>Makes dense batches of sparse rows.</summary>
internal sealed class DenseBatches(InteractionMatrix matrix, Device device)
{
    /// <summary>Rows of the matrix.</summary>
    public int RowCount => matrix.RowCount;

    /// <summary>The scale of the values.</summary>
    public RatingScale Scale => matrix.Scale;

    /// <summary>The values of <paramref name="rows"/>, zero where nothing was observed: [rows x columns].</summary>
    public Tensor Values(ReadOnlySpan<int> rows) => Fill(rows, ones: false);

    /// <summary>1 where something was observed, else 0: [rows x columns].</summary>
    public Tensor Mask(ReadOnlySpan<int> rows) => Fill(rows, ones: true);

    /// <summary>Scales each row to length 1 (L2); a row of zeros stays as it is: [rows x columns].</summary>
    public static Tensor Normalize(Tensor rows) => nn.functional.normalize(rows, 2, 1);

    private Tensor Fill(ReadOnlySpan<int> rows, bool ones)
    {
        // Filled in torch's own memory: a tensor over a managed array is not aligned, and matrix products on it may then
        // differ in the last bit from run to run.
        var dense = zeros(rows.Length, matrix.ColumnCount);
        var entries = dense.Numbers();
        for (var i = 0; i < rows.Length; i++)
        {
            var row = entries.Slice(i * matrix.ColumnCount, matrix.ColumnCount);
            var columns = matrix.Columns(rows[i]);
            var values = matrix.Values(rows[i]);
            for (var entry = 0; entry < columns.Length; entry++)
            {
                row[columns[entry]] = ones ? 1 : values[entry];
            }
        }

        return dense.to(device);
    }
}
