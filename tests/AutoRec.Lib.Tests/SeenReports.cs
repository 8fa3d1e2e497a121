using AutoRec.Data;

namespace AutoRec.Tests;

/// <summary>All reports of progress, in their order.</summary>
internal sealed class SeenReports : IProgress<WorkReport>
{
    public List<WorkReport> Reports { get; } = [];

    public void Report(WorkReport value)
    {
        lock (Reports)
        {
            Reports.Add(value);
        }
    }
}
