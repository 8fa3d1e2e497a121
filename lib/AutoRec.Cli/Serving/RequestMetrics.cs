using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace AutoRec.Cli.Serving;

/// <summary>Counts requests and their durations, in the text format of Prometheus.</summary>
internal sealed class RequestMetrics
{
    private static readonly double[] Bounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5];

    private readonly ConcurrentDictionary<(string Route, int Status), Series> requests = new();

    public void Add(string route, int status, TimeSpan duration) =>
        requests.GetOrAdd((route, status), _ => new Series()).Add(duration.TotalSeconds);

    public string Write(LoadedModel model)
    {
        var text = new StringBuilder();
        Head(text, "autorec_requests", "Requests and how long they took, by route and status.", "histogram", "_duration_seconds");
        var ordered = requests.OrderBy(entry => entry.Key.Route, StringComparer.Ordinal).ThenBy(entry => entry.Key.Status);
        foreach (var ((route, status), series) in ordered)
        {
            series.Write(text, string.Create(CultureInfo.InvariantCulture, $"route=\"{Escape(route)}\",status=\"{status}\""));
        }

        var fitted = model.Service.Fitted;
        Head(text, "autorec_model_info", "The model that is served.", "gauge");
        var (name, data, version) = (Escape(fitted.Entry.Name), Escape(fitted.Data.Title), Escape(fitted.LibraryVersion));
        Line(text, $"autorec_model_info{{model=\"{name}\",data=\"{data}\",version=\"{version}\"}} 1");
        Head(text, "autorec_model_loaded_timestamp_seconds", "When it was read.", "gauge");
        Line(text, $"autorec_model_loaded_timestamp_seconds {model.LoadedAt.ToUnixTimeSeconds()}");
        Head(text, "autorec_model_reloads_total", "Models that took the place of another, and those that could not be read.", "counter");
        Line(text, $"autorec_model_reloads_total{{result=\"ok\"}} {model.Reloads}");
        Line(text, $"autorec_model_reloads_total{{result=\"failed\"}} {model.Failures}");
        Head(text, "process_resident_memory_bytes", "Memory of the process.", "gauge");
        Line(text, $"process_resident_memory_bytes {Environment.WorkingSet}");
        Head(text, "dotnet_gc_heap_size_bytes", "Memory that the garbage collector manages.", "gauge");
        Line(text, $"dotnet_gc_heap_size_bytes {GC.GetTotalMemory(false)}");
        return text.ToString();
    }

    private static void Head(StringBuilder text, string name, string help, string type, string unit = "")
    {
        text.Append("# HELP ").Append(name).Append(unit).Append(' ').Append(help).Append('\n');
        text.Append("# TYPE ").Append(name).Append(unit).Append(' ').Append(type).Append('\n');
    }

    private static void Line(StringBuilder text, FormattableString line) => text.Append(FormattableString.Invariant(line)).Append('\n');

    private static string Escape(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal);

    /// <summary>The histogram of one route and status.</summary>
    private sealed class Series
    {
        private readonly long[] counts = new long[Bounds.Length + 1];
        private long microseconds;

        public void Add(double seconds)
        {
            var bound = Array.FindIndex(Bounds, bound => seconds <= bound);
            Interlocked.Increment(ref counts[bound < 0 ? Bounds.Length : bound]);
            Interlocked.Add(ref microseconds, (long)(seconds * 1e6));
        }

        public void Write(StringBuilder text, string labels)
        {
            var count = 0L;
            for (var i = 0; i <= Bounds.Length; i++)
            {
                count += Interlocked.Read(ref counts[i]);
                var bound = i < Bounds.Length ? Bounds[i].ToString(CultureInfo.InvariantCulture) : "+Inf";
                Line(text, $"autorec_requests_duration_seconds_bucket{{{labels},le=\"{bound}\"}} {count}");
            }

            Line(text, $"autorec_requests_duration_seconds_sum{{{labels}}} {Interlocked.Read(ref microseconds) / 1e6}");
            Line(text, $"autorec_requests_duration_seconds_count{{{labels}}} {count}");
        }
    }
}
