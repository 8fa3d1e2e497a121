namespace AutoRec.Data;

/// <summary>
/// Says how far a long piece of work has come: reading, a fit, validation, ranking, a download. All of them report in this one form, to
/// whoever gave an <see cref="IProgress{T}"/>, one report after the other.
/// </summary>
/// <param name="Phase">What is done now, in a few words, such as <c>reading</c>; empty for the work as a whole.</param>
/// <param name="Done">The steps of the phase that are done.</param>
/// <param name="Total">The steps of the phase in all, or at most; null if that is not known.</param>
/// <param name="Unit">What is counted: <c>bytes</c>, <c>users</c>, <c>epochs</c>; empty if nothing is.</param>
public record WorkReport(string Phase, long Done, long? Total, string Unit)
{
    /// <summary>
    /// The share of the whole work that is done, 0 to 1, by an estimate of what its phases take. Null for a phase that does not say, such
    /// as the validation within an epoch: the share is then that of the last report that had one.
    /// </summary>
    public double? Share { get; init; } = Total > 0 ? Math.Min(1, (double)Done / Total.Value) : null;
}
