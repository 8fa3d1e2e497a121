namespace AutoRec.Evaluation;

/// <summary>How much values vary.</summary>
public static class Variance
{
    /// <summary>The unbiased estimate of the variance of what values were drawn from: n - 1 in the divisor.</summary>
    /// <param name="values">The values; of fewer than two the result is NaN or not finite.</param>
    public static double OfSample(IReadOnlyList<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var mean = values.Average();
        return values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1);
    }
}
