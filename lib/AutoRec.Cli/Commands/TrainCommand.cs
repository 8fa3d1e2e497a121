using System.CommandLine;
using AutoRec.Catalog;
using AutoRec.Cli.Evaluation;
using AutoRec.Data;
using AutoRec.Evaluation;
using AutoRec.Native;
using AutoRec.Scoring;
using AutoRec.Splitting;
using AutoRec.Training;

namespace AutoRec.Cli.Commands;

/// <summary><c>autorec train</c>: fits a model and keeps it in a folder.</summary>
internal static class TrainCommand
{
    public static Command Create()
    {
        var model = new Option<string>("--model") { Description = "The model, one of 'autorec models'.", Required = true };
        var set = new Option<string[]>("--set") { Description = "Sets an option of the model; may be given several times.", HelpName = "option=value", DefaultValueFactory = _ => [] };
        var output = new Option<string>("--output") { Description = "The folder that the model is kept in; a model that is there is replaced.", HelpName = "DIR", Required = true };
        var holdout = new Option<double?>("--holdout")
        {
            Description = "The share of the interactions that a first fit is measured on and its number of epochs chosen by, 0 to 0.5; the model that is kept is then fitted to all of them. 0.1 for models that choose an epoch, 0 for others.",
            HelpName = "SHARE",
        };
        var checkpoint = new Option<string?>("--checkpoint") { Description = "Keeps how far the training has come in files of this name, once a minute; they are gone when the model is kept.", HelpName = "FILE" };
        var resume = new Option<bool>("--resume") { Description = "Goes on from the checkpoint of an interrupted training, to the very same model." };
        var seed = new Option<int>("--seed") { Description = "The seed of the training.", DefaultValueFactory = _ => 42 };
        var threads = new Option<int?>("--threads") { Description = "How many threads to compute with; all processors unless set." };
        var device = new Option<ComputeDevice>("--device") { Description = "Where torch computes.", HelpName = "cpu|cuda", DefaultValueFactory = _ => ComputeDevice.Cpu };
        var data = new DataSetOptions();
        var command = new Command("train", "Fit a model and keep it in a folder, for recommend, similar, explain and serve.")
        {
            model, set, output, holdout, checkpoint, resume, seed, threads, device,
        };
        data.AddTo(command);
        command.SetAction((parsed, cancellation) => Task.Run(
            () =>
            {
                var entry = ModelCatalog.Find(parsed.GetRequiredValue(model));
                var trainer = entry.CreateTrainer(parsed.GetRequiredValue(set).Select(EvaluateCommand.Setting), out var options);
                var share = parsed.GetValue(holdout) ?? (entry.UsesValidation ? 0.1 : 0);
                if (share is not (>= 0 and <= 0.5))
                {
                    throw new ArgumentException("--holdout lies between 0 and 0.5.");
                }

                if (parsed.GetValue(threads) is { } count)
                {
                    ComputeThreads.Count = count;
                }

                var dataSet = data.Load(parsed);
                var keep = parsed.GetValue(checkpoint) is not { } file ? null : new Checkpoint(
                    file,
                    FormattableString.Invariant($"{entry.Name} {string.Join(' ', ModelEntry.Settings(options))}, seed {parsed.GetValue(seed)}, {share} held out, on {DataFingerprint.Of(dataSet.Interactions)}"))
                {
                    Resume = parsed.GetValue(resume),
                };
                if (keep is null && parsed.GetValue(resume))
                {
                    throw new ArgumentException("--resume needs --checkpoint, the file to go on from.");
                }

                var notes = parsed.InvocationConfiguration.Error;
                var fitted = Fit(entry, trainer, options, dataSet, share, data.MinRating(parsed) is not null, notes, new FitContext
                {
                    Seed = parsed.GetValue(seed),
                    Checkpoint = keep,
                    Device = parsed.GetValue(device),
                    Cancellation = cancellation,
                });
                var folder = parsed.GetRequiredValue(output);
                fitted.Save(folder);
                keep?.Delete();
                var log = dataSet.Interactions;
                parsed.InvocationConfiguration.Output.WriteLine(FormattableString.Invariant(
                    $"{folder}: {entry.Name} for {log.Items.Count:N0} items, with {log.Count:N0} interactions of {log.Users.Count:N0} users{string.Concat(fitted.Metrics.Select(metric => FormattableString.Invariant($"; {metric.Key} {metric.Value:0.0000}")))}"));
            },
            cancellation));
        return command;
    }

    private static FittedModel Fit(
        ModelEntry entry, ITrainer<IRecommender> trainer, object options, DataSet data, double holdout, bool isImplicit, TextWriter notes, FitContext context)
    {
        var all = data.Interactions.ToMatrix();
        var metrics = new Dictionary<string, double>();
        var model = FitProgress.Show(notes, entry.Name, progress =>
        {
            if (holdout == 0)
            {
                return trainer.Fit(all, context with { Progress = progress });
            }

            var split = new RandomSplitter(1 - holdout).Split(data.Interactions, context.Seed);
            IValidation validation = entry.Kind == ModelKind.Rating && !isImplicit
                ? new RatingValidation(split.Train, split.Test)
                : new RankingValidation(split.Train, split.Test, Metric.Ndcg(100));
            var name = $"validation {validation.Metric}";
            if (!entry.UsesValidation)
            {
                metrics[name] = validation.Measure(trainer.Fit(split.Train, context with { Progress = progress }));
                return trainer.Fit(all, context);
            }

            var best = new BestMeasure(progress, value => metrics[name] = value);
            return Refit.Fit(trainer, split.Train, all, context with { Validation = validation, Progress = best }).Model;
        });
        return new FittedModel { Entry = entry, Model = model, Options = ModelEntry.Settings(options), Seed = context.Seed, Data = data, Metrics = metrics };
    }

    private sealed class BestMeasure(IProgress<EpochReport> next, Action<double> found) : IProgress<EpochReport>
    {
        public void Report(EpochReport value)
        {
            if (value is { IsBest: true, Validation: { } measure })
            {
                found(measure);
            }

            next.Report(value);
        }
    }
}
