namespace AutoRec.Training;

/// <summary>Keeps the state of the epoch with the best validation measure, and ends a training that no longer improves.</summary>
/// <typeparam name="TState">A copy of what is learned.</typeparam>
/// <param name="epochs">The maximum number of epochs.</param>
/// <param name="context">Validation and patience.</param>
internal sealed class EarlyStopping<TState>(int epochs, FitContext context)
    where TState : class
{
    private double bestMeasure;
    private int bestEpoch;

    /// <summary>The state of the best epoch; null without validation, or before the first epoch.</summary>
    public TState? Best { get; private set; }

    /// <summary>Whether an epoch is to be trained: it is within the limit and the patience.</summary>
    public bool Allows(int epoch) => epoch <= epochs && (Best is null || epoch - bestEpoch <= context.Patience);

    /// <summary>Whether no earlier epoch has a measure as good.</summary>
    public bool IsBest(double measure) =>
        Best is null || (context.Validation!.HigherIsBetter ? measure > bestMeasure : measure < bestMeasure);

    /// <summary>Keeps the state of an epoch in place of the one before.</summary>
    public void Keep(int epoch, TState state, double measure)
    {
        if (!ReferenceEquals(Best, state))
        {
            (Best as IDisposable)?.Dispose(); // Tensors must not wait for the garbage collector.
        }

        (Best, bestEpoch, bestMeasure) = (state, epoch, measure);
    }
}
