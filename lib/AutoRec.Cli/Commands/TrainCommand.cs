using System.CommandLine;
using AutoRec.Catalog;
using AutoRec.Data;
using AutoRec.Experiments;
using AutoRec.Training;

namespace AutoRec.Cli.Commands;

/// <summary><c>autorec train</c>: fits a model and keeps it in a folder.</summary>
internal static class TrainCommand
{
    public static Command Create()
    {
        var (model, compute, data, mlflow) = (new ModelOptions(), new ComputeOptions(), new DataSourceOptions(), new MlflowOptions());
        var distributed = new DistributedOptions();
        var output = new Option<string>("--output")
        {
            Description = "The folder to save the model in: new, empty, or with a model, which is replaced.",
            HelpName = "DIR",
            Required = true,
        };
        var holdout = new Option<double>("--holdout")
        {
            Description = "The share of the interactions, 0 to 0.5, that is held out of a first fit: "
                + "the number of epochs is chosen on it, and the model is compared with its baseline. "
                + "The saved model is then fitted to all interactions.",
            CustomParser = NumberArgument.Parse,
            HelpName = "SHARE",
            DefaultValueFactory = _ => 0.1,
        };
        var checkpoint = new Option<string?>("--checkpoint")
        {
            Description = "Makes the training resumable: saves its state once a minute in files of this name, until the model is saved.",
            HelpName = "FILE",
        };
        var resume = new Option<bool>("--resume")
        {
            Description = "Continues an interrupted training from its checkpoint. The result is the same model.",
        };
        var from = new Option<string?>("--from")
        {
            Description = "Continues the model in this folder with the interactions of --data: the new ones alone, or all of them, which "
                + "is recognised. Takes the place of --model and --set. Models in closed form become what a training on all interactions "
                + "gives; others start with the weights of the model.",
            HelpName = "DIR",
        };
        var parts = new Option<bool>("--parts")
        {
            Description = "Saves the weights of autorec-item or autorec-user as nine files and an index. Each rank writes its own, to a "
                + "folder that all machines share; 'serve --users' reads some. Default where weights take more than 2 GB.",
        };
        var command = new Command("train")
        {
            output, from, holdout, checkpoint, resume, parts,
        };
        model.AddTo(command, isRequired: false, canChoose: true);
        data.AddTo(command);
        compute.AddTo(command);
        distributed.AddTo(command);
        mlflow.AddTo(command);
        command.SetAction((parsed, cancellation) => Task.Run(
            () => distributed.Run(parsed, group =>
            {
                var device = compute.Apply(parsed);
                var kept = parsed.GetValue(from) is { } path ? Kept(path, model.Given(parsed)) : null;
                var isAuto = kept is null && model.IsAuto(parsed);
                var named = kept is not null ? new Experiment(kept.Entry, kept.Options)
                    : isAuto || model.Given(parsed).Model is null ? null
                    : new Experiment(model.Entry(parsed), model.Settings(parsed)) { Device = device, Group = group };
                var share = parsed.GetValue(holdout);
                if (share is not (>= 0 and <= 0.5))
                {
                    throw new ArgumentException(FormattableString.Invariant($"--holdout must be between 0 and 0.5; got {share}."));
                }

                if (parsed.GetValue(resume) && parsed.GetValue(checkpoint) is null)
                {
                    throw new ArgumentException("--resume requires --checkpoint FILE, the checkpoint to continue from.");
                }

                var folder = parsed.GetRequiredValue(output);
                if (group.Size > 1 && (named is null || kept is not null))
                {
                    throw new NotSupportedException(
                        "On several ranks a model must be named with --model, and it is trained without --from.");
                }

                bool? inParts = parsed.GetValue(parts) ? true : null;
                if (inParts == true && (kept?.Entry ?? named?.Entry) is { } entry)
                {
                    FittedModel.CheckParts(entry);
                }

                if (group.Rank == 0)
                {
                    FittedModel.CheckOutput(folder);
                }

                using var tracking = group.Rank == 0 ? mlflow.Open(parsed) : null;
                var notes = parsed.InvocationConfiguration.Error;
                var (source, seed) = (named?.WithParts(data.Get(parsed)) ?? data.Get(parsed), model.Seed(parsed));
                var continued = kept is null ? null
                    : Continuation.Of(kept, DataSourceOptions.Read(source.ReadAs(kept.Data.Interactions.Feedback), notes, cancellation));
                var loaded = continued?.Loaded ?? DataSourceOptions.Read(source, notes, cancellation);
                var log = loaded.Data.Interactions;
                var experiment = named
                    ?? (isAuto
                        ? new Experiment(model.Choose(parsed, loaded, notes, cancellation)) { Device = device }
                        : throw new ArgumentException(
                            $"{ModelChoice.Advice(loaded)} To continue a kept model, name its folder with --from."));
                var options = string.Join(' ', experiment.Options);
                var training = FormattableString.Invariant(
                    $"{experiment.Name} {options}, seed {seed}, {share} held out, on {DataFingerprint.Of(log)}, {log.Feedback}")
                    + (kept is null ? "" : $", from {DataFingerprint.Of(kept.Data.Interactions)}");
                var keep = parsed.GetValue(checkpoint) is not { } file ? null
                    : new Checkpoint(file, training) { Resume = parsed.GetValue(resume) };
                if (keep?.Check() == true && !keep.Resume)
                {
                    notes.WriteLine(
                        $"note: {keep.Path} has a checkpoint of this training, which is replaced. To continue it, add --resume.");
                }

                CostNotes.Write(notes, [experiment], loaded);
                using var run = tracking?.Begin(experiment.Name);
                var fitted = WorkDisplay.Show(notes, experiment.Name, shown =>
                {
                    var progress = run?.Watch(shown) ?? shown;
                    return continued is null
                        ? experiment.FitAll(loaded, seed, share, keep, progress, cancellation)
                        : Experiment.Continue(continued, seed, share, device, keep, progress, cancellation);
                });
                Notes.Write(notes, fitted.Notes);
                fitted.Save(folder, inParts);
                run?.Finish([.. fitted.Options, new("seed", $"{seed}"), new("data", source.Name), new("command", "train")], fitted.Metrics);
                if (group.Rank == 0)
                {
                    keep?.Delete();
                }

                parsed.InvocationConfiguration.Output.WriteLine(FormattableString.Invariant(
                    $"{folder}: {experiment.Name} for {fitted.Data.Interactions.Items.Count:N0} items, ")
                    + FormattableString.Invariant($"with {log.WholeCount:N0} interactions of {log.Users.Count:N0} users ({log.Feedback})")
                    + string.Concat(fitted.Metrics.Select(metric => FormattableString.Invariant($"; {metric.Key} {metric.Value:0.0000}"))));
            }),
            cancellation));
        return command;
    }

    /// <summary>The model that is continued.</summary>
    private static FittedModel Kept(string folder, (string? Model, IEnumerable<KeyValuePair<string, string>> Settings) given)
    {
        var kept = FittedModel.Load(folder);
        if (given.Model is { } name && !name.Equals(kept.Entry.Name, StringComparison.OrdinalIgnoreCase))
        {
            throw new ArgumentException($"--from {folder} is a model '{kept.Entry.Name}', not '{name}'. Leave out --model.");
        }

        return given.Settings.FirstOrDefault() is { Key: { } option }
            ? throw new ArgumentException($"'{option}' cannot be set: a continued model keeps its options. To change them, train it anew.")
            : kept;
    }
}
