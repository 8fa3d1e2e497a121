using System.Globalization;
using System.Text.Json;
using AutoRec.Catalog;
using AutoRec.Evaluation;
using AutoRec.Experiments;
using AutoRec.Splitting;

namespace AutoRec.Benchmarks;

/// <summary>
/// All models with their default options on many data sets: writes <c>defaults.json</c> and the tables of <c>defaults.md</c>. What is in
/// the former is not measured again.
/// </summary>
internal static class DefaultsTable
{
    private const int Seed = 1;

    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private static readonly Dictionary<ModelKind, Metric> Metrics = new()
    {
        [ModelKind.Rating] = Metric.Rmse,
        [ModelKind.Ranking] = Metric.Ndcg(20),
    };

    public static void Write(IEnumerable<string> sets, IReadOnlyCollection<string> models, string? data, string output)
    {
        var path = Path.Combine(output, "defaults.json");
        var cells = File.Exists(path) ? JsonSerializer.Deserialize<List<Cell>>(File.ReadAllText(path), Format)! : [];
        foreach (var set in sets)
        {
            var loaded = DefaultSets.Load(set, data);
            var fold = Fold.Of(loaded, new RandomSplitter(0.9), Seed);
            foreach (var kind in Metrics.Keys.Where(kind => kind == ModelKind.Ranking || loaded.Data.Interactions.Feedback.HasRatings))
            {
                var missing = ModelCatalog.All.Where(entry => entry.Kind == kind
                    && (models.Count == 0 || models.Contains(entry.Name))
                    && !cells.Exists(cell => cell.Set == set && cell.Model == entry.Name)).ToList();
                if (missing.Count == 0)
                {
                    continue;
                }

                var baseline = ModelCatalog.BaselineOf(kind);
                var floor = Values(baseline, kind);
                foreach (var entry in missing)
                {
                    var start = Environment.CpuUsage.TotalTime;
                    if (new Experiment(entry).Obstacle(fold) is { } obstacle)
                    {
                        Console.Error.WriteLine($"{set}: {entry.Name}: {obstacle}");
                        continue;
                    }

                    var values = entry == baseline ? floor : Values(entry, kind);
                    var difference = PairedComparison.Of(values.PerUser, floor.PerUser);
                    var isWorse = Metrics[kind].HigherIsBetter ? difference.IsLower : difference.IsHigher;
                    var cell = new Cell(set, entry.Name, values.Mean, isWorse, (Environment.CpuUsage.TotalTime - start).TotalSeconds);
                    Console.Error.WriteLine(cell);
                    cells.Add(cell);
                    File.WriteAllText(path, JsonSerializer.Serialize(cells, Format));
                }

                (double Mean, UserValues PerUser) Values(ModelEntry entry, ModelKind kind)
                {
                    var outcome = new Experiment(entry) { Metrics = [Metrics[kind]], ChecksBaseline = false }.Run(fold, Seed);
                    return (outcome[Metrics[kind]], outcome.PerUser[Metrics[kind]]);
                }
            }
        }

        var page = new MarkedPage(Path.Combine(output, "defaults.md"));
        foreach (var kind in Metrics.Keys)
        {
            page[$"{kind}"] = Table(kind, cells);
        }
    }

    private static string Table(ModelKind kind, List<Cell> cells)
    {
        var rows = ModelCatalog.All.Where(entry => entry.Kind == kind && cells.Any(cell => cell.Model == entry.Name)).ToList();
        var columns = DefaultSets.Names.Where(set => rows.Any(row => Find(set, row) is not null)).ToList();
        string[] lines =
        [
            $"| model | {string.Join(" | ", columns)} |",
            $"|---|{string.Concat(columns.Select(_ => "---:|"))}",
            .. rows.Select(row => $"| {row.Name} | {string.Join(" | ", columns.Select(set => Text(set, row)))} |"),
        ];
        return string.Join("\n", lines) + "\n";

        Cell? Find(string set, ModelEntry entry) => cells.Find(cell => cell.Set == set && cell.Model == entry.Name);

        string Text(string set, ModelEntry entry)
        {
            if (Find(set, entry) is not { } cell)
            {
                return "";
            }

            var value = cell.Value.ToString("0.0000", CultureInfo.InvariantCulture);
            var floor = Find(set, ModelCatalog.BaselineOf(kind))?.Value ?? double.NaN;
            var isBelow = Metrics[kind].HigherIsBetter ? cell.Value < floor : cell.Value > floor;
            return cell.IsWorse ? $"**{value}**" : isBelow ? $"*{value}*" : value;
        }
    }

    /// <summary>A model on a data set.</summary>
    /// <param name="Set">The set, see <see cref="DefaultSets"/>.</param>
    /// <param name="Model">The model.</param>
    /// <param name="Value">Its RMSE or NDCG@20.</param>
    /// <param name="IsWorse">Whether it is significantly worse than the baseline, by users.</param>
    /// <param name="CpuSeconds">Processor time.</param>
    private sealed record Cell(string Set, string Model, double Value, bool IsWorse, double CpuSeconds);
}
