using AutoRec.Data;
using AutoRec.Native;

namespace AutoRec.Models.Numerics;

/// <summary>How often items occur together.</summary>
internal static class ItemGram
{
    /// <summary>
    /// The lower triangle of X'X, X being 1 where an interaction is and 0 elsewhere: how many users have both items,
    /// and on the diagonal how many have the item.
    /// </summary>
    /// <param name="train">X: [users x items].</param>
    /// <param name="gram">Receives the counts, row after row: [items x items]; what is above the diagonal stays.</param>
    /// <param name="cancellation">Ends the work.</param>
    public static void OfBinary(InteractionMatrix train, double[] gram, CancellationToken cancellation)
    {
        var byItem = train.Transpose();
        var options = ComputeThreads.Options;
        options.CancellationToken = cancellation;
        Parallel.For(0, train.ColumnCount, options, item =>
        {
            var counts = gram.AsSpan(item * train.ColumnCount, item + 1);
            counts.Clear();
            foreach (var user in byItem.Columns(item))
            {
                foreach (var other in train.Columns(user))
                {
                    if (other > item)
                    {
                        break;
                    }

                    counts[other]++;
                }
            }
        });
    }

    /// <summary>Refuses a catalogue whose lists of neighbours do not fit into memory, before any is taken.</summary>
    /// <param name="items">The number of items.</param>
    /// <param name="neighbors">The neighbours of each.</param>
    /// <param name="available">The bytes that are free for this process.</param>
    /// <exception cref="NotSupportedException">There are too many items or neighbours.</exception>
    public static void CheckNeighbors(int items, int neighbors, long available)
    {
        // Item and score of a neighbour, first in lists, then in arrays, then in the sparse matrix; and a row of similarities a thread.
        const int Copies = 3;
        var count = Sizes.Of("items x neighbours", items, Math.Min(items, neighbors));
        var needed = ((long)Copies * count * (sizeof(int) + sizeof(float))) + ((long)items * sizeof(float) * ComputeThreads.Count);
        if (needed > available)
        {
            throw new NotSupportedException(
                FormattableString.Invariant($"item-knn needs {needed / 1e9:0.0} GB for {neighbors} neighbours of {items} items; ")
                + FormattableString.Invariant($"{available / 1e9:0.0} GB are free. Leave out rare items, or set fewer neighbors."));
        }
    }

    /// <summary>Refuses a catalogue whose pairs do not fit into memory, before any is taken.</summary>
    /// <param name="model">The model's name for people.</param>
    /// <param name="items">The number of items.</param>
    /// <param name="bytesPerPair">What the model takes for each pair of items.</param>
    /// <param name="available">The bytes that are free for this process.</param>
    /// <exception cref="NotSupportedException">The catalogue has too many items.</exception>
    public static void CheckMemory(string model, int items, int bytesPerPair, long available)
    {
        var needed = (long)bytesPerPair * items * items;
        if (needed > available || (long)items * items > Array.MaxLength)
        {
            var (neededGb, availableGb, mostItems) = (needed / 1e9, available / 1e9, (int)Math.Sqrt(Array.MaxLength));
            throw new NotSupportedException(
                FormattableString.Invariant($"{model} needs {neededGb:0.0} GB for the weights between {items} items; ")
                + FormattableString.Invariant($"{availableGb:0.0} GB are free (and at most {mostItems} items are supported). ")
                + "Leave out rare items, or use a model whose memory grows with the interactions, such as 'item-knn' or 'ials'.");
        }
    }
}
