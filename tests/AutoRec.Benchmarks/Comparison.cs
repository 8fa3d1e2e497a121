using System.Diagnostics;

namespace AutoRec.Benchmarks;

/// <summary>One way to do a piece of work.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Run">Does the work once and returns a number that both sides must agree on, such as a loss.</param>
internal sealed record Side(string Name, Func<double> Run)
{
    /// <summary>Runs that do not count. Default 1; more for short work, which the runtime compiles again while it goes on.</summary>
    public int WarmUps { get; init; } = 1;

    /// <summary>Runs it as often as does not count.</summary>
    /// <returns>The peak of memory of the first run.</returns>
    public long? WarmUp()
    {
        Memory.ResetPeak();
        Run();
        var peak = Memory.PeakMegabytes();
        for (var run = 1; run < WarmUps; run++)
        {
            Run();
        }

        return peak;
    }
}

/// <summary>What a piece of work cannot do without, for the distance to the machine's limits.</summary>
/// <param name="Bytes">Bytes between memory and processor.</param>
/// <param name="Flops">Floating-point operations.</param>
internal sealed record Demand(double Bytes, double Flops);

/// <summary>How long a run took, and what it returned.</summary>
/// <param name="Seconds">By the clock.</param>
/// <param name="CpuSeconds">Processor time of all threads together.</param>
/// <param name="Value">What it returned.</param>
internal readonly record struct Timing(double Seconds, double CpuSeconds, double Value);

/// <summary>Both sides' times, and what they agree on.</summary>
internal sealed record Comparison
{
    public required string Work { get; init; }

    public required string OursName { get; init; }

    public required string ReferenceName { get; init; }

    /// <summary>Seconds of each run of ours, in their order.</summary>
    public required IReadOnlyList<double> Ours { get; init; }

    /// <summary>Seconds of each run of the reference; empty where it cannot run.</summary>
    public required IReadOnlyList<double> Reference { get; init; }

    /// <summary>Processor seconds of each run of ours, of all threads together.</summary>
    public required IReadOnlyList<double> OursCpu { get; init; }

    /// <summary>Processor seconds of each run of the reference; empty where it cannot run.</summary>
    public required IReadOnlyList<double> ReferenceCpu { get; init; }

    /// <summary>What the last run returned: of ours, and of the reference.</summary>
    public required (double Ours, double? Reference) Values { get; init; }

    /// <summary>The most memory of the process while only ours had run, in MB; null where the system does not tell.</summary>
    public long? PeakMegabytes { get; init; }

    public Demand? Demand { get; init; }

    /// <summary>The ratio that is aimed at; null for none.</summary>
    public double? Target { get; init; }

    public string? Note { get; init; }

    public double OursMedian => Median(Ours);

    public double? ReferenceMedian => Reference.Count > 0 ? Median(Reference) : null;

    public double? Ratio => ReferenceMedian / OursMedian;

    public double OursCpuMedian => Median(OursCpu);

    public double? ReferenceCpuMedian => ReferenceCpu.Count > 0 ? Median(ReferenceCpu) : null;

    /// <summary>The ratio of processor seconds, which other programs on the machine hardly change.</summary>
    public double? CpuRatio => ReferenceCpuMedian / OursCpuMedian;

    /// <summary>Runs both sides in turn, after runs of each that do not count.</summary>
    /// <param name="work">What is done.</param>
    /// <param name="ours">Our side.</param>
    /// <param name="reference">The other side.</param>
    /// <param name="repeats">Counted runs of each side.</param>
    /// <param name="tolerance">How far apart, relative to the reference, the returned numbers may be.</param>
    /// <exception cref="InvalidOperationException">The sides did not do the same work.</exception>
    public static Comparison Run(string work, Side ours, Side reference, int repeats, double tolerance)
    {
        var peak = ours.WarmUp();
        reference.WarmUp();
        var (runs, referenceRuns) = (new Timing[repeats], new Timing[repeats]);
        for (var i = 0; i < repeats; i++)
        {
            runs[i] = Time(ours.Run);
            referenceRuns[i] = Time(reference.Run);
        }

        var (value, referenceValue) = (runs[^1].Value, referenceRuns[^1].Value);

        if (!(Math.Abs(value - referenceValue) <= tolerance * Math.Abs(referenceValue)))
        {
            throw new InvalidOperationException(
                $"{work}: not the same work: {ours.Name} came to {value:G9}, {reference.Name} to {referenceValue:G9}.");
        }

        return new Comparison
        {
            Work = work,
            OursName = ours.Name,
            ReferenceName = reference.Name,
            Ours = [.. runs.Select(run => run.Seconds)],
            Reference = [.. referenceRuns.Select(run => run.Seconds)],
            OursCpu = [.. runs.Select(run => run.CpuSeconds)],
            ReferenceCpu = [.. referenceRuns.Select(run => run.CpuSeconds)],
            Values = (value, referenceValue),
            PeakMegabytes = peak,
        };
    }

    /// <summary>Runs our side alone.</summary>
    public static Comparison RunAlone(string work, Side ours, int repeats)
    {
        var peak = ours.WarmUp();
        var runs = Enumerable.Range(0, repeats).Select(_ => Time(ours.Run)).ToArray();
        return new Comparison
        {
            Work = work,
            OursName = ours.Name,
            ReferenceName = "",
            Ours = [.. runs.Select(run => run.Seconds)],
            Reference = [],
            OursCpu = [.. runs.Select(run => run.CpuSeconds)],
            ReferenceCpu = [],
            Values = (runs[^1].Value, null),
            PeakMegabytes = peak,
        };
    }

    public static Timing Time(Func<double> run)
    {
        var (clock, before) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
        var value = run();
        return new(clock.Elapsed.TotalSeconds, (Environment.CpuUsage.TotalTime - before).TotalSeconds, value);
    }

    private static double Median(IReadOnlyList<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }
}
