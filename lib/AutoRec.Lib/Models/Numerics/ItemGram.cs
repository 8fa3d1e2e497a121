using AutoRec.Data;
using AutoRec.Native;

namespace AutoRec.Models.Numerics;

/// <summary>How often items occur together.</summary>
internal static class ItemGram
{
    /// <summary>
    /// The lower triangle of X'X. Where X is 1 for each interaction and 0 elsewhere that is how many users have both items, and on the
    /// diagonal how many have the item.
    /// </summary>
    /// <param name="train">X: [users x items].</param>
    /// <param name="gram">Receives the sums, row after row: [items x items]; what is above the diagonal stays.</param>
    /// <param name="cancellation">Ends the work.</param>
    public static void Of(InteractionMatrix train, double[] gram, CancellationToken cancellation)
    {
        var byItem = train.Transpose();
        var options = ComputeThreads.Options;
        options.CancellationToken = cancellation;
        Parallel.For(0, train.ColumnCount, options, item =>
        {
            var sums = gram.AsSpan(item * train.ColumnCount, item + 1);
            sums.Clear();
            var users = byItem.Columns(item);
            var values = byItem.Values(item);
            for (var i = 0; i < users.Length; i++)
            {
                var others = train.Columns(users[i]);
                var otherValues = train.Values(users[i]);
                var value = (double)values[i];
                for (var j = 0; j < others.Length && others[j] <= item; j++)
                {
                    sums[others[j]] += value * otherValues[j];
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
        // Item and score of a neighbour, first in lists and then in the sparse matrix; offsets, lists and the space of a search for each item.
        const int BytesPerNeighbor = 2 * (sizeof(int) + sizeof(float));
        var count = Sizes.Of("items x neighbours", items, Math.Min(items, neighbors));
        var ofItems = (double)items * (64 + (9 * ComputeThreads.Count));
        var needed = ((double)count * BytesPerNeighbor) + ofItems;
        if (needed > available)
        {
            var most = (int)Math.Max(0, (available - ofItems) / BytesPerNeighbor / items);
            throw new NotSupportedException(
                FormattableString.Invariant($"item-knn needs {needed / 1e9:0.0} GB for {neighbors} neighbours of {items} items; ")
                + FormattableString.Invariant($"{available / 1e9:0.0} GB are free. Leave out rare items (--core)")
                + (most > 0 ? FormattableString.Invariant($", or use at most {most} neighbours (--set neighbors={most}).") : "."));
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
                + "Leave out rare items (--core), or use a model whose memory grows with the interactions, such as 'item-knn' or 'ials'.");
        }
    }
}
