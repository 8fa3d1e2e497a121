using System.CommandLine;
using System.Globalization;
using AutoRec.Catalog;
using AutoRec.Data;
using AutoRec.Evaluation;
using AutoRec.Experiments;
using AutoRec.Native;
using AutoRec.Splitting;
using AutoRec.Training;

namespace AutoRec.Cli.Commands;

/// <summary><c>autorec tune</c>: looks for good options of a model on validation data.</summary>
internal static class TuneCommand
{
    public static Command Create()
    {
        var model = new Option<string>("--model") { Description = "The model, one of 'autorec models'.", Required = true };
        var trials = new Option<int>("--trials") { Description = "How many options to draw.", DefaultValueFactory = _ => 27 };
        var parallel = new Option<int>("--parallel") { Description = "How many trials to run at once; the threads are shared among them.", DefaultValueFactory = _ => 1 };
        var range = new Option<string[]>("--range")
        {
            Description = "What to draw; may be given several times. Without it: all options that are numbers, from a tenth of the default to ten times of it, within what is allowed.",
            HelpName = "option=low..high|option=a|b",
            DefaultValueFactory = _ => [],
        };
        var split = new Option<string>("--split") { Description = "The split of 'evaluate' that options are looked for: its test part is left out, a part of the rest validates.", HelpName = "random:0.9|...", DefaultValueFactory = _ => "random:0.9" };
        var metric = new Option<string?>("--metric") { Description = "What to look for the best of; rmse for models that predict ratings, ndcg@100 for others unless set.", HelpName = "ndcg@10" };
        var file = new Option<string>("--file") { Description = "The DuckDB file that keeps the trials; a search that was interrupted goes on, one with more trials takes up those that are there.", HelpName = "FILE.duckdb", Required = true };
        var seed = new Option<int>("--seed") { Description = "The seed of the split, of what is drawn and of each training.", DefaultValueFactory = _ => 42 };
        var threads = new Option<int?>("--threads") { Description = "How many threads to compute with; all processors unless set." };
        var device = new Option<ComputeDevice>("--device") { Description = "Where torch computes.", HelpName = "cpu|cuda", DefaultValueFactory = _ => ComputeDevice.Cpu };
        var data = new DataSetOptions();
        var command = new Command("tune", "Look for good options of a model on validation data: random search with successive halving.") { model, trials, parallel, range, split, metric, file, seed, threads, device };
        data.AddTo(command);
        command.SetAction((parsed, cancellation) => Task.Run(
            () =>
            {
                var entry = ModelCatalog.Find(parsed.GetRequiredValue(model));
                var isRating = entry.Kind == ModelKind.Rating && data.MinRating(parsed) is null;
                var options = new TuningOptions { Trials = parsed.GetValue(trials), Parallel = parsed.GetValue(parallel), Seed = parsed.GetValue(seed), Device = parsed.GetValue(device) };
                if (options.Trials is < 1 or > 100_000 || options.Parallel is < 1 or > 1_000)
                {
                    throw new ArgumentException("--trials lies between 1 and 100000, --parallel between 1 and 1000.");
                }

                var space = SearchSpace.Of(entry, parsed.GetRequiredValue(range));
                var spec = Metric.Parse(parsed.GetValue(metric) ?? (isRating ? "rmse" : "ndcg@100"));
                if (spec.IsRating && (!isRating || spec != Metric.Rmse))
                {
                    throw new ArgumentException($"'{spec}' cannot be looked for here: expected {(isRating ? "rmse or " : "")}a metric of ranked lists, such as ndcg@10.");
                }

                var splitter = Splitter.Parse(parsed.GetRequiredValue(split));
                ComputeThreads.Count = Math.Max(1, (parsed.GetValue(threads) ?? ComputeThreads.Count) / options.Parallel);
                var log = data.Load(parsed).Interactions;
                var train = splitter.Split(log, options.Seed).TrainLog;
                var inner = Splitter.ForValidation(splitter, train).Split(train, options.Seed);
                IValidation validation = spec.IsRating ? new RatingValidation(inner.Train, inner.Test) : new RankingValidation(inner.Train, inner.Test, spec);

                var study = string.Create(CultureInfo.InvariantCulture, $"{entry.Name} {space} on {DataFingerprint.Of(log)}, {splitter.Name}, seed {options.Seed}, {spec}");
                using var store = TrialFile.Open(parsed.GetRequiredValue(file), study, options.Seed);
                var known = store.Read().Count;
                var notes = parsed.InvocationConfiguration.Error;
                if (known > 0)
                {
                    notes.WriteLine($"note: {known} fits are in {parsed.GetRequiredValue(file)} already");
                }

                var best = Tuner.Run(entry, space, inner.Train, validation, store, options, (trial, fits) => notes.WriteLine(Describe(trial, fits, spec)), cancellation);
                Write(parsed.InvocationConfiguration.Output, entry, spec, store.Read(), best, EvaluateCommandLine(entry, best, data.Name(parsed), splitter.Name, options.Seed, data.MinRating(parsed)));
            },
            cancellation));
        return command;
    }

    private static string Describe(Trial trial, int fits, Metric metric) => string.Create(
        CultureInfo.InvariantCulture,
        $"trial {trial.Number}{(trial.Epochs is { } epochs ? $", at most {epochs} epochs" : "")} (of {fits} fits): {(trial.Value is { } value ? $"{metric} {value:0.0000}" : trial.Error)}, {trial.Seconds:0.0} s");

    private static void Write(TextWriter output, ModelEntry entry, Metric metric, IReadOnlyList<Trial> trials, Trial best, string line)
    {
        var last = trials.Where(trial => trial.Value is not null)
            .OrderByDescending(trial => trial.Epochs ?? 0).ThenBy(trial => metric.HigherIsBetter ? -trial.Value : trial.Value).DistinctBy(trial => trial.Number).Take(10);
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
        output.WriteLine($"The best of {entry.Name} on validation data is trial {best.Number}. On the test part, which was not looked at:");
        output.WriteLine(line);
    }

    private static string EvaluateCommandLine(ModelEntry entry, Trial best, string data, string split, int seed, float? minRating) => string.Create(
        CultureInfo.InvariantCulture,
        $"autorec evaluate --model {entry.Name}{string.Concat(best.Options.Select(option => $" --set {option.Key}={option.Value}"))} --data {(data.Contains(' ', StringComparison.Ordinal) ? $"\"{data}\"" : data)} --split {split} --seed {seed}{(minRating is { } least ? $" --min-rating {least}" : "")}");
}
