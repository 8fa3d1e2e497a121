namespace AutoRec.Training;

/// <summary>Options of a model whose interactions can count less the older they are.</summary>
internal interface IAgeWeighted
{
    /// <summary>
    /// The half-life of interactions in days: one that is so much older than the newest counts half, in general 0.5^(age / half-life).
    /// Null lets all count alike.
    /// </summary>
    double? HalfLife { get; }
}
