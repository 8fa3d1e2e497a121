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

    /// <summary>Refuses a catalogue whose pairs do not fit into memory, before any is taken.</summary>
    /// <param name="model">The model's name for people.</param>
    /// <param name="items">The number of items.</param>
    /// <param name="bytesPerPair">What the model takes for each pair of items.</param>
    /// <param name="available">The bytes that this process may use.</param>
    /// <exception cref="NotSupportedException">The catalogue has too many items.</exception>
    public static void CheckMemory(string model, int items, int bytesPerPair, long available)
    {
        var needed = (long)bytesPerPair * items * items;
        if (needed > available || (long)items * items > Array.MaxLength)
        {
            var (neededGb, availableGb, mostItems) = (needed / 1e9, available / 1e9, (int)Math.Sqrt(Array.MaxLength));
            throw new NotSupportedException(
                FormattableString.Invariant($"{model} needs {neededGb:0.0} GB for the weights between {items} items; ")
                + FormattableString.Invariant($"{availableGb:0.0} GB are available (and at most {mostItems} items are supported). ")
                + "Leave out rare items, or use a model whose memory grows with the interactions, such as 'item-knn' or 'ials'.");
        }
    }
}
