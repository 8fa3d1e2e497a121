using AutoRec.Data;

namespace AutoRec.Splitting;

/// <summary>Splits a shop's orders at a moment: what was bought before, and what was bought for the first time after.</summary>
public static class OrderSplit
{
    /// <summary>
    /// The training part counts what was bought before the moment, and nothing of what came later; the test part holds
    /// the products that a known customer bought afterwards and had never bought before. Both have the rows of the shop.
    /// </summary>
    /// <param name="orders">The orders.</param>
    /// <param name="trainFraction">The share of order lines before the moment, above 0 and below 1.</param>
    /// <param name="weighting">What the training purchases count for.</param>
    /// <param name="moment">Receives the moment.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="trainFraction"/> is out of its range.</exception>
    /// <exception cref="ArgumentException">There is nothing to test: no known customer bought anything new afterwards.</exception>
    public static Split ByTime(OrderLog orders, double trainFraction, PurchaseWeighting weighting, out DateTimeOffset moment)
    {
        ArgumentNullException.ThrowIfNull(orders);
        if (!(trainFraction > 0 && trainFraction < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(trainFraction), trainFraction, "The share must be above 0 and below 1.");
        }

        long[] times = [.. orders.Times.Order()];
        moment = DateTimeOffset.FromUnixTimeSeconds(times[(int)(trainFraction * times.Length)]);
        var before = orders.Counts(before: moment);
        var known = before.ToMatrix();
        var customers = known.CountByColumn(); // of each product
        var after = orders.Counts(from: moment);
        var test = after.Select([.. Enumerable.Range(0, after.Count).Where(i =>
            known.RowLength(after.UserRows[i]) > 0
            && customers[after.ItemRows[i]] > 0
            && !known.Contains(after.UserRows[i], after.ItemRows[i]))]);
        return before.Count > 0 && test.Count > 0
            ? Split.Of(before.Weighted(weighting), test)
            : throw new ArgumentException(
                $"After {moment:yyyy-MM-dd} no known customer bought a known product for the first time, so there is nothing to test.");
    }
}
