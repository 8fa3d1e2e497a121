using System.Diagnostics;
using AutoRec.Data;
using AutoRec.Scoring;
using AutoRec.Splitting;
using AutoRec.Training;

namespace AutoRec.Benchmarks;

/// <summary>A fit whose validation does not count as time of training.</summary>
internal static class TimedFit
{
    /// <summary>Fits a model.</summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="train">The training part.</param>
    /// <param name="validation">What is measured after each epoch.</param>
    /// <param name="patience">Epochs without a better measure after which training ends.</param>
    /// <param name="onEpoch">Called after each epoch; null if nobody waits for it.</param>
    /// <returns>The model of the best epoch, and what stood after each epoch.</returns>
    public static (IRecommender Model, List<EpochTime> Curve) Run(
        ITrainer<IRecommender> trainer, InteractionMatrix train, IValidation validation, int patience, Action<EpochTime>? onEpoch = null)
    {
        var timed = new Timed(validation);
        var (clock, start, curve) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime, new List<EpochTime>());
        var progress = new Report(report =>
        {
            curve.Add(new(
                report.Epoch,
                (clock.Elapsed - timed.Seconds).TotalSeconds,
                (Environment.CpuUsage.TotalTime - start - timed.CpuSeconds).TotalSeconds,
                report.Validation ?? double.NaN)); // A model may measure nothing between its epochs.
            onEpoch?.Invoke(curve[^1]);
        });
        return (trainer.Learn(train, new FitContext { Validation = timed, Patience = patience, Progress = progress }), curve);
    }

    private sealed class Timed(IValidation validation) : IValidation
    {
        public TimeSpan Seconds { get; private set; }

        public TimeSpan CpuSeconds { get; private set; }

        public string Metric => validation.Metric;

        public bool HigherIsBetter => validation.HigherIsBetter;

        public HeldOut HeldOut => validation.HeldOut;

        public double Measure(IRecommender model, IProgress<WorkReport>? progress = null)
        {
            var (clock, before) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
            var value = validation.Measure(model, progress);
            (Seconds, CpuSeconds) = (Seconds + clock.Elapsed, CpuSeconds + Environment.CpuUsage.TotalTime - before);
            return value;
        }
    }

    // Progress<T> would report on another thread.
    private sealed class Report(Action<EpochReport> act) : IProgress<WorkReport>
    {
        void IProgress<WorkReport>.Report(WorkReport value)
        {
            if (value is EpochReport epoch)
            {
                act(epoch);
            }
        }
    }
}

/// <summary>What stands after an epoch.</summary>
/// <param name="Epoch">Its number, from 1.</param>
/// <param name="Seconds">Seconds of training until its end.</param>
/// <param name="CpuSeconds">Processor seconds of it, of all threads.</param>
/// <param name="Measure">The measure on the validation part.</param>
internal sealed record EpochTime(int Epoch, double Seconds, double CpuSeconds, double Measure);
