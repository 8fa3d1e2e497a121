namespace AutoRec.Data;

/// <summary>What a purchase counts for.</summary>
public enum PurchaseWeighting
{
    /// <summary>The number of units bought.</summary>
    Raw,

    /// <summary>1, however many were bought.</summary>
    Binary,

    /// <summary>ln(1 + n) of the n units bought: the tenth unit says less than the first.</summary>
    Log,

    /// <summary>
    /// BM25 (Robertson and Zaragoza 2009), with customers for documents and products for words:
    /// idf(i) n (k + 1) / (n + k (1 - b + b |u| / mean |u|)), where n units of i were bought by u, |u| are all units that u bought,
    /// idf(i) = ln(1 + (N - N_i + 0.5) / (N_i + 0.5)) for N_i of N customers who bought i, k = 1.2 and b = 0.75. Bestsellers
    /// and bulk buyers count for less.
    /// </summary>
    Bm25,
}

/// <summary>Weights counts of purchases.</summary>
public static class Purchases
{
    private const double Saturation = 1.2; // k
    private const double LengthShare = 0.75; // b

    /// <summary>A log of counts with other values; users, items, order and times stay.</summary>
    /// <param name="counts">How many units of what was bought by whom; all above 0.</param>
    /// <param name="weighting">What they count for.</param>
    /// <exception cref="ArgumentException">A count is not above 0.</exception>
    public static Interactions Weighted(this Interactions counts, PurchaseWeighting weighting)
    {
        ArgumentNullException.ThrowIfNull(counts);
        if (counts.Values.Any(count => count <= 0))
        {
            throw new ArgumentException("Counts of purchases are above 0.", nameof(counts));
        }

        var values = weighting switch
        {
            PurchaseWeighting.Raw => [.. counts.Values],
            PurchaseWeighting.Binary => [.. counts.Values.Select(_ => 1f)],
            PurchaseWeighting.Log => [.. counts.Values.Select(count => (float)Math.Log(1 + (double)count))],
            PurchaseWeighting.Bm25 => Bm25(counts),
            _ => throw new ArgumentOutOfRangeException(nameof(weighting), weighting, "There is no such weighting."),
        };
        var rule = new FeedbackRule { Kind = weighting == PurchaseWeighting.Binary ? FeedbackKind.Likes : FeedbackKind.Counts };
        return counts.WithValues(values, rule.Decide(values));
    }

    private static float[] Bm25(Interactions counts)
    {
        var units = new double[counts.Users.Count];
        var buyers = new int[counts.Items.Count];
        for (var i = 0; i < counts.Count; i++)
        {
            units[counts.UserRows[i]] += counts.Values[i];
            buyers[counts.ItemRows[i]]++;
        }

        var customers = units.Count(sum => sum > 0);
        var mean = units.Sum() / customers;
        var values = new float[counts.Count];
        for (var i = 0; i < values.Length; i++)
        {
            var holders = buyers[counts.ItemRows[i]];
            var rarity = Math.Log(1 + ((customers - holders + 0.5) / (holders + 0.5)));
            var length = 1 - LengthShare + (LengthShare * units[counts.UserRows[i]] / mean);
            values[i] = (float)(rarity * counts.Values[i] * (Saturation + 1) / (counts.Values[i] + (Saturation * length)));
        }

        return values;
    }
}
