using TorchSharp;

namespace AutoRec.Benchmarks;

/// <summary>How large and how often.</summary>
/// <param name="Scale">The share of the full sizes' ratings.</param>
/// <param name="Repeats">Runs of each side that count.</param>
/// <param name="HiddenUnits">In place of those of each benchmark; null for those.</param>
internal sealed record BenchmarkOptions(double Scale, int Repeats, int? HiddenUnits)
{
    public int Hidden(int usual) => HiddenUnits ?? usual;
}

/// <summary>The machine's limits, on as many threads as are measured with. A method of its own: compiling one that names torch loads
/// it.</summary>
internal static class Limits
{
    public static Machine Measure(int threads)
    {
        torch.set_num_threads(threads);
        return Machine.Measure();
    }
}
