using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using AutoRec.Data;
using AutoRec.Distributed;
using AutoRec.Evaluation;
using AutoRec.Experiments;
using AutoRec.Native;
using AutoRec.Splitting;

namespace AutoRec.Cli.Commands;

/// <summary><c>autorec tune</c>: looks for good options of a model on validation data.</summary>
internal static class TuneCommand
{
    public static Command Create()
    {
        var (model, compute, data, mlflow) = (new ModelOptions(), new ComputeOptions(), new DataSourceOptions(), new MlflowOptions());
        var distributed = new DistributedOptions();
        var trials = new Option<int>("--trials") { Description = "How many options to draw.", DefaultValueFactory = _ => 27 };
        var parallel = new Option<int>("--parallel")
        {
            Description = "How many trials to run at once, on each rank; they share the threads.",
            DefaultValueFactory = _ => 1,
        };
        var range = new Option<string[]>("--range")
        {
            Description = "The range of an option; may be given several times. Default: all numeric options, "
                + "penalties from a hundredth to a hundred times the default, others from a tenth to ten times.",
            HelpName = "option=low..high|option=a|b",
            DefaultValueFactory = _ => [],
        };
        var split = EvaluateCommand.SplitOption("random:0.9");
        split.HelpName = "random:0.9|leave-one-out|time:0.8|time:2019-01-01|time-users:0.8|cold-items:0.1|strong:600";
        split.Description = "The split of 'evaluate'. Its test part is left out; a validation part is held out of the rest.";
        var metrics = new Option<string?>("--metrics")
        {
            Description = "The metric to optimise. Default: rmse for rating models, ndcg@100 for ranking models.",
            HelpName = "ndcg@10",
        };
        var file = new Option<string>("--file")
        {
            Description = "The DuckDB file that keeps the trials. "
                + "Run the same command again to continue an interrupted search, or one with more trials.",
            HelpName = "FILE.duckdb",
            Required = true,
        };
        var json = EvaluateCommand.JsonOption();
        var command = new Command("tune")
        {
            trials, parallel, range, split, metrics, file, json,
        };
        model.AddTo(command, takesSettings: false);
        data.AddTo(command);
        compute.AddTo(command);
        distributed.AddTo(command);
        mlflow.AddTo(command);
        command.SetAction((parsed, cancellation) => Task.Run(
            () => distributed.Run(parsed, group =>
            {
                var options = new TuningOptions
                {
                    Trials = parsed.GetValue(trials),
                    Parallel = parsed.GetValue(parallel),
                    Seed = model.Seed(parsed),
                };
                CheckRange("--trials", options.Trials, 100_000);
                CheckRange("--parallel", options.Parallel, 1_000);
                var (entry, source) = (model.Entry(parsed), data.Get(parsed));
                var space = SearchSpace.Of(entry, parsed.GetRequiredValue(range));
                var experiment = new Experiment(entry)
                {
                    Splitter = Splitter.Parse(parsed.GetValue(split)!),
                    ValidationMetric = parsed.GetValue(metrics) is { } text ? Single(text) : null,
                    Device = compute.Apply(parsed, options.Parallel),
                };
                experiment.ValidationMetricFor(source.MayHaveRatings); // Reports an impossible metric before the data are read.

                if (experiment.Splitter.Count > 1)
                {
                    throw new ArgumentException($"--split {experiment.Splitter.Name}: tune chooses options on one split, "
                        + "for example random:0.9; the folds would test on what they were chosen on.");
                }

                var notes = parsed.InvocationConfiguration.Error;
                using var tracking = group.Rank == 0 ? mlflow.Open(parsed) : null;
                var loaded = DataSourceOptions.Load(source, notes, cancellation);
                var fold = Fold.Of(loaded, experiment.Splitter, options.Seed);
                var metric = experiment.ValidationMetricFor(fold.Feedback.HasRatings);
                var fingerprint = DataFingerprint.Of(loaded.Data.Interactions);
                var study = FormattableString.Invariant(
                    $"{entry.Name} {space} on {fingerprint}, {fold.Feedback}, {experiment.Splitter.Name}, seed {options.Seed}, {metric}");
                group.CheckSame(FormattableString.Invariant($"{study}, {options.Trials} trials, {options.Parallel} at once"));
                using var store = group.Rank == 0 ? TrialFile.Open(parsed.GetRequiredValue(file), study, options.Seed) : null;
                if (store?.Read().Count is > 0 and var known)
                {
                    notes.WriteLine($"note: {known} fits are in {parsed.GetRequiredValue(file)} already");
                }

                CostNotes.Write(notes, [experiment], loaded, Tuner.FullRuns(entry, options.Trials));
                var best = WorkDisplay.Show(notes, $"tune {entry.Name}", progress => Tuner.Run(
                    experiment,
                    space,
                    fold,
                    store,
                    options,
                    group,
                    (trial, fits) =>
                    {
                        progress.WriteLine(Describe(trial, fits, metric));
                        if (trial.Value is { } value)
                        {
                            using var run = tracking?.Begin(FormattableString.Invariant($"{entry.Name} trial {trial.Number}"));
                            run?.Finish(
                                [
                                    .. trial.Options, new("seed", $"{options.Seed}"), new("data", source.Name),
                                    new("split", experiment.Splitter.Name), new("command", "tune"),
                                ],
                                [new($"validation {metric}", value), new("epochs", trial.Epochs ?? 0), new("seconds", trial.Seconds)]);
                        }
                    },
                    progress,
                    cancellation));
                if (store is null)
                {
                    return; // Process 0 prints.
                }

                string[] arguments =
                [
                    "evaluate", "--model", entry.Name,
                    .. best.Options.SelectMany(option => new[] { "--set", $"{option.Key}={option.Value}" }),
                    .. source.ToArguments(),
                    "--split", experiment.Splitter.Name, "--seed", options.Seed.ToString(CultureInfo.InvariantCulture),
                    .. experiment.ValidationMetric is null ? [] : new[] { "--metrics", $"{metric}" },
                ];
                var output = parsed.InvocationConfiguration.Output;
                if (parsed.GetValue(json))
                {
                    output.WriteLine(ToJson(experiment, metric, store.Read(), best, arguments, fold));
                }
                else
                {
                    Write(output, entry.Name, metric, store.Read(), best, CommandText.Of(arguments));
                }
            }),
            cancellation));
        return command;
    }

