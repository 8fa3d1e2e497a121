using AutoRec.Data;

namespace AutoRec.Training;

/// <summary>
/// Runs a training in epochs. After each, the model is measured on validation data, if there are any; the state of the best epoch becomes
/// the model.
/// </summary>
internal static class EpochLoop
{
    /// <summary>Trains until the epochs or the patience end.</summary>
    /// <param name="training">What is trained.</param>
    /// <param name="context">Validation, patience, checkpoint, progress and cancellation.</param>
    /// <returns>The model of the best epoch, or without validation of the last, with its training history.</returns>
    /// <exception cref="NotSupportedException">
    /// The context asks for a checkpoint, and the training or the device does not support it.
    /// </exception>
    /// <exception cref="DataFileException">The checkpoint is damaged or belongs to another training.</exception>
    /// <exception cref="ArithmeticException">The training error is not a finite number.</exception>
    public static TModel Run<TState, TModel>(EpochTraining<TState, TModel> training, FitContext context)
        where TState : class
        where TModel : TrainedModel
    {
        var epochs = Math.Min(training.Epochs, context.EpochLimit ?? training.Epochs);
        var stopping = new EarlyStopping<TState>(epochs, context);
        var history = new EpochHistory(epochs, training.Metric, context);
        var checkpoint = CheckpointWriter<TState>.Of(context, training.Resumption);

        checkpoint?.Resume(stopping, history);
        for (var epoch = history.Reports.Count + 1; stopping.Allows(epoch); epoch++)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            var progress = context.Progress.Part(
                FormattableString.Invariant($"epoch {epoch}"), (epoch - 1.0) / epochs, (double)epoch / epochs);
            var result = Validate(epoch, Finite(epoch, training.TrainEpoch(epoch, progress)));
            history.Add(result, isLast: !stopping.Allows(epoch + 1));
            checkpoint?.WriteIfDue(stopping, history);
            history.ReportLast();
        }

        checkpoint?.WriteAtTheEnd(stopping, history);
        // No later epoch changes the view.
        var model = training.ToModel(stopping.Best ?? training.View?.Invoke() ?? training.Snapshot(null));
        model.TrainingHistory = history.Reports;
        return model;

        EpochResult Validate(int epoch, double trainError)
        {
            if (context.Validation is null)
            {
                return new EpochResult(trainError, Validation: null, IsBest: true);
            }

            var state = training.View?.Invoke() ?? training.Snapshot(null);
            var measure = context.Validation.Measure(training.ToModel(state), context.Progress.Within("validation"));
            var isBest = stopping.IsBest(measure);
            if (isBest)
            {
                stopping.Keep(epoch, training.View is null ? state : training.Snapshot(stopping.Best), measure);
            }
            else if (training.View is null)
            {
                (state as IDisposable)?.Dispose(); // Tensors must not wait for the garbage collector.
            }

            return new EpochResult(trainError, measure, isBest);
        }
    }

    private static double Finite(int epoch, double trainError) => double.IsFinite(trainError)
        ? trainError
        : throw new ArithmeticException(
            $"The training diverged: the training error of epoch {epoch} is not a finite number. Use a lower learning rate.");
}
