using AutoRec.Data;

namespace AutoRec.Models.Numerics;

/// <summary>The <see cref="NeuralTangentKernel"/> of users with landmark users, by the items that they have in common.</summary>
/// <param name="landmarks">The landmark users: [landmarks x items].</param>
internal sealed class LandmarkKernel(InteractionMatrix landmarks)
{
    private readonly InteractionMatrix byItem = landmarks.Transpose();
    private readonly NeuralTangentKernel kernel = new(landmarks.ColumnCount);

    /// <summary>The landmark users: [landmarks x items].</summary>
    public InteractionMatrix Landmarks { get; } = landmarks;

    /// <summary>Computes the kernel of one user with the landmarks.</summary>
    /// <param name="items">The user's items.</param>
    /// <param name="common">Room for a number a landmark: [landmarks].</param>
    /// <param name="row">Receives the kernel with the first landmarks, as many as it has room for.</param>
    public void Of(ReadOnlySpan<int> items, Span<int> common, Span<double> row)
    {
        common.Clear();
        foreach (var item in items)
        {
            foreach (var landmark in byItem.Columns(item))
            {
                common[landmark]++;
            }
        }

        for (var landmark = 0; landmark < row.Length; landmark++)
        {
            row[landmark] = kernel.Of(common[landmark], items.Length, Landmarks.RowLength(landmark));
        }
    }

    /// <summary>The mean of the kernel of users with themselves; 0 of no users.</summary>
    /// <param name="users">[users x items].</param>
    public double MeanOfDiagonal(InteractionMatrix users) => Enumerable.Range(0, users.RowCount)
        .Select(users.RowLength)
        .Select(length => kernel.Of(length, length, length))
        .DefaultIfEmpty()
        .Average();
}
