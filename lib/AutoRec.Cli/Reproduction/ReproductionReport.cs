using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using AutoRec.Data;
using AutoRec.Evaluation;

namespace AutoRec.Cli.Reproduction;

/// <summary>
/// The results of all experiments: <c>reproduction.json</c> holds them, <c>reproduction.md</c> is made of it. Running one experiment
/// changes only what is said of it.
/// </summary>
internal sealed class ReproductionReport
{
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        IndentSize = 1,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private const string TableStart = "<!-- results: made by `autorec reproduce --pages` from docs/reproduction.json; do not edit -->";
    private const string Mark = "Made by `autorec reproduce --data-dir DIR` from `reproduction.json`; do not edit. ";
    private const string TableEnd = "<!-- end of results -->";

    private const string Introduction =
        """
        *Ours* is the mean over runs (seeds, or folds), with the standard deviation over several runs. Where all seeds test
        the same users, *95 % over users* is the confidence interval of this mean by a bootstrap over these users: it says
        how far the mean depends on who was tested. *Needed* is the published figure or a tolerance around it (3 %; 0.003 for
        RMSE; 0.01 for metrics on sampled negatives); bounds of this project are marked *(own)*. Brackets after a model name
        a variant, or an architecture that is not the paper's. Options and epochs are chosen on validation data held out of
        the training part, never on the test part. Seconds are those of one fit on the machine that made the row (2 cores),
        which other work slowed at times.
        """;

    private readonly string folder;
    private readonly Dictionary<string, ReproducedResult> results;

    private ReproductionReport(string folder, Dictionary<string, ReproducedResult> results)
    {
        this.folder = folder;
        this.results = results;
    }

    private string PagePath => Path.Combine(folder, "reproduction.md");

    private string JsonPath => Path.Combine(folder, "reproduction.json");

    /// <summary>The results that a folder holds, or none yet.</summary>
    /// <exception cref="DataFileException">The file is there and cannot be used.</exception>
    public static ReproductionReport Open(string folder)
    {
        var report = new ReproductionReport(folder, []);
        if (File.Exists(report.JsonPath))
        {
            try
            {
                var array = JsonNode.Parse(File.ReadAllText(report.JsonPath))!["results"]!.AsArray();
                foreach (var result in array.Select(node => ReproducedResult.Of(node!.AsObject())))
                {
                    report.results.Add(result.Name, result);
                }
            }
            catch (Exception error)
                when (error is JsonException or InvalidOperationException or NullReferenceException or FormatException or ArgumentException)
            {
                throw new DataFileException(
                    report.JsonPath, $"This is not a file of results: {error.Message} Move it away to start again.", error);
            }
        }

        var page = report.PagePath;
        if (File.Exists(page) && !File.ReadAllText(page).Contains(Mark, StringComparison.Ordinal))
        {
            throw new DataFileException(
                page,
                "The file exists and is not a page of results, so it was not overwritten. "
                + "Move it away, or choose another --output folder.");
        }

        WholeFile.CheckFolderWritable(Path.GetFullPath(folder));
        return report;
    }

    public void Put(ReproducedResult result) => results[result.Name] = result;

    /// <summary>Puts the result of some of an experiment's seeds and writes the files; one of all seeds stays until all are there again.
    /// </summary>
    public void SavePart(PublishedResult experiment, ReproducedResult result)
    {
        if (!results.TryGetValue(experiment.Name, out var earlier) || experiment.IsPartial(earlier))
        {
            Put(result);
            Save();
        }
    }

    /// <summary>The result of some of an experiment's seeds; null if there is none, or one of all seeds.</summary>
    public ReproducedResult? PartOf(PublishedResult experiment) =>
        results.TryGetValue(experiment.Name, out var result) && experiment.IsPartial(result) ? result : null;

    /// <summary>Writes both files; results of experiments that no longer exist are left out.</summary>
    public void Save()
    {
        var known = PublishedResults.All
            .Where(experiment => results.ContainsKey(experiment.Name))
            .Select(experiment => results[experiment.Name].ToJson());
        WholeFile.Write(JsonPath, new JsonObject { ["results"] = new JsonArray([.. known]) }.ToJsonString(Json) + "\n");
        WritePages();
    }

