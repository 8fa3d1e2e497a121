using AutoRec.Experiments;
using AutoRec.Native;

namespace AutoRec.Cli.Commands;

/// <summary>Says before large work how much memory and time it takes.</summary>
internal static class CostNotes
{
    /// <summary>Writes a line for each experiment that takes more than half a minute or a gigabyte.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="experiments">The experiments.</param>
    /// <param name="loaded">The data.</param>
    /// <param name="runs">How often each is run. Default 1.</param>
    public static void Write(TextWriter output, IEnumerable<Experiment> experiments, LoadedData loaded, int runs = 1) => Notes.Write(
        output,
        from experiment in experiments
        let cost = experiment.Estimate(loaded)
        let note = (cost is null ? null : cost with { Seconds = runs * cost.Seconds, EpochSeconds = runs * cost.EpochSeconds })?.Note
        where note is not null
        select $"{experiment.Name} takes {note} on {ComputeThreads.Count} threads (a rough estimate)");
}
