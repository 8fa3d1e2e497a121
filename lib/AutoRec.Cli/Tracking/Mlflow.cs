using AutoRec.Data;
using AutoRec.Training;

namespace AutoRec.Cli.Tracking;

/// <summary>Writes runs for MLflow. After the first run has begun, a store that fails costs a note, not the training.</summary>
internal sealed class Mlflow : IDisposable
{
    private readonly IMlflowStore store;
    private readonly TextWriter notes;
    private volatile bool isSilenced;
    private volatile bool hasBegun;

    private Mlflow(IMlflowStore store, TextWriter notes) => (this.store, this.notes) = (store, notes);

    /// <param name="address">An address (http, https), or a folder: a path, or file:///PATH.</param>
    /// <param name="experiment">The experiment that runs belong to; it is made where it is missing.</param>
    /// <param name="notes">Where failures are noted.</param>
    public static Mlflow Open(string address, string experiment, TextWriter notes) => new(
        !Uri.TryCreate(address, UriKind.Absolute, out var uri) || Path.IsPathRooted(address) ? new MlflowFiles(address, experiment)
        : uri.IsFile ? new MlflowFiles(uri.LocalPath, experiment)
        : uri.Scheme is "http" or "https" ? new MlflowServer(uri, experiment)
        : throw new ArgumentException($"--mlflow {address}: expected http://SERVER, https://SERVER or a folder."),
        notes);

    /// <summary>
    /// Begins a run. That the store fails is an error for the first one, for the work has not begun yet; later ones are then null.
    /// </summary>
    public Run? Begin(string name)
    {
        StartedRun? started = null;
        if (!hasBegun)
        {
            (started, hasBegun) = (store.Begin(name, DateTimeOffset.UtcNow), true);
        }
        else
        {
            Try(() => started = store.Begin(name, DateTimeOffset.UtcNow));
        }

        return started is null ? null : new Run(this, started);
    }

    public void Dispose() => store.Dispose();

    // MLflow takes letters, digits and a few signs.
    private static string Key(string name) => string.Concat(name.Replace("@", "_at_", StringComparison.Ordinal)
        .Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '.' ? letter : '_'));

    private void Try(Action act)
    {
        if (isSilenced)
        {
            return;
        }

        try
        {
            act();
        }
        catch (IOException error)
        {
            isSilenced = true;
            notes.WriteLine($"note: nothing more is written to MLflow: {error.Message}");
        }
    }

    /// <summary>One run. Disposed without <see cref="Finish"/>, it has failed.</summary>
    internal sealed class Run(Mlflow owner, StartedRun started) : IDisposable
    {
        private static readonly TimeSpan BetweenWrites = TimeSpan.FromSeconds(10);

        private readonly List<MetricPoint> waiting = [];
        private DateTimeOffset written = DateTimeOffset.UtcNow;
        private bool isOver;

        /// <summary>A receiver of epochs that writes them too. Those of the fit to everything have names of their own.</summary>
        public IProgress<WorkReport> Watch(IProgress<WorkReport>? inner) => new Watcher(this, inner);

        /// <summary>Writes options and results and ends the run.</summary>
        public void Finish(IEnumerable<KeyValuePair<string, string>> parameters, IEnumerable<KeyValuePair<string, double>> results)
        {
            var now = DateTimeOffset.UtcNow;
            waiting.AddRange(
                results.Where(one => double.IsFinite(one.Value)).Select(one => new MetricPoint(Key(one.Key), one.Value, 0, now)));
            owner.Try(() => owner.store.Log(started, waiting, [.. parameters.Select(one => KeyValuePair.Create(Key(one.Key), one.Value))]));
            End(RunStatus.Finished);
        }

        public void Dispose() => End(RunStatus.Failed);

        private void End(RunStatus status)
        {
            if (!isOver)
            {
                isOver = true;
                owner.Try(() => owner.store.End(started, status, DateTimeOffset.UtcNow));
            }
        }

        private void Add(EpochReport report)
        {
            var now = DateTimeOffset.UtcNow;
            var phase = report.Validation is null ? "refit_" : "";
            waiting.Add(new($"{phase}train_{Key(report.TrainMetric)}", report.TrainError, report.Epoch, now));
            if (report.Validation is { } validation)
            {
                waiting.Add(new($"validation_{Key($"{report.ValidationMetric}")}", validation, report.Epoch, now));
            }

            if (now - written >= BetweenWrites)
            {
                written = now;
                MetricPoint[] points = [.. waiting];
                waiting.Clear();
                owner.Try(() => owner.store.Log(started, points, []));
            }
        }

        private sealed class Watcher(Run run, IProgress<WorkReport>? inner) : IProgress<WorkReport>
        {
            public void Report(WorkReport value)
            {
                inner?.Report(value);
                if (value is EpochReport epoch)
                {
                    run.Add(epoch);
                }
            }
        }
    }
}
