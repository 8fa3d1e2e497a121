using System.CommandLine;
using System.Diagnostics;
using AutoRec.Catalog;
using AutoRec.Evaluation;
using AutoRec.Experiments;
using AutoRec.Splitting;

namespace AutoRec.Cli.Commands;

/// <summary><c>autorec evaluate</c>: fits a model on one part of the data and measures it on the other.</summary>
internal static class EvaluateCommand
{
    public static Command Create()
    {
        var (model, compute, data) = (new ModelOptions(), new ComputeOptions(), new DataSourceOptions(takesParts: true));
        var distributed = new DistributedOptions();
        var split = SplitOption(null);
        var metrics = MetricsOption(null);
        var profiles = new Option<bool>("--profiles")
        {
            Description = "Measures lists as they are served to users with a profile from --user-file.",
        };
        var rules = RulesOptions.FileOption();
        var json = JsonOption();
        var command = new Command("evaluate")
        {
            split, metrics, profiles, rules, json,
        };
        model.AddTo(command, canChoose: true);
        data.AddTo(command);
        compute.AddTo(command);
        distributed.AddTo(command);
        command.SetAction((parsed, cancellation) => Task.Run(
            () => distributed.Run(parsed, group =>
            {
                var source = data.Get(parsed);
                CheckSplit(source, parsed.GetValue(split));
                var device = compute.Apply(parsed);
                Experiment Of(ModelEntry entry) => new(entry, model.Settings(parsed))
                {
                    Splitter = Splitter.Parse(parsed.GetValue(split) ?? "random:0.9"),
                    Metrics = parsed.GetValue(metrics) is { } text ? Metric.ParseList(text) : [],
                    UsesProfiles = parsed.GetValue(profiles),
                    Rules = parsed.GetValue(rules) is { } file ? RulesOptions.ReadFile(file) : null,
                    Device = device,
                    Group = group,
                };
                var named = model.IsAuto(parsed) ? null : Of(model.Entry(parsed));
                if (group.Size > 1 && named is null)
                {
                    throw new NotSupportedException("On several ranks a model must be named with --model.");
                }

                named?.MetricsFor(source.MayHaveRatings); // Reports an impossible metric before the data are read.
                source = named?.WithPartsToMeasure(source) ?? source;

                var (output, notes) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
                var clock = Stopwatch.StartNew();
                var loaded = DataSourceOptions.Read(source, notes, cancellation);
                var load = clock.Elapsed;

                // The choice knows the training part alone.
                var experiment = named
                    ?? Of(model.Choose(parsed, OfTraining(loaded, parsed.GetValue(split), model.Seed(parsed)), notes, cancellation));
                CostNotes.Write(notes, [experiment], loaded, source.Test is null ? experiment.Splitter.Count : 1);
                if (source.Test is null && experiment.Splitter.Count > 1)
                {
                    var folds = WorkDisplay.Show(notes, "evaluate", progress => Comparison.Of(
                        [experiment], loaded, [model.Seed(parsed)], (_, run) => run(progress), cancellation));
                    Notes.Write(notes, folds.Notes);
                    CrossValidationOutput.Write(output, experiment, folds, loaded, model.Seed(parsed), load, parsed.GetValue(json));
                    return;
                }

                var outcome = WorkDisplay.Show(
                    notes, experiment.Name, progress => experiment.Run(loaded, model.Seed(parsed), progress, cancellation));
                Notes.Write(notes, outcome.Notes);
                if (parsed.GetValue(json))
                {
                    output.WriteLine(OutcomeOutput.ToJson(outcome, load));
                }
                else
                {
                    OutcomeOutput.WriteTable(output, outcome, load);
                }
            }),
            cancellation));
        return command;
    }

    /// <summary>The option that says how data are split.</summary>
    public static Option<string?> SplitOption(string? defaults) => new("--split")
    {
        Description = "How to hold out the test part. time:DATE tests on everything from a date (or date and time, UTC) on; time-users "
            + "holds out the last part of each user; kfold tests every interaction once; cold-items holds out whole items, which are then "
            + "the candidates; strong holds out whole users.",
        HelpName = "random:0.9|leave-one-out|time:0.8|time:2019-01-01|time-users:0.8|kfold:5|cold-items:0.1|strong:600",
        DefaultValueFactory = _ => defaults,
    };

    /// <summary>The option that says what is measured.</summary>
    public static Option<string?> MetricsOption(string? defaults) => new("--metrics")
    {
        Description = $"What to measure, separated by commas: {Metric.Names}. "
            + "A held-out item is relevant if it is positive (--positive-from). "
            + "Default: RMSE and MAE for rating models, and Precision, Recall and NDCG at 10.",
        HelpName = "rmse,ndcg@100,...",
        DefaultValueFactory = _ => defaults,
    };

    /// <summary>The option that prints JSON.</summary>
    public static Option<bool> JsonOption() => new("--json") { Description = "Prints one JSON object instead of a table." };

    private static LoadedData OfTraining(LoadedData loaded, string? split, int seed) =>
        loaded.Test is not null ? LoadedData.Of(loaded.Data)
            : Splitter.Parse(split!) is { Count: 1 } splitter
            ? LoadedData.Of(loaded.Data.WithInteractions(Fold.Of(loaded, splitter, seed).Split.TrainLog))
            : throw new ArgumentException("With cross-validation each fold would choose a model of its own. Name one with --model.");

    private static void CheckSplit(DataSource source, string? split)
    {
        if (source.Test is not null && split is not null)
        {
            throw new ArgumentException("Give either --data and --split, or --train and --test (and --validation), not both.");
        }

        if (source.Test is null && split is null)
        {
            throw new ArgumentException("--data needs --split, for example --split random:0.9.");
        }
    }
}
