using System.CommandLine;
using AutoRec.Cli.Reproduction;

namespace AutoRec.Cli.Commands;

/// <summary><c>autorec reproduce</c>: measures models as papers did and writes the table of published figures and ours.</summary>
internal static class ReproduceCommand
{
    public static Command Create()
    {
        var only = new Option<string[]>("--only")
        {
            Description = "One experiment; may be given several times. Default: all experiments, which takes hours.",
            HelpName = "NAME",
            DefaultValueFactory = _ => [],
        };
        var quick = new Option<bool>("--quick") { Description = "Only experiments that take seconds." };
        var list = new Option<bool>("--list") { Description = "Lists the experiments and runs none." };
        var pages = new Option<bool>("--pages")
        {
            Description = "Writes reproduction.md and the table of README.md again from reproduction.json, without running experiments.",
        };
        var data = new Option<string?>("--data-dir") { Description = "The folder of the data sets.", HelpName = "DIR" };
        var output = new Option<string>("--output")
        {
            Description = "The folder of reproduction.json and reproduction.md. Other results in it are kept.",
            HelpName = "DIR",
            DefaultValueFactory = _ => "docs",
        };
        var resume = new Option<bool>("--resume")
        {
            Description = "After an interruption: keeps the seeds that were measured and goes on with the others. "
                + "Not for protocols that test the same users with each seed.",
        };
        var validate = new Option<bool>("--validate")
        {
            Description = "For choosing options: measures on validation data held out of the training part, with the first seed, "
                + "and writes nothing.",
        };
        var set = new Option<string[]>("--set")
        {
            Description = "Sets an option of the model, with --validate; may be given several times.",
            HelpName = "option=value",
            DefaultValueFactory = _ => [],
        };
        var compute = new ComputeOptions();
        var command = new Command("reproduce")
        {
            only, quick, list, pages, data, output, resume, validate, set,
        };
        compute.AddTo(command);
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
                    throw new ArgumentException("--set requires --validate: options are chosen on validation data, "
                        + "and results are only written with the options of the experiment.");
                }

                _ = settings.Select(ModelOptions.Setting).ToArray(); // An incomplete one ends the command before anything is run.
                var sets = new DataFolder(parsed.GetValue(data));
                var folder = parsed.GetRequiredValue(output);
                var report = onValidation ? null : ReproductionReport.Open(folder);
                foreach (var experiment in experiments)
                {
                    var run = onValidation
                        ? experiment with { Settings = [.. experiment.Settings, .. settings], Seeds = [experiment.Seeds[0]] }
                        : experiment;
                    var result = run.Reproduce(
                        sets,
                        onValidation,
                        compute.Apply(parsed),
                        parsed.InvocationConfiguration.Error,
                        cancellation,
                        parsed.GetValue(resume) ? report?.PartOf(experiment) : null,
                        part => report?.SavePart(experiment, part));
                    var figures = result.Metrics.Keys.Select(metric => Describe(result, metric, onValidation ? null : experiment));
                    text.WriteLine($"{experiment.Name}: {string.Join(", ", figures)}");
                    report?.Put(result);
                    report?.Save(); // Each at once: what comes after may take hours, or fail.
                }
            },
            cancellation));
        return command;
    }

    private static IReadOnlyList<PublishedResult> Choose(string[] names, bool isQuick)
    {
        if (names.Length > 0 && isQuick)
        {
            throw new ArgumentException("--only names experiments, --quick chooses the quick ones: leave one of the two out.");
        }

        return names.Length > 0
            ? [.. names.Select(PublishedResults.Find)]
            : [.. PublishedResults.All.Where(experiment => experiment.IsQuick || !isQuick)];
    }

    private static string Describe(ReproducedResult result, string metric, PublishedResult? experiment)
    {
        var target = experiment?.Targets.FirstOrDefault(target => target.Metric == metric);
        var missed = target?.MissedBy(result.Mean(metric)) ?? 0;
        var deviation = result.Deviation(metric) is { } spread ? FormattableString.Invariant($" ± {spread:0.0000}") : "";
        var verdict = target is null ? "" : missed > 0 ? FormattableString.Invariant($" (missed by {missed:0.0000})") : " (met)";
        return FormattableString.Invariant($"{metric} {result.Mean(metric):0.0000}") + deviation + verdict;
    }
}
