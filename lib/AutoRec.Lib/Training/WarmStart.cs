using AutoRec.Persistence;

namespace AutoRec.Training;

/// <summary>A fitted model whose weights a training starts with. Users and items that it does not know start as in any training.</summary>
/// <param name="Model">The arrays of the model.</param>
/// <param name="Users">For each user of the training data the model's row, or -1 for one that it does not know.</param>
/// <param name="Items">The same for items.</param>
internal sealed record WarmStart(ModelState Model, IReadOnlyList<int> Users, IReadOnlyList<int> Items)
{
    /// <summary>Puts the weights of known rows in the place of the first weights.</summary>
    /// <param name="first">The first weights of all rows, row after row.</param>
    /// <param name="known">The model's weights, row after row.</param>
    /// <param name="rows">For each row the model's, or -1.</param>
    public static void Copy(float[] first, float[] known, IReadOnlyList<int> rows)
    {
        var width = rows.Count == 0 ? 0 : first.Length / rows.Count;
        for (var row = 0; row < rows.Count; row++)
        {
            if (rows[row] >= 0)
            {
                known.AsSpan(rows[row] * width, width).CopyTo(first.AsSpan(row * width));
            }
        }
    }

    /// <summary>
    /// Puts known weights of an array in the place of the first ones, along the dimension that has grown. Arrays of the same shape are
    /// copied.
    /// </summary>
    /// <param name="first">The first weights.</param>
    /// <param name="shape">Their shape, of one or two dimensions.</param>
    /// <param name="name">The name of the array in the model.</param>
    /// <param name="rows">For each row of the dimension that has grown the model's, or -1.</param>
    /// <exception cref="InvalidDataException">The model's array has another shape in the other dimension.</exception>
    public void Copy(float[] first, IReadOnlyList<long> shape, string name, IReadOnlyList<int> rows)
    {
        var (known, knownShape) = (Model.Floats(name), Model.Shape(name));
        if (knownShape.Select(length => (long)length).SequenceEqual(shape))
        {
            known.CopyTo(first, 0);
        }
        else if (shape[0] == rows.Count && knownShape.Count == shape.Count && (shape.Count == 1 || shape[1] == knownShape[1]))
        {
            Copy(first, known, rows);
        }
        else if (shape.Count == 2 && shape[1] == rows.Count && knownShape.Count == 2 && shape[0] == knownShape[0])
        {
            for (var row = 0; row < shape[0]; row++)
            {
                for (var column = 0; column < rows.Count; column++)
                {
                    if (rows[column] >= 0)
                    {
                        first[(row * rows.Count) + column] = known[(row * knownShape[1]) + rows[column]];
                    }
                }
            }
        }
        else
        {
            throw new InvalidDataException(
                $"The model's '{name}' is [{string.Join(" x ", knownShape)}], which cannot grow to [{string.Join(" x ", shape)}].");
        }
    }
}
