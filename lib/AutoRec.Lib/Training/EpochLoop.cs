using System.Diagnostics;
using AutoRec.Scoring;

namespace AutoRec.Training;

/// <summary>
/// Runs epochs with early stopping: after each, the model is measured on validation data, and the state of the best
/// epoch is what comes out. It knows nothing of the model.
/// </summary>
internal static class EpochLoop
{
    /// <summary>Trains.</summary>
    /// <typeparam name="TState">A copy of what is learned, which later epochs do not change. Copies that are not
    /// returned are disposed, if they can be.</typeparam>
    /// <param name="epochs">The most epochs.</param>
    /// <param name="context">Validation, patience, progress and cancellation.</param>
    /// <param name="trainMetric">The name of what <paramref name="trainEpoch"/> returns.</param>
    /// <param name="trainEpoch">Trains one epoch, numbered from 1, and returns the training error seen meanwhile.</param>
    /// <param name="snapshot">Copies what is learned so far.</param>
    /// <param name="view">The model of a state, for validation.</param>
    /// <param name="resumption">How the training is taken up again; null where it cannot be.</param>
    /// <returns>The best state, or without validation the last, and a report for each epoch that ran.</returns>
    /// <exception cref="NotSupportedException">The context wants a checkpoint of a training that cannot be taken up again.</exception>
    /// <exception cref="Data.DataFileException">The checkpoint is damaged or of another training.</exception>
    /// <exception cref="ArithmeticException">The training error is no longer a finite number.</exception>
    public static (TState Best, IReadOnlyList<EpochReport> History) Run<TState>(
        int epochs,
        FitContext context,
        string trainMetric,
        Func<int, double> trainEpoch,
        Func<TState> snapshot,
        Func<TState, IRecommender> view,
        Resumption<TState>? resumption = null)
        where TState : class
    {
        epochs = Math.Min(epochs, context.EpochLimit ?? epochs);
        var clock = Stopwatch.StartNew();
        var history = new List<EpochReport>();
        TState? best = null;
        double? bestMeasure = null;
        var bestEpoch = 0;
        var begun = TimeSpan.Zero;
        if (context.Checkpoint is not null && (resumption is null || context.Device != ComputeDevice.Cpu))
        {
            throw new NotSupportedException(context.Device == ComputeDevice.Cpu
                ? "This model's training cannot be taken up again, so it has no checkpoints."
                : "A training on a GPU has no checkpoints.");
        }

        if (context.Checkpoint is { Resume: true } checkpoint && CheckpointFile.Read(checkpoint, Report) is { } there)
        {
            resumption!.State.Load(there.State, there.History.Count);
            best = there.Best is null ? null : resumption.Restore(there.Best);
            foreach (var report in there.History)
            {
                (bestMeasure, bestEpoch) = report is { IsBest: true, Validation: not null } ? (report.Validation, report.Epoch) : (bestMeasure, bestEpoch);
                history.Add(report with { IsLast = !GoesOnWith(report.Epoch + 1) });
                context.Progress?.Report(history[^1]);
                begun = report.Elapsed;
            }
        }

        var (written, writtenEpochs) = (clock.Elapsed, history.Count);
        for (var epoch = history.Count + 1; GoesOnWith(epoch); epoch++)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            var trainError = trainEpoch(epoch);
            if (!double.IsFinite(trainError))
            {
                throw new ArithmeticException($"The training error of epoch {epoch} is not a finite number: the training diverged. Lower the learning rate.");
            }

            double? measure = null;
            var isBest = true;
            if (context.Validation is { } validation)
            {
                var state = snapshot();
                measure = validation.Measure(view(state));
                isBest = bestMeasure is null || (validation.HigherIsBetter ? measure > bestMeasure : measure < bestMeasure);
                var worse = isBest ? best : state;
                if (isBest)
                {
                    (best, bestMeasure, bestEpoch) = (state, measure, epoch);
                }

                (worse as IDisposable)?.Dispose(); // A state that holds tensors must not wait for the garbage collector.
            }

            history.Add(Report(epoch, trainError, measure, isBest, begun + clock.Elapsed) with { IsLast = !GoesOnWith(epoch + 1) });
            if (context.Checkpoint is { } file && clock.Elapsed - written >= file.Interval)
            {
                Write(file);
            }

            context.Progress?.Report(history[^1]);
        }

        if (context.Checkpoint is { } atTheEnd && writtenEpochs < history.Count)
        {
            Write(atTheEnd); // What comes behind may be interrupted too, such as a second fit.
        }

        return (best ?? snapshot(), history);

        bool GoesOnWith(int epoch) => epoch <= epochs && (best is null || epoch - bestEpoch <= context.Patience);

        void Write(Checkpoint checkpoint)
        {
            CheckpointFile.Write(checkpoint, new CheckpointContent(resumption!.State.Save(), best is null ? null : resumption.Keep(best), history));
            (written, writtenEpochs) = (clock.Elapsed, history.Count);
        }

        EpochReport Report(int epoch, double trainError, double? measure, bool isBest, TimeSpan elapsed) =>
            new(epoch, epochs, trainError, trainMetric, measure, context.Validation?.Metric, isBest, IsLast: false, elapsed);
    }
}