    /// <summary>
    /// Writes the pages made from the results: <c>reproduction.md</c>, and the table in the README beside the folder, if it has one.
    /// </summary>
    public void WritePages()
    {
        WholeFile.Write(PagePath, ToMarkdown());
        var readme = Path.Combine(Path.GetFullPath(folder), "..", "README.md");
        if (File.Exists(readme) && File.ReadAllText(readme) is var text && WithHeadlines(text) is var changed && changed != text)
        {
            WholeFile.Write(Path.GetFullPath(readme), changed);
        }
    }

    /// <summary>A text with the table of headlines between its two marks; the unchanged text if it has no marks.</summary>
    public string WithHeadlines(string text)
    {
        var (start, end) = (text.IndexOf(TableStart, StringComparison.Ordinal), text.IndexOf(TableEnd, StringComparison.Ordinal));
        return start < 0 || end < start ? text : $"{text[..start]}{TableStart}\n{Headlines()}{text[end..]}";
    }

    // Of each experiment the first figure that somebody published.
    private string Headlines()
    {
        var text = new StringBuilder("| data and protocol | model | metric | published | ours |\n|---|---|---|---:|---:|\n");
        foreach (var experiment in PublishedResults.All.Where(experiment => results.ContainsKey(experiment.Name)))
        {
            if (experiment.Targets.FirstOrDefault(target => target.Published is not null) is { } target)
            {
                text.Append($"| {experiment.Protocol.Title} | {experiment.Model}{Variant(experiment)} | {Directed(target.Metric)} ")
                    .Append($"| {Number(target.Published)} | {Ours(results[experiment.Name], target.Metric)} |\n");
            }
        }

        return text.ToString();
    }

    public string ToMarkdown()
    {
        var text = new StringBuilder();
        text.AppendLine("# Published figures, reproduced").AppendLine()
            .Append(Mark).AppendLine("`data/README.md` says where the data come from.")
            .AppendLine(Introduction).AppendLine();
        foreach (var group in PublishedResults.All.GroupBy(experiment => experiment.Protocol))
        {
            Append(text, group.Key, [.. group]);
        }

        AppendDuel(text);
        return text.Replace("\r\n", "\n").ToString();
    }

    // The question of one of the projects this one descends from: factorisation by EM, or an autoencoder?
    private void AppendDuel(StringBuilder text)
    {
        string[] names = ["pmf-em-ml-1m", "autorec-item-ml-1m"];
        text.AppendLine("## Matrix factorisation by EM against AutoRec: error and training time").AppendLine()
            .AppendLine("The rows above of MovieLens 1M, random 90/10, side by side: same splits, made in one run by").AppendLine()
            .AppendLine($"    autorec reproduce {string.Join(" ", names.Select(name => $"--only {name}"))} --data-dir DIR").AppendLine();
        if (names.Any(name => !results.ContainsKey(name)))
        {
            text.AppendLine("Not run yet.");
            return;
        }

        text.AppendLine($"| model | {Directed("rmse")} | {Directed("mae")} | fit, s | seeds |").AppendLine("|---|---:|---:|---:|---|");
        foreach (var result in names.Select(name => results[name]))
        {
            var (rmse, mae, seeds) = (Ours(result, "rmse"), Ours(result, "mae"), string.Join(", ", result.Seeds));
            text.AppendLine(FormattableString.Invariant($"| **{result.Model}** | {rmse} | {mae} | {result.FitSeconds:0.0} | {seeds} |"));
        }

        var (em, autoRec) = (results[names[0]], results[names[1]]);
        var (difference, times) = (autoRec.Mean("rmse") - em.Mean("rmse"), autoRec.FitSeconds / em.FitSeconds);
        text.AppendLine()
            .Append(FormattableString.Invariant($"AutoRec's RMSE less that of EM: {difference:+0.0000;-0.0000}; "))
            .AppendLine(FormattableString.Invariant(
                $"its time over that of EM, the choice of the number of epochs included: {times:0.0}."));
    }

    private static string Directed(string metric) => MetricColumn.Heading(Metric.Parse(metric));

