using System.CommandLine;
using AutoRec.Cli.Reproduction;
using AutoRec.Native;
using AutoRec.Training;

namespace AutoRec.Cli.Commands;

/// <summary><c>autorec reproduce</c>: measures models as papers did and writes the table of published figures and ours.</summary>
internal static class ReproduceCommand
{
    public static Command Create()
    {
        var only = new Option<string[]>("--only") { Description = "One experiment; may be given several times. Without it all are run, which takes hours.", HelpName = "NAME", DefaultValueFactory = _ => [] };
        var quick = new Option<bool>("--quick") { Description = "Only experiments that take seconds." };
        var list = new Option<bool>("--list") { Description = "Lists the experiments and runs none." };
        var pages = new Option<bool>("--pages") { Description = "Writes reproduction.md and the table of README.md again from reproduction.json and runs none." };
        var data = new Option<string?>("--data-dir") { Description = "The folder of the data sets.", HelpName = "DIR" };
        var output = new Option<string>("--output") { Description = "The folder of reproduction.json and reproduction.md; other results in it stay.", HelpName = "DIR", DefaultValueFactory = _ => "docs" };
        var validate = new Option<bool>("--validate") { Description = "Measures on validation data held out of the training part, with the first seed, and writes nothing: for choosing options." };
        var set = new Option<string[]>("--set") { Description = "Sets an option of the model, with --validate; may be given several times.", HelpName = "option=value", DefaultValueFactory = _ => [] };
        var threads = new Option<int?>("--threads") { Description = "How many threads to compute with; all processors unless set." };
        var device = new Option<ComputeDevice>("--device") { Description = "Where torch computes.", HelpName = "cpu|cuda", DefaultValueFactory = _ => ComputeDevice.Cpu };
        var command = new Command("reproduce", "Measure models as papers did and hold the figures against the published ones.")
        {
            only, quick, list, pages, data, output, validate, set, threads, device,
        };
        command.SetAction((parsed, cancellation) => Task.Run(
            () =>
            {
                var experiments = Choose(parsed.GetRequiredValue(only), parsed.GetValue(quick));
                var text = parsed.InvocationConfiguration.Output;
                if (parsed.GetValue(list))
                {
                    foreach (var experiment in experiments)
                    {
                        text.WriteLine($"{experiment.Name}: {experiment.Model} on {experiment.Protocol.Title}");
                    }

                    return;
                }

                if (parsed.GetValue(pages))
                {
                    ReproductionReport.Open(parsed.GetRequiredValue(output)).WritePages();
                    return;
                }

                var settings = parsed.GetRequiredValue(set);
                var onValidation = parsed.GetValue(validate);
                if (settings.Length > 0 && !onValidation)
                {
                    throw new ArgumentException("--set goes with --validate: options are chosen on validation data, and what is written has the options of the experiment.");
                }

                if (settings.FirstOrDefault(setting => setting.Split('=', 2) is not [{ Length: > 0 }, _]) is { } bad)
                {
                    throw new ArgumentException($"'--set {bad}' sets nothing: expected --set option=value.");
                }

                if (parsed.GetValue(threads) is { } count)
                {
                    ComputeThreads.Count = count;
                }

                var runner = new ExperimentRunner(new DataFolder(parsed.GetValue(data)), parsed.GetValue(device), parsed.InvocationConfiguration.Error);
                var folder = parsed.GetRequiredValue(output);
                var report = onValidation ? null : ReproductionReport.Open(folder);
                foreach (var experiment in experiments)
                {
                    var run = onValidation ? experiment with { Settings = [.. experiment.Settings, .. settings], Seeds = [experiment.Seeds[0]] } : experiment;
                    var result = runner.Run(run, onValidation, cancellation);
                    text.WriteLine($"{experiment.Name}: {string.Join(", ", result.Metrics.Keys.Select(metric => Describe(result, metric, onValidation ? null : experiment)))}");
                    report?.Put(result);
                    report?.Save(); // Each at once: what comes after may take hours, or fail.
                }
            },
            cancellation));
        return command;
    }

    private static IReadOnlyList<Experiment> Choose(string[] names, bool isQuick)
    {
        if (names.Length > 0 && isQuick)
        {
            throw new ArgumentException("--only names experiments, --quick chooses the quick ones: leave one of the two out.");
        }

        return names.Length > 0 ? [.. names.Select(PublishedFigures.Find)] : [.. PublishedFigures.All.Where(experiment => experiment.IsQuick || !isQuick)];
    }

    private static string Describe(ExperimentResult result, string metric, Experiment? experiment)
    {
        var target = experiment?.Targets.FirstOrDefault(target => target.Metric == metric);
        var missed = target?.MissedBy(result.Mean(metric)) ?? 0;
        return FormattableString.Invariant($"{metric} {result.Mean(metric):0.0000}{(result.Deviation(metric) is { } deviation ? $" ± {deviation:0.0000}" : "")}{(missed > 0 ? $" (missed by {missed:0.0000})" : target is null ? "" : " (met)")}");
    }
}
