using System.Diagnostics;

namespace AutoRec.Training;

/// <summary>The reports of the epochs of one fit, and its clock.</summary>
/// <param name="epochs">The maximum number of epochs.</param>
/// <param name="trainMetric">The name of the training error.</param>
/// <param name="context">The name of the validation measure, and who wants reports.</param>
internal sealed class EpochHistory(int epochs, string trainMetric, FitContext context)
{
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private readonly List<EpochReport> reports = [];
    private TimeSpan beforeResumption;

    /// <summary>The reports so far, in order.</summary>
    public IReadOnlyList<EpochReport> Reports => reports;

    /// <summary>Adds the report of the next epoch.</summary>
    public void Add(EpochResult result, bool isLast) => reports.Add(new EpochReport(
        reports.Count + 1,
        epochs,
        result.TrainError,
        trainMetric,
        result.Validation,
        context.Validation?.Metric,
        result.IsBest,
        isLast,
        result.Elapsed ?? beforeResumption + clock.Elapsed));

    /// <summary>Adds the report of an epoch of the training that is resumed; time goes on from there.</summary>
    public void AddResumed(EpochResult result, bool isLast)
    {
        Add(result, isLast);
        beforeResumption = reports[^1].Elapsed;
    }

    /// <summary>Hands the last report to whoever wants it.</summary>
    public void ReportLast() => context.Progress?.Report(reports[^1]);
}

/// <summary>The result of an epoch.</summary>
/// <param name="TrainError">The training error.</param>
/// <param name="Validation">The validation measure; null without validation.</param>
/// <param name="IsBest">Whether no earlier epoch had a measure as good.</param>
/// <param name="Elapsed">Time since the fit began; null for now.</param>
internal sealed record EpochResult(double TrainError, double? Validation, bool IsBest, TimeSpan? Elapsed = null);
