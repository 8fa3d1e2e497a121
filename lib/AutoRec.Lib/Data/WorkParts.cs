namespace AutoRec.Data;

/// <summary>Receivers of progress for parts of a piece of work.</summary>
internal static class WorkParts
{
    /// <summary>A receiver for a part: what it reports as the whole is a share of the whole here. Null if nobody receives.</summary>
    /// <param name="progress">The receiver of the whole.</param>
    /// <param name="phase">The name of the part, which comes before the names of its own phases.</param>
    /// <param name="from">The share of the whole that is done before the part, 0 to 1.</param>
    /// <param name="to">The share that is done after it.</param>
    public static IProgress<WorkReport>? Part(this IProgress<WorkReport>? progress, string phase, double from, double to) =>
        progress is null ? null : new Relay(progress, phase, share => from + (share * (to - from)));

    /// <summary>A receiver for work that happens within a step of other work, whose share does not change by it.</summary>
    public static IProgress<WorkReport>? Within(this IProgress<WorkReport>? progress, string phase) =>
        progress is null ? null : new Relay(progress, phase, _ => null);

    /// <summary>
    /// A receiver of what is not told apart from other steps: reports of epochs and the like arrive without what only they say.
    /// </summary>
    public static IProgress<WorkReport>? WithoutEpochs(this IProgress<WorkReport>? progress) =>
        progress is null ? null : new Plain(progress);

    private sealed class Plain(IProgress<WorkReport> to) : IProgress<WorkReport>
    {
        public void Report(WorkReport value) =>
            to.Report(new WorkReport(value.Phase, value.Done, value.Total, value.Unit) { Share = value.Share });
    }

    private sealed class Relay(IProgress<WorkReport> to, string phase, Func<double?, double?> shareOf) : IProgress<WorkReport>
    {
        public void Report(WorkReport value) => to.Report(value with
        {
            Phase = value.Phase.Length == 0 ? phase : phase.Length == 0 ? value.Phase : $"{phase}, {value.Phase}",
            Share = shareOf(value.Share),
        });
    }
}

/// <summary>Divides a piece of work into phases, each of which takes a share of it.</summary>
/// <param name="progress">The receiver; null for nobody.</param>
/// <param name="phases">The phases in their order, and how long each takes, in any unit; 0 for those that are left out.</param>
internal sealed class WorkPlan(IProgress<WorkReport>? progress, params (string Phase, double Weight)[] phases)
{
    private readonly double whole = Math.Max(1e-9, phases.Sum(phase => phase.Weight));

    /// <summary>Reports that a phase begins.</summary>
    /// <returns>The receiver for it.</returns>
    public IProgress<WorkReport>? Begin(string phase)
    {
        var place = Array.FindIndex(phases, one => one.Phase == phase);
        var before = phases.Take(place).Sum(one => one.Weight);
        var (from, to) = (before / whole, Math.Min(1, (before + phases[place].Weight) / whole));
        progress?.Report(new WorkReport(phase, 0, null, "") { Share = from });
        return progress.Part(phase, from, to);
    }
}

/// <summary>Counts the steps of a phase, which several threads may take, and reports them a few times a second, the last always.</summary>
internal sealed class WorkSteps
{
    private const long Between = 200; // milliseconds

    private readonly IProgress<WorkReport>? progress;
    private readonly string phase;
    private readonly long total;
    private readonly string unit;
    private readonly Lock reporting = new();
    private long done;
    private long reported;
    private long next;

    /// <summary>Begins the phase.</summary>
    /// <param name="progress">The receiver; null for nobody.</param>
    /// <param name="phase">What is done; empty where the receiver knows.</param>
    /// <param name="total">The steps.</param>
    /// <param name="unit">What a step is, in the plural.</param>
    public WorkSteps(IProgress<WorkReport>? progress, string phase, long total, string unit)
    {
        (this.progress, this.phase, this.total, this.unit) = (progress, phase, total, unit);
        next = Environment.TickCount64 + Between;
        if (phase.Length > 0)
        {
            progress?.Report(new WorkReport(phase, 0, total, unit));
        }
    }

    /// <summary>Counts steps as done.</summary>
    public void Add(long count = 1)
    {
        if (progress is null)
        {
            return;
        }

        var now = Interlocked.Add(ref done, count);
        var isEnd = now >= total && now - count < total;
        if (isEnd || Environment.TickCount64 >= Volatile.Read(ref next))
        {
            Report(isEnd);
        }
    }

    private void Report(bool isEnd)
    {
        if (isEnd)
        {
            reporting.Enter();
        }
        else if (!reporting.TryEnter())
        {
            return; // Another thread reports.
        }

        try
        {
            var now = Math.Min(total, Interlocked.Read(ref done));
            if (now > reported)
            {
                (reported, next) = (now, Environment.TickCount64 + Between);
                progress!.Report(new WorkReport(phase, now, total, unit));
            }
        }
        finally
        {
            reporting.Exit();
        }
    }
}
