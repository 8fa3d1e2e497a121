using System.Globalization;
using AutoRec.Data;

namespace AutoRec.Cli.Tracking;

/// <summary>
/// MLflow's file store: a folder with a folder for each experiment, in it one for each run, in it a file for each parameter and metric.
/// <c>mlflow ui --backend-store-uri FOLDER</c> shows it. Only new runs are written.
/// </summary>
internal sealed class MlflowFiles : IMlflowStore
{
    private const string Meta = "meta.yaml";
    private const string NameKey = "name: ";
    private readonly string experiment;

    public MlflowFiles(string folder, string experiment)
    {
        folder = Path.GetFullPath(folder);
        WholeFile.CheckFolderWritable(folder);
        this.experiment = Find(folder, experiment) ?? Create(folder, experiment);
    }

    public StartedRun Begin(string name, DateTimeOffset start)
    {
        var run = new StartedRun(Guid.NewGuid().ToString("N"), name, start);
        var folder = FolderOf(run);
        foreach (var part in new[] { "params", "metrics", "tags", "artifacts" })
        {
            Directory.CreateDirectory(Path.Combine(folder, part));
        }

        File.WriteAllText(Path.Combine(folder, "tags", "mlflow.runName"), name);
        WriteMeta(run, RunStatus.Running, null);
        return run;
    }

    public void Log(StartedRun run, IReadOnlyList<MetricPoint> metrics, IReadOnlyList<KeyValuePair<string, string>> parameters)
    {
        foreach (var (key, value) in parameters)
        {
            File.WriteAllText(Path.Combine(FolderOf(run), "params", key), value);
        }

        foreach (var points in metrics.GroupBy(point => point.Key))
        {
            var lines = points.Select(point => string.Create(
                CultureInfo.InvariantCulture, $"{point.Time.ToUnixTimeMilliseconds()} {point.Value:R} {point.Step}\n"));
            File.AppendAllText(Path.Combine(FolderOf(run), "metrics", points.Key), string.Concat(lines));
        }
    }

    public void End(StartedRun run, RunStatus status, DateTimeOffset end) => WriteMeta(run, status, end);

    public void Dispose()
    {
    }

    private static string? Find(string folder, string name) => !Directory.Exists(folder) ? null
        : Directory.EnumerateDirectories(folder).FirstOrDefault(one => File.Exists(Path.Combine(one, Meta))
            && File.ReadLines(Path.Combine(one, Meta)).Any(line =>
                line.StartsWith(NameKey, StringComparison.Ordinal) && line[NameKey.Length..].Trim('\'', '"') == name));

    private static string Create(string folder, string name)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        var parts = Guid.NewGuid().ToByteArray().Take(9);
        var id = string.Concat(parts.Select(part => (part % 100).ToString("00", CultureInfo.InvariantCulture)));
        var path = Path.Combine(folder, id);
        Directory.CreateDirectory(path);
        WholeFile.Write(Path.Combine(path, Meta), string.Create(CultureInfo.InvariantCulture, $"""
            artifact_location: {Quoted(new Uri(path).AbsoluteUri)}
            creation_time: {now}
            experiment_id: '{id}'
            last_update_time: {now}
            lifecycle_stage: active
            {NameKey}{Quoted(name)}

            """));
        return path;
    }

    private string FolderOf(StartedRun run) => Path.Combine(experiment, run.Id);

    private void WriteMeta(StartedRun run, RunStatus status, DateTimeOffset? end) =>
        WholeFile.Write(Path.Combine(FolderOf(run), Meta), string.Create(CultureInfo.InvariantCulture, $"""
            artifact_uri: {Quoted(new Uri(Path.Combine(FolderOf(run), "artifacts")).AbsoluteUri)}
            end_time: {end?.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture) ?? "null"}
            entry_point_name: ''
            experiment_id: '{Path.GetFileName(experiment)}'
            lifecycle_stage: active
            run_id: {run.Id}
            run_name: {Quoted(run.Name)}
            run_uuid: {run.Id}
            source_name: autorec
            source_type: 4
            source_version: ''
            start_time: {run.Start.ToUnixTimeMilliseconds()}
            status: {(int)status}
            tags: []
            user_id: ''

            """));

    private static string Quoted(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