    private void Append(StringBuilder text, Protocol protocol, PublishedResult[] experiments)
    {
        text.AppendLine($"## {protocol.Title}").AppendLine().AppendLine(protocol.Description).AppendLine();
        var (interval, alignment, none) = protocol.IsFixed ? ("| 95 % over users ", "|---:", "| ") : ("", "", "");
        text.AppendLine($"| model | metric | published | ours {interval}| needed | result | runs | fit, s | `autorec reproduce` |")
            .AppendLine($"|---|---|---:|---:{alignment}|---:|---|---:|---:|---|");
        foreach (var experiment in experiments)
        {
            if (!results.TryGetValue(experiment.Name, out var result))
            {
                text.AppendLine(
                    $"| {experiment.Model}{Variant(experiment)} | | | not run yet {none}| | | | | `--only {experiment.Name}` |");
                continue;
            }

            var first = true;
            foreach (var metric in protocol.Specs.Select(spec => spec.ToString()))
            {
                var target = experiment.Targets.FirstOrDefault(target => target.Metric == metric);
                var (published, verdict) = (Number(target?.Published), Verdict(target, result.Mean(metric)));
                text.AppendLine(
                    $"| {(first ? $"**{experiment.Model}**{Variant(experiment)}" : "")} | {Directed(metric)} | {published} "
                    + $"| {Ours(result, metric)} {(protocol.IsFixed ? $"| {Interval(result, metric)} " : "")}"
                    + $"| {Needed(target)} | {verdict} "
                    + (first
                        ? FormattableString.Invariant($"| {Runs(experiment, result)} | {result.FitSeconds:0.0} ")
                            + $"| `--only {experiment.Name}` |"
                        : "| | | |"));
                first = false;
            }
        }

        text.AppendLine();
        foreach (var experiment in experiments.Where(experiment => experiment.Note is not null || experiment.Settings.Count > 0))
        {
            var settings = experiment.Settings.Count > 0 ? $"`{string.Join("`, `", experiment.Settings)}`. " : "";
            text.AppendLine($"- `{experiment.Name}`: {settings}{experiment.Note}".TrimEnd());
        }

        var remarks = experiments.Where(experiment => results.ContainsKey(experiment.Name)).Select(experiment => results[experiment.Name])
            .Where(result => result.Remark is not null).GroupBy(result => result.Remark, result => $"`{result.Name}`");
        foreach (var remark in remarks)
        {
            text.AppendLine($"- {string.Join(", ", remark)}: {remark.Key}");
        }

        string[] sources =
        [
            .. experiments.SelectMany(experiment => experiment.Targets).Select(target => target.Source).OfType<string>().Distinct(),
        ];
        if (sources.Length > 0)
        {
            text.AppendLine($"- Published figures: {string.Join("; ", sources)}.");
        }

        text.AppendLine();
    }

    private static string Number(double? value) => value?.ToString("0.0000", CultureInfo.InvariantCulture) ?? "";

    private static string Ours(ReproducedResult result, string metric) =>
        Number(result.Mean(metric)) + (result.Deviation(metric) is { } deviation ? $" ± {Number(deviation)}" : "");

    private static string Interval(ReproducedResult result, string metric) =>
        result.Intervals.TryGetValue(metric, out var interval) ? $"{Number(interval.Low)} to {Number(interval.High)}" : "";

    private static string Variant(PublishedResult experiment) => experiment.Variant is { } variant ? $" ({variant})" : "";

    private static string Runs(PublishedResult experiment, ReproducedResult result) =>
        experiment.IsDeterministic && result.Runs == 1 ? "1, deterministic"
        : experiment.IsPartial(result) ? FormattableString.Invariant($"{result.Seeds.Count} of {experiment.Seeds.Count} seeds so far")
        : FormattableString.Invariant($"{result.Runs}");

    private static string Needed(Target? target) => target switch
    {
        null => "",
        { Least: var least, Most: double.PositiveInfinity } => $"≥ {Number(least)}",
        { Least: double.NegativeInfinity, Most: var most } => $"≤ {Number(most)}",
        var both => $"{Number(both.Least)} to {Number(both.Most)}",
    } + (target is { IsOwn: true } ? " (own)" : "");

    private static string Verdict(Target? target, double ours) => target is null ? ""
        : target.MissedBy(ours) is > 0 and var by ? $"missed by {Number(by)}"
        : "met";
}