    private static void CheckRange(string option, int value, int most)
    {
        if (value < 1 || value > most)
        {
            throw new ArgumentException(FormattableString.Invariant($"{option} must be between 1 and {most}; got {value}."));
        }
    }

    private static Metric Single(string text) => Metric.ParseList(text) is [var metric]
        ? metric
        : throw new ArgumentException("tune optimises one metric. Give one, for example --metrics ndcg@10.");

    private static string Describe(Trial trial, int fits, Metric metric)
    {
        var epochs = trial.Epochs is { } count ? $", at most {count} epochs" : "";
        var result = trial.Value is { } value ? FormattableString.Invariant($"{metric} {value:0.0000}") : trial.Error;
        return FormattableString.Invariant($"trial {trial.Number}{epochs} (of {fits} fits): {result}, {trial.Seconds:0.0} s");
    }

    private static string ToJson(
        Experiment experiment,
        Metric metric,
        IReadOnlyList<Trial> trials,
        Trial best,
        string[] arguments,
        Fold fold) => new JsonObject
        {
            ["model"] = experiment.Name,
            ["metric"] = metric.ToString(),
            ["threads"] = ComputeThreads.Count,
            ["best"] = ToJson(best),
            ["trials"] = new JsonArray([.. trials.Select(ToJson)]),
            ["command"] = new JsonArray([.. arguments]),
            ["data"] = OutcomeOutput.ToJson(fold),
        }.ToJsonString(AskOptions.Json);

    private static JsonObject ToJson(Trial trial) => new()
    {
        ["trial"] = trial.Number,
        ["epochs"] = trial.Epochs,
        ["options"] = OutcomeOutput.ToJson(trial.Options),
        ["value"] = trial.Value,
        ["error"] = trial.Error,
        ["seconds"] = trial.Seconds,
    };

    private static void Write(TextWriter output, string model, Metric metric, IReadOnlyList<Trial> trials, Trial best, string line)
    {
        var last = trials.Where(trial => trial.Value is not null)
            .OrderByDescending(trial => trial.Epochs ?? 0)
            .ThenBy(trial => metric.HigherIsBetter ? -trial.Value : trial.Value)
            .DistinctBy(trial => trial.Number)
            .Take(10);
        string[] names = [.. best.Options.Keys];
        AskOptions.WriteTable(
            output,
            0,
            ["trial", "epochs", $"validation {metric}", .. names, "s"],
            last.Select(trial => (string[])
            [
                trial.Number.ToString(CultureInfo.InvariantCulture),
                trial.Epochs?.ToString(CultureInfo.InvariantCulture) ?? "",
                trial.Value!.Value.ToString("0.0000", CultureInfo.InvariantCulture),
                .. names.Select(name => trial.Options[name]),
                trial.Seconds.ToString("0.0", CultureInfo.InvariantCulture),
            ]));
        output.WriteLine($"Trial {best.Number} of {model} is the best on the validation part. "
            + "To measure it on the test part, which was not used, run:");
        output.WriteLine(line);
    }
}
