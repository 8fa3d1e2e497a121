using System.Diagnostics;
using System.Numerics.Tensors;

namespace AutoRec.Distributed;

/// <summary>
/// Shares of work that is done again and again, such as the rows of a half-step, cut so that all processes end together: each time by how
/// long they took the time before. What a row takes depends on caches and processors, of which weights know nothing.
/// </summary>
/// <remarks>Only for results that do not depend on who computes them.</remarks>
internal sealed class TimedShares
{
    private readonly IProcessGroup group;
    private readonly double[] weights; // [things]: how long each takes, in any unit
    private Shares? shares;
    private long start;

    /// <summary>Begins with weights as a first guess.</summary>
    /// <param name="weights">The weight of each thing, at least 0; changed by what is measured.</param>
    /// <param name="group">The processes.</param>
    public TimedShares(double[] weights, IProcessGroup group) => (this.weights, this.group) = (weights, group);

    /// <summary>Cuts the things, and starts the clock.</summary>
    public Shares Begin()
    {
        start = Stopwatch.GetTimestamp();
        return shares = Shares.OfWeights(weights, group);
    }

    /// <summary>Stops the clock: the process has done its share. Each process must call it.</summary>
    public void End() => End(Stopwatch.GetElapsedTime(start).TotalSeconds);

    /// <summary>The same with a time that was measured elsewhere.</summary>
    /// <param name="seconds">How long this process took.</param>
    public void End(double seconds)
    {
        if (group.Size == 1)
        {
            return;
        }

        var times = group.AllGather(seconds);
        for (var rank = 0; rank < group.Size; rank++)
        {
            var (first, end) = shares!.Of(rank);
            var own = weights.AsSpan(first, end - first);
            var sum = 0.0;
            foreach (var weight in own)
            {
                sum += weight; // One after the other: the cut must be the same on processors with other vectors.
            }

            // The root is half of the way, so that one slow moment does not move much. The mean weight tends to 1.
            var factor = sum > 0 && times[rank] > 0 ? Math.Sqrt(times[rank] * weights.Length / (times.Sum() * sum)) : 1;
            TensorPrimitives.Multiply(own, factor, own);
        }
    }
}
