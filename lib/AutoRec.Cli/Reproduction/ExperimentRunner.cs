using System.Diagnostics;
using AutoRec.Catalog;
using AutoRec.Cli.Evaluation;
using AutoRec.Evaluation;
using AutoRec.Native;
using AutoRec.Training;

namespace AutoRec.Cli.Reproduction;

/// <summary>Runs experiments.</summary>
/// <param name="data">The data sets.</param>
/// <param name="device">Where torch computes.</param>
/// <param name="notes">Where progress goes.</param>
internal sealed class ExperimentRunner(DataFolder data, ComputeDevice device, TextWriter notes)
{
    /// <summary>Runs an experiment.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="onValidation">
    /// Measures on validation data held out of the training part, never looking at the test part: the way in which options are chosen.
    /// </param>
    /// <param name="cancellation">Ends the work.</param>
    public ExperimentResult Run(Experiment experiment, bool onValidation, CancellationToken cancellation)
    {
        var entry = ModelCatalog.Find(experiment.Model);
        var trainer = entry.CreateTrainer(experiment.Settings.Select(Setting), out var options);
        var choosesEpoch = experiment.ChoosesEpoch ?? entry.UsesValidation;
        var runs = new List<IReadOnlyDictionary<Metric, double>>();
        var clock = new Stopwatch();
        foreach (var seed in experiment.Seeds)
        {
            foreach (var fold in experiment.Protocol.Folds(data, seed))
            {
                var inner = choosesEpoch || onValidation ? fold.HoldOut() : null;
                var train = onValidation ? inner!.Train : fold.Split.Train;
                clock.Start();
                var model = FitProgress.Show(notes, experiment.Name, progress =>
                {
                    var context = new FitContext
                    {
                        Seed = seed,
                        Device = device,
                        Validation = choosesEpoch ? Fold.Validation(inner!, experiment.Protocol.ValidationMetric) : null,
                        Patience = experiment.Patience,
                        Progress = progress,
                        Cancellation = cancellation,
                    };
                    return choosesEpoch && !onValidation && fold.IsHeldOutOfTrain ? Refit.Fit(trainer, inner!.Train, train, context).Model : trainer.Fit(train, context);
                });
                clock.Stop();
                var values = onValidation ? Fold.MeasureOn(model, train, inner!.Test, experiment.Protocol.Specs)
                    : fold.Measure is { } measure ? measure(model, experiment.Protocol.Specs)
                    : Fold.MeasureOn(model, train, fold.Split.Test, experiment.Protocol.Specs);
                runs.Add(values);
                notes.WriteLine($"{experiment.Name}: run {runs.Count}: {string.Join(", ", values.Select(value => FormattableString.Invariant($"{value.Key} {value.Value:0.0000}")))}");
            }
        }

        return new ExperimentResult
        {
            Name = experiment.Name,
            Model = entry.Name,
            Protocol = experiment.Protocol.Name,
            Options = EvaluationResult.OptionsToJson(options),
            Seeds = experiment.Seeds,
            Metrics = experiment.Protocol.Specs.ToDictionary(metric => metric.ToString(), metric => (IReadOnlyList<double>)[.. runs.Select(run => run[metric])]),
            FitSeconds = Math.Round(clock.Elapsed.TotalSeconds / runs.Count, 2),
            Threads = ComputeThreads.Count,
        };
    }

    private static KeyValuePair<string, string> Setting(string text) => KeyValuePair.Create(text.Split('=')[0], text.Split('=', 2)[1]);
}
