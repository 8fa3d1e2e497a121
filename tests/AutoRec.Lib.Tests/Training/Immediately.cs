using AutoRec.Data;
using AutoRec.Training;

namespace AutoRec.Tests;

/// <summary>Acts on the report of each epoch at once; <see cref="Progress{T}"/> does so on another thread, some time later.</summary>
internal sealed class Immediately(Action<EpochReport> act) : IProgress<WorkReport>
{
    public void Report(WorkReport value)
    {
        if (value is EpochReport epoch)
        {
            act(epoch);
        }
    }
}
