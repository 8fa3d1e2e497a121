namespace AutoRec.Training;

/// <summary>Keeps the state of the epoch with the best validation measure, and ends a training that no longer improves.</summary>
/// <typeparam name="TState">A copy of what is learned. Copies that are not kept are disposed, if they can be.</typeparam>
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

    /// <summary>Takes the state after an epoch, and keeps it if no earlier one has a measure as good.</summary>
    /// <returns>Whether it is kept.</returns>
    public bool Take(int epoch, TState state, double measure)
    {
        var isBest = Best is null || (context.Validation!.HigherIsBetter ? measure > bestMeasure : measure < bestMeasure);
        (isBest ? Best as IDisposable : state as IDisposable)?.Dispose(); // Tensors must not wait for the garbage collector.
        if (isBest)
        {
            Keep(epoch, state, measure);
        }

        return isBest;
    }

    /// <summary>Takes up the best state of a training that is resumed.</summary>
    public void Keep(int epoch, TState state, double measure) => (Best, bestEpoch, bestMeasure) = (state, epoch, measure);
}
