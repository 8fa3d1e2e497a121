using AutoRec.Data;
using AutoRec.Persistence;

namespace AutoRec.Models.Numerics;

/// <summary>Sparse matrices as arrays of a <see cref="ModelState"/>.</summary>
internal static class SparseState
{
    /// <summary>Adds a matrix as the arrays <c>NAME.offsets</c>, <c>.columns</c>, <c>.values</c> and <c>.shape</c>.</summary>
    public static ModelState Add(this ModelState state, string name, InteractionMatrix matrix) => state
        .Add($"{name}.shape", [matrix.RowCount, matrix.ColumnCount])
        .Add($"{name}.offsets", matrix.Offsets.ToArray())
        .Add($"{name}.columns", matrix.Columns().ToArray())
        .Add($"{name}.values", matrix.Values().ToArray())
        .Add($"{name}.scale", [matrix.Scale.Min, matrix.Scale.Max]);

    /// <summary>The matrix of that name.</summary>
    /// <exception cref="InvalidDataException">Its arrays are missing or do not fit together.</exception>
    public static InteractionMatrix Matrix(this ModelState state, string name)
    {
        var offsets = state.Ints($"{name}.offsets");
        var columns = state.Ints($"{name}.columns");
        var shape = state.Ints($"{name}.shape");
        var scale = state.Floats($"{name}.scale");
        if (shape.Length != 2 || scale.Length != 2 || offsets.Length != shape[0] + 1 || offsets[0] != 0 || offsets[^1] != columns.Length)
        {
            throw new InvalidDataException($"The model's sparse matrix '{name}' is inconsistent.");
        }

        var rows = new int[columns.Length];
        try
        {
            for (var row = 0; row < shape[0]; row++)
            {
                rows.AsSpan(offsets[row]..offsets[row + 1]).Fill(row);
            }

            var values = state.Floats($"{name}.values");
            return InteractionMatrix.FromTriplets(shape[0], shape[1], rows, columns, values, new RatingScale(scale[0], scale[1]));
        }
        catch (ArgumentException error)
        {
            throw new InvalidDataException($"The model's sparse matrix '{name}' is inconsistent.", error);
        }
    }
}
