namespace AutoRec.Cli.Tracking;

/// <summary>How a run ended, by the numbers of MLflow's files.</summary>
internal enum RunStatus
{
    Running = 1,
    Finished = 3,
    Failed = 4,
}

/// <summary>A value of a metric.</summary>
/// <param name="Key">The metric's name.</param>
/// <param name="Value">The value.</param>
/// <param name="Step">The epoch; 0 for a result.</param>
/// <param name="Time">When it was measured.</param>
internal sealed record MetricPoint(string Key, double Value, long Step, DateTimeOffset Time);

/// <summary>A run that has begun.</summary>
/// <param name="Id">What the store calls it.</param>
/// <param name="Name">Its name.</param>
/// <param name="Start">When it began.</param>
internal sealed record StartedRun(string Id, string Name, DateTimeOffset Start);

/// <summary>Where runs are kept: a tracking server or a folder of files.</summary>
internal interface IMlflowStore : IDisposable
{
    /// <summary>Begins a run.</summary>
    StartedRun Begin(string name, DateTimeOffset start);

    /// <summary>Adds what became known of a run.</summary>
    void Log(StartedRun run, IReadOnlyList<MetricPoint> metrics, IReadOnlyList<KeyValuePair<string, string>> parameters);

    /// <summary>Ends a run.</summary>
    void End(StartedRun run, RunStatus status, DateTimeOffset end);
}
