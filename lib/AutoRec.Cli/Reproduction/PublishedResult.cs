using System.Text.Json.Nodes;
using AutoRec.Cli.Commands;
using AutoRec.Evaluation;
using AutoRec.Experiments;
using AutoRec.Native;
using AutoRec.Training;

namespace AutoRec.Cli.Reproduction;

/// <summary>A model measured by a protocol, and what is to come out.</summary>
/// <param name="Name">How the command line and the results refer to it.</param>
/// <param name="Model">The model's name in the catalogue.</param>
/// <param name="Protocol">How it is measured.</param>
/// <param name="Targets">Published figures and what ours must reach.</param>
internal sealed record PublishedResult(string Name, string Model, Protocol Protocol, params Target[] Targets)
{
    private const int Resamples = 10_000;

    /// <summary>Options that are not the model's defaults, as <c>--set</c> takes them.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary>
    /// What the row says of the model besides its name: a variant, or another architecture than the paper's. Null for nothing.
    /// </summary>
    public string? Variant { get; init; }

    /// <summary>Whether seeds change nothing, so that one run on fixed parts is all there is.</summary>
    public bool IsDeterministic { get; init; }

    /// <summary>One run (of all folds) for each; the seed is that of the split, where it is drawn, and of the model.</summary>
    public IReadOnlyList<int> Seeds { get; init; } = [42];

    /// <summary>
    /// Whether the best epoch is chosen on data held out of the training part; null: where the model does so. Without it
    /// all training data are fitted to, for the number of epochs that the options say.
    /// </summary>
    public bool? ChoosesEpoch { get; init; }

    /// <summary>Epochs without a better validation measure that end the training.</summary>
    public int Patience { get; init; } = 10;

    /// <summary>Whether it takes seconds and is part of the fast subset.</summary>
    public bool IsQuick { get; init; }

    /// <summary>What one must know of it: how options were chosen, where it departs from the published run.</summary>
    public string? Note { get; init; }

    /// <summary>Measures the model by the protocol, once for each seed and fold.</summary>
    /// <param name="data">The data sets.</param>
    /// <param name="onValidation">
    /// Measures on validation data held out of the training part and does not look at the test part: how options are chosen.
    /// </param>
    /// <param name="device">Where torch computes.</param>
    /// <param name="notes">Where progress goes.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <param name="earlier">A result of some of the seeds, which are not run again; null for none. Default null.</param>
    /// <param name="onSeed">Receives the result so far after each seed, where that is one of its own: on a protocol whose intervals are
    /// over users these come with the last seed. Default null.</param>
    public ReproducedResult Reproduce(
        DataFolder data,
        bool onValidation,
        ComputeDevice device,
        TextWriter notes,
        CancellationToken cancellation,
        ReproducedResult? earlier = null,
        Action<ReproducedResult>? onSeed = null)
    {
        var experiment = new Experiment(Model, [.. Settings.Select(ModelOptions.Setting)])
        {
            Metrics = Protocol.Specs,
            ValidationMetric = Metric.Parse(Protocol.ValidationMetric),
            Patience = Patience,
            Device = device,
            ChecksBaseline = false,
        };
        experiment = experiment with { ChoosesEpochs = ChoosesEpoch ?? experiment.ChoosesEpochs };
        var options = OutcomeOutput.ToJson(experiment.Options);
        earlier = earlier is not null && CanResume(earlier, options) ? earlier : null;
        var values = Protocol.Specs.ToDictionary(metric => metric, metric => earlier?.Metrics[metric.ToString()].ToList() ?? []);
        var fitTime = (earlier?.FitSeconds ?? 0) * (earlier?.Runs ?? 0);
        var perUser = Protocol.Specs.Where(metric => metric.IsPerUser).ToDictionary(metric => metric, _ => new List<UserValues>());
        var runs = earlier?.Runs ?? 0;
        foreach (var seed in Seeds.Except(earlier?.Seeds ?? []))
        {
            foreach (var fold in Protocol.Folds(data, seed).Select(fold => onValidation ? fold.OfValidation() : fold))
            {
                var outcome = WorkDisplay.Show(notes, Name, progress => experiment.Run(fold, seed, progress, cancellation));
                fitTime += outcome.FitTime.TotalSeconds;
                foreach (var (metric, value) in outcome.Metrics)
                {
                    values[metric].Add(value);
                }

                foreach (var (metric, ofUsers) in perUser)
                {
                    ofUsers.Add(outcome.PerUser[metric]);
                }

                notes.WriteLine($"{Name}: run {++runs}: {outcome}");
            }

            if (!Protocol.IsFixed)
            {
                onSeed?.Invoke(ResultUntil(seed));
            }
        }

        return ResultUntil(Seeds[^1]);

        ReproducedResult ResultUntil(int seed) => new()
        {
            Name = Name,
            Model = experiment.Name,
            Protocol = Protocol.Name,
            Options = options,
            Seeds = [.. Seeds.TakeWhile(one => one != seed), seed],
            Metrics = values.ToDictionary(one => one.Key.ToString(), one => (IReadOnlyList<double>)[.. one.Value]),
            Intervals = Protocol.IsFixed
                ? perUser.ToDictionary(one => one.Key.ToString(), one => new UserBootstrap([one.Value], Resamples, seed: 42).Interval(0))
                : [],
            FitSeconds = Math.Round(fitTime / runs, 2),
            Threads = ComputeThreads.Count,
        };
    }

    /// <summary>Whether a result lacks seeds.</summary>
    public bool IsPartial(ReproducedResult result) => result.Seeds.Count < Seeds.Count;

    private bool CanResume(ReproducedResult earlier, JsonObject options) => IsPartial(earlier) && !Protocol.IsFixed
        && Seeds.Take(earlier.Seeds.Count).SequenceEqual(earlier.Seeds) && JsonNode.DeepEquals(earlier.Options, options)
        && Protocol.Specs.All(metric => earlier.Metrics.ContainsKey(metric.ToString()));
}

/// <summary>A published figure and the values of ours that reproduce it.</summary>
/// <param name="Metric">The metric.</param>
/// <param name="Published">The published figure; null if nothing was published by this protocol.</param>
/// <param name="Source">Where it was published; null if it was not.</param>
/// <param name="Least">The least value of ours that will do.</param>
/// <param name="Most">The greatest value of ours that will do.</param>
internal sealed record Target(
    string Metric,
    double? Published,
    string? Source,
    double Least = double.NegativeInfinity,
    double Most = double.PositiveInfinity)
{
    public static Target AtLeast(string metric, double least, double? published = null, string? source = null) =>
        new(metric, published, source, Least: least);

    public static Target AtMost(string metric, double most, double? published = null, string? source = null) =>
        new(metric, published, source, Most: most);

    /// <summary>As near as <paramref name="tolerance"/>, on either side.</summary>
    public static Target Near(string metric, double published, double tolerance, string source) =>
        new(metric, published, source, published - tolerance, published + tolerance) { HasTolerance = true };

    /// <summary>At most 3 % worse; better will do.</summary>
    public static Target Within3Percent(string metric, double published, string source) =>
        new(metric, published, source, Least: 0.97 * published) { HasTolerance = true };

    /// <summary>Whether the bound is this project's own, not the published figure or a stated tolerance around it.</summary>
    public bool IsOwn => Published is not { } published || !(published == Least || published == Most || HasTolerance);

    private bool HasTolerance { get; init; }

    /// <summary>By how much a value misses the bound, above 0; 0 when it is met.</summary>
    public double MissedBy(double value) => Math.Max(0, Math.Max(Least - value, value - Most));
}
