namespace AutoRec.Evaluation;

/// <summary>
/// Corrects p-values for the number of tests: Holm, "A Simple Sequentially Rejective Multiple Test Procedure", Scandinavian Journal of
/// Statistics 1979. Calling adjusted p-values of at most 0.05 significant, the probability of one false positive or more among all tests
/// is at most 0.05, however the tests depend on each other.
/// </summary>
internal static class Holm
{
    /// <summary>
    /// The adjusted p-values. With the p-values in ascending order p(1) to p(m), that of p(i) is the maximum over j = 1..i of
    /// min(1, (m - j + 1) * p(j)).
    /// </summary>
    /// <param name="pValues">P-values, 0 to 1, in any order.</param>
    /// <returns>The adjusted p-values in the same order.</returns>
    public static double[] Adjust(IReadOnlyList<double> pValues)
    {
        ArgumentNullException.ThrowIfNull(pValues);
        var adjusted = new double[pValues.Count];
        var (most, rank) = (0.0, 0);
        foreach (var i in Enumerable.Range(0, adjusted.Length).OrderBy(i => pValues[i]))
        {
            most = Math.Max(most, Math.Min(1, (adjusted.Length - rank++) * pValues[i]));
            adjusted[i] = most;
        }

        return adjusted;
    }
}
