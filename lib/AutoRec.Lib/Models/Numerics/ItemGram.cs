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
}
