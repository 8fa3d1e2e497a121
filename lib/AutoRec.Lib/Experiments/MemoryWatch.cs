namespace AutoRec.Experiments;

/// <summary>Looks at the memory of the process from time to time.</summary>
internal sealed class MemoryWatch : IDisposable
{
    private readonly long before = Environment.WorkingSet;
    private readonly Timer timer;
    private long most;

    public MemoryWatch() => timer = new Timer(_ => Look(), null, 0, 20);

    /// <summary>The most that memory grew since the start, in bytes.</summary>
    public long Grown
    {
        get
        {
            Look();
            return Math.Max(0, Interlocked.Read(ref most) - before);
        }
    }

    public void Dispose() => timer.Dispose();

    private void Look()
    {
        var now = Environment.WorkingSet;
        var seen = Interlocked.Read(ref most);
        while (now > seen && Interlocked.CompareExchange(ref most, now, seen) is var other && other != seen)
        {
            seen = other;
        }
    }
}
