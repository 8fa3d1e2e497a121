using System.CommandLine;
using AutoRec.Catalog;
using AutoRec.Evaluation;
using AutoRec.Experiments;
using AutoRec.Splitting;

namespace AutoRec.Cli.Commands;

/// <summary><c>autorec compare</c>: several models on the same splits, over several seeds.</summary>
internal static class CompareCommand
{
    public static Command Create()
    {
        var (compute, data, mlflow) = (new ComputeOptions(), new DataSourceOptions(), new MlflowOptions());
        var models = new Option<string>("--models")
        {
            Description = "The models, separated by commas. Options may follow a name, so that a model can be compared with itself: "
                + "ease,ease:regularization=200:half-life=30.",
            HelpName = "a,b,c",
            Required = true,
        };
        var set = new Option<string[]>("--set")
        {
            Description = "Sets an option of one of the models; may be given several times.",
            HelpName = "model.option=value",
            DefaultValueFactory = _ => [],
        };
        var halfLife = ModelOptions.HalfLifeOption();
        halfLife.Description += " Applies to all models; --set model.half-life=90 to one of them.";
        var split = EvaluateCommand.SplitOption("random:0.9");
        var metrics = EvaluateCommand.MetricsOption("ndcg@10,recall@10,precision@10");
        var seeds = new Option<int?>("--seeds")
        {
            Description = "The number of seeds: 1, 2, ... Each seed has its own split, or its own folds, and training. "
                + "Default: 5, or 1 with --split kfold.",
            HelpName = "N",
        };
        var json = EvaluateCommand.JsonOption();
        var style = new Option<string>("--as")
        {
            Description = "How to print the result.",
            HelpName = "table|markdown|html",
            DefaultValueFactory = _ => "table",
        };
        style.AcceptOnlyFromAmong("table", "markdown", "html");
        var command = new Command("compare")
        {
            models, set, halfLife, split, metrics, seeds, json, style,
        };
        data.AddTo(command);
        compute.AddTo(command);
        mlflow.AddTo(command);
        command.SetAction((parsed, cancellation) => Task.Run(
            () =>
            {
                var source = data.Get(parsed);
                var splitter = Splitter.Parse(parsed.GetValue(split)!);
                var count = parsed.GetValue(seeds) ?? (splitter.Count > 1 ? 1 : 5);
                if (count is < 1 or > 1_000)
                {
                    throw new ArgumentException($"--seeds must be between 1 and 1000; got {count}.");
                }

                var specs = Metric.ParseList(parsed.GetValue(metrics)!);
                var device = compute.Apply(parsed);
                var ofAll = ModelOptions.HalfLife(parsed.GetValue(halfLife));
                Experiment[] experiments =
                [
                    .. Configured(parsed.GetRequiredValue(models), parsed.GetRequiredValue(set))
                        .Select(model => new Experiment(model.Entry, [.. ofAll, .. model.Settings])
                        {
                            Name = model.Name,
                            Splitter = splitter,
                            Metrics = specs,
                            Device = device,
                        }),
                ];
                foreach (var experiment in experiments)
                {
                    experiment.MetricsFor(source.MayHaveRatings); // Reports an impossible metric before the data are read.
                }

                var (output, notes) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
                using var tracking = mlflow.Open(parsed);
                var loaded = DataSourceOptions.Read(source, notes, cancellation);
                CostNotes.Write(notes, experiments, loaded, count * (source.Test is null ? splitter.Count : 1));
                var comparison = WorkDisplay.Show(notes, "compare", shown => Comparison.Of(
                    experiments,
                    loaded,
                    [.. Enumerable.Range(1, count)],
                    (experiment, start) =>
                    {
                        using var run = tracking?.Begin(experiment.Name);
                        var outcome = start(run?.Watch(shown) ?? shown);
                        run?.Finish(
                            [
                                .. outcome.Options, new("seed", $"{outcome.Seed}"), new("data", source.Name),
                                new("split", splitter.Name), new("command", "compare"),
                            ],
                            outcome.Metrics.Select(metric => KeyValuePair.Create($"{metric.Key}", metric.Value)));
                        return outcome;
                    },
                    cancellation));
                Notes.Write(notes, comparison.Notes);
                var title = $"{source.Name} ({loaded.Feedback}), {splitter.Name}, {count} seed{(count == 1 ? "" : "s")}";
                output.Write(parsed.GetValue(json)
                    ? ComparisonOutput.ToJson(comparison, title) + "\n"
                    : ComparisonOutput.ToText(comparison, title, parsed.GetRequiredValue(style)));
            },
            cancellation));
        return command;
    }

    private static (string Name, ModelEntry Entry, IEnumerable<KeyValuePair<string, string>> Settings)[] Configured(
        string names, string[] settings)
    {
        string[] models = names.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (models.Length == 0 || models.Distinct().Count() < models.Length)
        {
            throw new ArgumentException("--models must name different models, separated by commas.");
        }

        var read = Array.ConvertAll(models, model =>
        {
            var spec = ModelSpec.Parse(model);
            return (Name: model, Entry: ModelCatalog.Find(spec.Model), Own: spec.Settings);
        });
        var ofAll = Array.ConvertAll(settings, text => Read([.. read.Select(model => model.Entry)], text));
        return Array.ConvertAll(read, model =>
            (model.Name, model.Entry, ofAll.Where(one => one.Entry == model.Entry).Select(one => one.Setting).Concat(model.Own)));
    }

    private static (ModelEntry Entry, KeyValuePair<string, string> Setting) Read(ModelEntry[] entries, string text) =>
        text.Split('.', 2) is [var model, var setting] && Array.Find(entries, entry => entry.Name == model) is { } entry
            ? (entry, ModelOptions.Setting(setting))
            : throw new ArgumentException($"'--set {text}' does not name a model that is compared. Use --set model.option=value.");
}
