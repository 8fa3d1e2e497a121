using AutoRec.Training;

namespace AutoRec.Tests;

/// <summary>Acts on each report at once; <see cref="Progress{T}"/> does so on another thread, some time later.</summary>
internal sealed class Immediately(Action<EpochReport> act) : IProgress<EpochReport>
{
    public void Report(EpochReport value) => act(value);
}
