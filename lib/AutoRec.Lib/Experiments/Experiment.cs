using System.Diagnostics;
using System.Globalization;
using AutoRec.Catalog;
using AutoRec.Data;
using AutoRec.Distributed;
using AutoRec.Evaluation;
using AutoRec.Native;
using AutoRec.Persistence;
using AutoRec.Scoring;
using AutoRec.Serving;
using AutoRec.Splitting;
using AutoRec.Training;

namespace AutoRec.Experiments;

/// <summary>
/// A model with its options, a way to split and what to measure: the one place that knows how a model is validated. <see
/// cref="Run(LoadedData, int, IProgress{WorkReport}?, CancellationToken)"/>
/// evaluates it, <see cref="OnValidation"/> serves the choice of options, <see cref="FitAll"/> gives the model that is kept.
/// </summary>
/// <remarks>
/// The rules: models that rank items learn from positive interactions alone (<see cref="Learning"/>), and held-out items are relevant when
/// they are positive. Epochs are chosen on a validation part that is held out of the training part in the same way as the test part was, by
/// RMSE for models that predict ratings and NDCG@100 for others; then the model is fitted again to the whole training part for as many
/// epochs. The test part is measured once, at the end. Ranked lists are those that would be served (<see cref="ServedModel"/>).
/// </remarks>
public sealed record Experiment
{
    private const string ComparingPhase = "comparing with the baseline";
    private const string ProfilesPhase = "learning what profiles count";
    private const string MeasuringPhase = "measuring";
    private const double ScoreSeconds = 1e-8; // of an item for a user, ranked
    private const int ContinuedShare = 2; // of the epochs, of a model that starts with weights and chooses none

    private static readonly Metric DefaultRankingValidation = Metric.Ndcg(100);

    private static readonly IReadOnlyList<Metric> DefaultRankingMetrics = Metric.ParseList("precision@10,recall@10,ndcg@10");

    /// <summary>An experiment with a model of the catalogue.</summary>
    /// <param name="model">The model's name, see <see cref="ModelCatalog"/>.</param>
    /// <param name="settings">Options that are not the defaults: names and values as <c>--set</c> takes them.</param>
    /// <exception cref="ArgumentException">There is no such model or option, or a value is out of range.</exception>
    public Experiment(string model, params IEnumerable<KeyValuePair<string, string>> settings)
        : this(ModelCatalog.Find(model), settings)
    {
    }

    /// <inheritdoc cref="Experiment(string, IEnumerable{KeyValuePair{string, string}})"/>
    public Experiment(ModelEntry model, params IEnumerable<KeyValuePair<string, string>> settings)
    {
        ArgumentNullException.ThrowIfNull(model);
        Entry = model;
        Name = model.Name;
        Trainer = CreateTrainer(model, settings, out var options);
        Options = ModelEntry.Settings(options);
        ChoosesEpochs = model.UsesValidation;
    }

    /// <summary>An experiment with a trainer of your own.</summary>
    /// <param name="name">What outcomes call it.</param>
    /// <param name="trainer">The trainer. One that reports epochs has their number chosen.</param>
    public Experiment(string name, ITrainer<IRecommender> trainer)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(trainer);
        Name = name;
        Trainer = trainer;
        Options = new Dictionary<string, string>();
        ChoosesEpochs = true;
    }

    /// <summary>What outcomes call the model: its name in the catalogue unless set.</summary>
    public string Name { get; init; }

    /// <summary>The model's entry in the catalogue; null for a trainer of your own.</summary>
    public ModelEntry? Entry { get; }

    /// <summary>All options of the model with their values.</summary>
    public IReadOnlyDictionary<string, string> Options { get; private init; }

    /// <summary>How the test part is held out. Default: <c>random:0.9</c>.</summary>
    public ISplitter Splitter { get; init; } = new RandomSplitter(0.9);

    /// <summary>What is measured; empty takes the defaults of <see cref="MetricsFor"/>. Default: empty.</summary>
    public IReadOnlyList<Metric> Metrics { get; init; } = [];

    /// <summary>
    /// The measure on validation data; null takes RMSE for models that predict ratings and NDCG@100 for others. Default null.
    /// </summary>
    public Metric? ValidationMetric { get; init; }

    /// <summary>Whether the number of epochs is chosen on validation data. Default: where the model has epochs to choose.</summary>
    public bool ChoosesEpochs { get; init; }

    /// <summary>The most epochs, where the options allow more. Default null, as the options say.</summary>
    public int? EpochLimit { get; init; }

    /// <summary>Epochs without a better validation measure after which training ends. Default 10.</summary>
    public int Patience { get; init; } = 10;

    /// <summary>
    /// The most users whose ranked lists are validated; of more, so many are drawn at random. The test part is always measured as a whole.
    /// Default 20,000.
    /// </summary>
    public int ValidationUsers { get; init; } = 20_000;

    /// <summary>Where tensors live. Default: the CPU.</summary>
    public ComputeDevice Device { get; init; } = ComputeDevice.Cpu;

    /// <summary>
    /// The processes that run the experiment together, with the same data; each gets the whole outcome. Default: this process alone.
    /// </summary>
    public IProcessGroup Group { get; init; } = ProcessGroup.Single;

    /// <summary>
    /// Whether the model is compared with its baseline on the validation part (<see cref="Outcome.Baseline"/>). A model that chooses no
    /// epochs is fitted once more for it. Default true.
    /// </summary>
    public bool ChecksBaseline { get; init; } = true;

    /// <summary>
    /// Whether profiles of users are mixed into ranked lists by the weights that serving would use, which are learned on the training
    /// part. Default false: lists are by history alone.
    /// </summary>
    public bool UsesProfiles { get; init; }

    /// <summary>
    /// Rules that measured lists are made by; null for none. They are rules of the lists alone: epochs and options are chosen without them.
    /// Held-out items that the rules do not allow stay relevant. Default null.
    /// </summary>
    public RecommendationRules? Rules { get; init; }

    /// <summary>Whether the model predicts ratings, so that RMSE means something.</summary>
    public bool PredictsRatings => Trainer is ITrainer<IRatingPredictor>;

    /// <summary>Whether the model requires features of items, see <see cref="SideFeatures.OfItems"/>.</summary>
    public bool UsesItemFeatures => Trainer.UsesItemFeatures;

    private ITrainer<IRecommender> Trainer { get; init; }

    /// <summary>The same experiment with other options of the model.</summary>
    /// <exception cref="NotSupportedException">The experiment has a trainer of your own.</exception>
    /// <exception cref="ArgumentException">An option is unknown, or its value is out of range.</exception>
    public Experiment With(IEnumerable<KeyValuePair<string, string>> settings)
    {
        var trainer = CreateTrainer(InCatalogue(), settings, out var options);
        return this with { Trainer = trainer, Options = ModelEntry.Settings(options) };
    }

    /// <summary>
    /// The data of which each process of <see cref="Group"/> reads its part for <see cref="FitAll"/>, if they are a partitioned log and the
    /// model can be fitted so; others are read as a whole.
    /// </summary>
    internal DataSource WithParts(DataSource source) => Group.Size > 1 && Entry is { ReadsPartsBy: { } by }
        ? source with { Reading = source.Reading with { Share = SharedRatings.ReadingOf(Name, by, Group) } }
        : source;

    /// <summary>
    /// The data of which each process reads its part for <see cref="Run(LoadedData, int, IProgress{WorkReport}?, CancellationToken)"/>: as
    /// for <see cref="FitAll"/>, where ratings are held out at random and only predicted ratings are measured.
    /// </summary>
    internal DataSource WithPartsToMeasure(DataSource source) =>
        source.Test is null && Splitter is RandomSplitter && Metrics.Count > 0 && Metrics.All(metric => metric.IsRating)
            && ValidationMetric is null or { IsRating: true }
            ? WithParts(source)
            : source;

    /// <summary>
    /// The metrics that are measured: those asked for, or else RMSE and MAE where the model predicts ratings, and Precision, Recall
    /// and NDCG at 10.
    /// </summary>
    /// <param name="hasRatings">Whether the data have ratings, see <see cref="Feedback.HasRatings"/>.</param>
    /// <exception cref="ArgumentException">A metric of ratings is asked for and the model or the data have none.</exception>
    public IReadOnlyList<Metric> MetricsFor(bool hasRatings)
    {
        if (Metrics.Count == 0)
        {
            return PredictsRatings && hasRatings ? [Metric.Rmse, Metric.Mae, .. DefaultRankingMetrics] : DefaultRankingMetrics;
        }

        if (Metrics.FirstOrDefault(metric => metric.IsRating) is { } rating)
        {
            if (!PredictsRatings)
            {
                var predictors = ModelCatalog.All.Where(entry => entry.Kind == ModelKind.Rating).Select(entry => entry.Name);
                throw new ArgumentException($"The model '{Name}' ranks items and does not predict ratings, so it has no '{rating}'. "
                    + $"Models that predict ratings: {string.Join(", ", predictors)}.");
            }

            if (!hasRatings)
            {
                throw new ArgumentException(
                    $"The data have no ratings but likes or counts, so '{rating}' cannot be measured. Use metrics of ranked lists, for "
                    + "example ndcg@10. If there are ratings, remove --min-rating, which makes likes of them, or declare "
                    + "--feedback stars.");
            }
        }

        return Metrics;
    }

    /// <summary>The measure on validation data.</summary>
    /// <inheritdoc cref="MetricsFor"/>
    /// <exception cref="ArgumentException">RMSE is asked for and the model or the data have no ratings.</exception>
    public Metric ValidationMetricFor(bool hasRatings)
    {
        var isRating = PredictsRatings && hasRatings;
        var metric = ValidationMetric ?? (isRating ? Metric.Rmse : DefaultRankingValidation);
        return !metric.IsRating || (metric == Metric.Rmse && isRating) ? metric : throw new ArgumentException(
            $"'{metric}' cannot be optimised here. Use {(isRating ? "rmse or " : "")}a ranking metric, for example ndcg@10.");
    }

    /// <summary>Estimates what a run takes, before it begins; null for a trainer of your own that does not say.</summary>
    /// <param name="fold">The parts.</param>
    public FitCost? Estimate(Fold fold)
    {
        ArgumentNullException.ThrowIfNull(fold);
        return Estimate(DataSize.Of(fold.Split.Train.LearnedBy(PredictsRatings)));
    }

    /// <summary>Estimates what a run takes from data that are not split yet, of which the training part is a little less.</summary>
    /// <param name="loaded">The data.</param>
    public FitCost? Estimate(LoadedData loaded)
    {
        ArgumentNullException.ThrowIfNull(loaded);
        return Estimate(DataSize.Of(loaded.Data.Interactions, PredictsRatings));
    }

    /// <summary>Why a run cannot take place, and what would help; null if the data have what the model requires and it fits into memory
    /// that is free for this process.</summary>
    /// <param name="fold">The parts.</param>
    /// <param name="limit">The most time that it may take; null for any. Default null.</param>
    public string? Obstacle(Fold fold, TimeSpan? limit = null)
    {
        ArgumentNullException.ThrowIfNull(fold);
        return WithoutFeatures(fold.Data) ?? Obstacle(Estimate(fold), limit);
    }

    /// <summary>Why a run on data that are not split yet cannot take place, as for their parts.</summary>
    /// <param name="loaded">The data.</param>
    /// <param name="limit">The most time that it may take; null for any. Default null.</param>
    public string? Obstacle(LoadedData loaded, TimeSpan? limit = null)
    {
        ArgumentNullException.ThrowIfNull(loaded);
        return WithoutFeatures(loaded.Data) ?? Obstacle(Estimate(loaded), limit);
    }

    /// <summary>Splits, fits, chooses epochs on the validation part, fits again, and measures on the test part.</summary>
    /// <param name="loaded">The data.</param>
    /// <param name="seed">The seed of the split and of the training. Default 42.</param>
    /// <param name="progress">Receives how far the work has come, over all its phases; an <see cref="EpochReport"/> after each
    /// epoch.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="ArgumentException">The data cannot be split this way, or a metric does not go with model and data.</exception>
    public Outcome Run(
        LoadedData loaded, int seed = 42, IProgress<WorkReport>? progress = null, CancellationToken cancellation = default) =>
        Run(Fold.Of(loaded, Splitter, seed), seed, progress, cancellation);

    /// <summary>Runs on parts that are there already.</summary>
    /// <inheritdoc cref="Run(LoadedData, int, IProgress{WorkReport}?, CancellationToken)"/>
    public Outcome Run(Fold fold, int seed = 42, IProgress<WorkReport>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(fold);
        var test = fold.Split.Test.Targets;
        CheckGroup(() =>
        [
            DataFingerprint.Of(fold.Split.TrainLog), fold.Feedback, test.Share is null ? DataFingerprint.Of(test) : fold.TestCount, seed,
        ]);
        var metrics = MetricsFor(fold.Feedback.HasRatings);
        var context = Context(fold, seed, cancellation);
        ServedModel? served = null;
        var rules = PrepareRules(fold, metrics, () => served!.Space);
        GC.Collect(); // What an earlier model has left is not counted as this one's memory.
        using var memory = new MemoryWatch();
        var clock = Stopwatch.StartNew();
        var train = fold.Split.Train;
        var inner = ChoosesEpochs ? fold.Validation : null;
        var validation = inner is null ? null : ValidationOf(inner, seed);
        var plan = PlanOf(fold, inner, validation, progress);
        var fit = Fit(fold, inner, validation, context, plan);
        var (fitTime, grown) = (clock.Elapsed, memory.Grown);
        if (ChecksBaseline && inner is null && TryHoldOut(fold, out _) is { } heldOut)
        {
            (inner, validation) = (heldOut, ValidationOf(heldOut, seed));
        }

        var baseline = CheckBaseline(fold, inner, validation, fit, context, plan);

        clock.Restart();
        var ratings = metrics.Any(metric => metric.IsRating)
            ? Evaluator.MeasureRatings((IRatingPredictor)fit.Model, train, fold.Split.Test, Group)
            : null;
        Metric[] ofLists = [.. metrics.Where(metric => !metric.IsRating)];
        var otherLists = ofLists.Length > 0 ? fold.MeasureLists?.Invoke(fit.Model, ofLists) : null;
        var isMeasured = ofLists.Length > 0 && otherLists is null;
        served = isMeasured ? Served(fold, fit, context, plan) : new ServedModel(Entry, fit.Model, train);
        var rankings = isMeasured
            ? Evaluator.MeasureRankingByRules(
                served,
                train,
                fold.Split.Test,
                ofLists,
                rules?.Lists ?? ListRules.None,
                seed,
                plan.Begin(MeasuringPhase),
                cancellation,
                Rankers(fit.Model))
            : null;

        return new Outcome
        {
            Name = Name,
            Seed = seed,
            Options = Options,
            Fold = fold,
            Model = fit.Model,
            Served = served,
            Metrics =
            [
                .. metrics.Select(metric => KeyValuePair.Create(
                    metric, metric.IsRating ? ratings![metric] : otherLists?[metric].Value ?? rankings![metric])),
            ],
            PerUser = new[] { ratings?.PerUser, otherLists ?? rankings?.PerUser }.OfType<IReadOnlyDictionary<Metric, UserValues>>()
                .SelectMany(values => values).ToDictionary(),
            Ratings = ratings,
            Rankings = rankings,
            Epochs = fit.Best?.Epoch,
            Choosing = fit.Choosing,
            Baseline = baseline,
            Notes =
            [
                .. fold.Notes,
                .. OutcomeNotes.OfLearning(train, PredictsRatings, [Name]),
                .. OutcomeNotes.Of(fit),
                .. OutcomeNotes.Of(fit.Model),
                .. OutcomeNotes.Of(validation),
                .. OutcomeNotes.Of(fold, ratings, rankings),
                .. OutcomeNotes.Of(Rules, rules, rankings),
                .. OutcomeNotes.Of(baseline, Name),
            ],
            FitTime = fitTime,
            MeasureTime = clock.Elapsed,
            FitMemory = grown,
        };
    }

    /// <summary>Fits without the validation part and measures on it: what options are chosen by. The test part is not looked at.</summary>
    /// <param name="fold">The parts.</param>
    /// <param name="seed">The seed of the training. Default 42.</param>
    /// <param name="progress">Receives how far the work has come.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>The value of <see cref="ValidationMetricFor"/>, at the best epoch where epochs are chosen.</returns>
    /// <exception cref="ArgumentException">No validation part can be held out.</exception>
    public double OnValidation(
        Fold fold, int seed = 42, IProgress<WorkReport>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(fold);
        var validation = ValidationOf(fold.Validation, seed);
        var context = Context(fold, seed, cancellation) with { Progress = progress };
        Estimate(fold)?.Check(Name);
        return validation.Measure(
            Trainer.Learn(fold.Validation.Train, ChoosesEpochs ? context with { Validation = validation } : context),
            progress.Within("measuring"));
    }

    /// <summary>Fits a model to keep: to all interactions, for a number of epochs that is chosen on a held-out share of them.</summary>
    /// <param name="loaded">The data; a test or validation part is not used.</param>
    /// <param name="seed">The seed of the held-out share and of the training. Default 42.</param>
    /// <param name="holdout">The share that is held out first, 0 to 0.5: epochs are chosen on it, and the model is compared with its
    /// baseline. 0 holds nothing out. Default 0.1.</param>
    /// <param name="checkpoint">Where the training keeps how far it has come; null keeps nothing. Default null.</param>
    /// <param name="progress">Receives how far the work has come, over all its phases; an <see cref="EpochReport"/> after each
    /// epoch.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="holdout"/> is out of range.</exception>
    /// <exception cref="NotSupportedException">The experiment has a trainer of your own, or the model has no checkpoints.</exception>
    public FittedModel FitAll(
        LoadedData loaded,
        int seed = 42,
        double holdout = 0.1,
        Checkpoint? checkpoint = null,
        IProgress<WorkReport>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(loaded);
        return FitTo(loaded, null, seed, holdout, checkpoint, progress, cancellation);
    }

    /// <summary>
    /// Continues a kept model with new interactions. A model in closed form is computed from all interactions, and is the one that
    /// <see cref="FitAll"/> makes of them. Others start with the weights of the kept model and are trained on all interactions: for a
    /// number of epochs that is chosen on a share of the new interactions, which the kept model has not seen, or, where none are chosen,
    /// for half of the model's epochs.
    /// </summary>
    /// <param name="from">The model and the new interactions.</param>
    /// <param name="seed">The seed of the held-out share and of the training. Default 42.</param>
    /// <param name="holdout">The share that is held out first, 0 to 0.5: of the new interactions for a model that starts with weights, of
    /// all for one in closed form. Default 0.1.</param>
    /// <param name="device">Where tensors live. Default: the CPU.</param>
    /// <param name="checkpoint">Where the training keeps how far it has come; null keeps nothing. Default null.</param>
    /// <param name="progress">Receives how far the work has come, over all its phases; an <see cref="EpochReport"/> after each
    /// epoch.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="holdout"/> is out of range.</exception>
    /// <exception cref="NotSupportedException">The model has no checkpoints.</exception>
    public static FittedModel Continue(
        Continuation from,
        int seed = 42,
        double holdout = 0.1,
        ComputeDevice device = ComputeDevice.Cpu,
        Checkpoint? checkpoint = null,
        IProgress<WorkReport>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(from);
        var (entry, options) = (from.Kept.Entry, from.Kept.Options);
        var experiment = new Experiment(entry, options) { Device = device };
        if (entry.Continues == ContinuationKind.Exact)
        {
            return experiment.FitTo(from.Loaded, null, seed, holdout, checkpoint, progress, cancellation);
        }

        if (!entry.UsesValidation && options.TryGetValue("epochs", out var epochs))
        {
            var limit = (int.Parse(epochs, CultureInfo.InvariantCulture) + ContinuedShare - 1) / ContinuedShare;
            experiment = experiment with { EpochLimit = limit };
        }

        return experiment.FitTo(from.Loaded, from, seed, holdout, checkpoint, progress, cancellation);
    }

    private FittedModel FitTo(
        LoadedData loaded,
        Continuation? from,
        int seed,
        double holdout,
        Checkpoint? checkpoint,
        IProgress<WorkReport>? progress,
        CancellationToken cancellation)
    {
        var entry = InCatalogue();
        CheckGroup(() =>
            [DataFingerprint.Of(loaded.Data.Interactions), loaded.Data.Interactions.Feedback, holdout, checkpoint?.Resume, seed]);
        checkpoint?.Check();
        if (holdout is not (>= 0 and <= 0.5))
        {
            throw new ArgumentOutOfRangeException(
                nameof(holdout), FormattableString.Invariant($"--holdout must be between 0 and 0.5; got {holdout}."));
        }

        if (UsesItemFeatures)
        {
            loaded = loaded with { Data = DataSets.WithOtherItems(loaded.Data) };
        }

        var fold = Fold.OfAll(loaded, holdout, seed, from?.Added);
        var context = Context(fold, seed, cancellation) with { Checkpoint = checkpoint, Start = from?.Start() };
        var (train, data, notes) = (fold.Split.Train, loaded.Data, new List<string>(fold.Notes));
        notes.AddRange(OutcomeNotes.OfLearning(train, PredictsRatings, [Name]));
        var reason = default(string);
        var inner = holdout == 0 ? null : TryHoldOut(fold, out reason);
        if (reason is not null)
        {
            notes.Add($"nothing is held out to choose epochs or to compare with a baseline: {reason}");
        }

        var validation = inner is null ? null : ValidationOf(inner, seed);
        var plan = PlanOf(fold, inner, validation, progress);
        var fit = Fit(fold, inner, validation, context, plan);
        var baseline = CheckBaseline(fold, inner, validation, fit, context, plan);
        notes.AddRange(OutcomeNotes.Of(fit));
        notes.AddRange(OutcomeNotes.Of(fit.Model));
        notes.AddRange(OutcomeNotes.Of(validation));
        notes.AddRange(OutcomeNotes.Of(baseline, Name));
        var weights = from?.Kept.ProfileWeights ?? LearnProfileWeights(train, data, fit, context, plan);
        if (from is null && ProfileWeightLearner.CanLearn(train, data.UserAttributes))
        {
            notes.Add(OutcomeNotes.Of(weights, PredictsRatings));
        }

        return new FittedModel
        {
            Entry = entry,
            Model = fit.Model,
            Options = Options,
            Seed = seed,
            Threads = ComputeThreads.Count,
            Data = data,
            Group = Group,
            Metrics = (baseline?.Model ?? fit.Best?.Validation) is { } value
                ? new Dictionary<string, double> { [$"validation {ValidationMetricFor(fold.Feedback.HasRatings)}"] = value }
                : new Dictionary<string, double>(),
            ProfileWeights = weights,
            Notes = notes,
        };
    }

    private static ITrainer<IRecommender> CreateTrainer(
        ModelEntry entry, IEnumerable<KeyValuePair<string, string>> settings, out object options)
    {
        ArgumentNullException.ThrowIfNull(settings);
        settings = [.. settings];
        if (!entry.WeighsByAge && settings.Any(setting => OptionsBinding.IsSame(setting.Key, nameof(IAgeWeighted.HalfLife))))
        {
            var others = ModelCatalog.All.Where(other => other.WeighsByAge).Select(other => other.Name);
            throw new ArgumentException($"The model '{entry.Name}' does not weigh interactions by age, so it has no option 'half-life'. "
                + $"Models that do: {string.Join(", ", others)}.");
        }

        return entry.CreateTrainer(settings, out options);
    }

    /// <summary>
    /// What a run takes: two fits, where epochs are chosen or the model is compared with its baseline. A model that chooses no epochs is
    /// kept while it is fitted once more for the latter.
    /// </summary>
    private FitCost? Estimate(DataSize data)
    {
        if (Trainer.Estimate(data with { Ranks = Group.Size }) is not { } cost)
        {
            return null;
        }

        var fits = ChoosesEpochs || ChecksBaseline ? 2 : 1;
        return cost with
        {
            Bytes = cost.Bytes + (ChecksBaseline && !ChoosesEpochs ? cost.ModelBytes : 0),
            Seconds = fits * cost.Seconds,
            EpochSeconds = fits * cost.EpochSeconds,
            Epochs = Math.Min(cost.Epochs, EpochLimit ?? cost.Epochs),
        };
    }

    private string? WithoutFeatures(DataSet? data) =>
        UsesItemFeatures && (data is null || SideFeatures.OfItems(data).ColumnCount == 0) ? SideFeatures.WhyMissing(Name) : null;

    private string? Obstacle(FitCost? cost, TimeSpan? limit) => cost is null ? null
        : cost.Obstacle(Name)
            ?? (cost.Time > limit ? $"{Name} would take about {FitCost.Text(cost.Time)}, more than {FitCost.Text(limit.Value)}." : null);

    // Before the work: that the model can be fitted by several processes, and that all of them are about to do the same.
    private void CheckGroup(Func<object?[]> data)
    {
        if (Group.Size == 1)
        {
            return;
        }

        if (Entry is { IsDistributed: false })
        {
            var others = ModelCatalog.All.Where(entry => entry.IsDistributed).Select(entry => entry.Name);
            throw new NotSupportedException(
                $"The model '{Name}' cannot be trained on several ranks. Start it as one process, or use a model that can: "
                + $"{string.Join(", ", others)}.");
        }

        Group.CheckSame(string.Join(
            ' ',
            [
                ModelFolder.CurrentVersion, Name, .. Options, Splitter.Name, .. Metrics, ValidationMetric, ValidationUsers, ChoosesEpochs,
                EpochLimit, Patience, ChecksBaseline, UsesProfiles, Rules, .. data(),
            ]));
    }

    private ModelEntry InCatalogue() => Entry
        ?? throw new NotSupportedException($"'{Name}' is a trainer of your own; this requires a model of the catalogue.");

    private FitContext Context(Fold fold, int seed, CancellationToken cancellation) => new()
    {
        ItemFeatures = UsesItemFeatures && fold.Data is { } data ? SideFeatures.OfItems(data) : null,
        Seed = seed,
        Device = Device,
        Group = Group,
        EpochLimit = EpochLimit,
        Patience = Patience,
        Cancellation = cancellation,
    };

    /// <summary>The rules for the items of a fold; null without rules.</summary>
    private PreparedRules? PrepareRules(Fold fold, IReadOnlyList<Metric> metrics, Func<IItemSimilarity> similarity)
    {
        if (Rules is not { IsEmpty: false } rules)
        {
            return null;
        }

        if (rules.IncludeSeen)
        {
            throw new ArgumentException(
                "Lists with items of the history cannot be evaluated: held-out items are those that the user does not have. "
                + "Leave out include-seen.");
        }

        if (fold.MeasureLists is not null || metrics.All(metric => metric.IsRating))
        {
            throw new ArgumentException("Rules are about ranked lists of the whole catalogue. Measure one, for example ndcg@10.");
        }

        return fold.Data is { } data
            ? new RuleBook(data, fold.Split.Train, similarity).Prepare(rules)
            : throw new ArgumentException("Rules require a fold with its data set, as Fold.Of(LoadedData, ...) makes it.");
    }

    /// <summary>The validation split; null, with the reason, where none can be held out or nothing in it can be measured.</summary>
    private Split? TryHoldOut(Fold fold, out string? reason)
    {
        var inner = fold.TryHoldOut(out reason);
        if (inner is null || ValidationMetricFor(fold.Feedback.HasRatings).IsRating || inner.Test.Targets.Positives().Count > 0)
        {
            return inner;
        }

        reason = "no interaction of the held-out share is positive";
        return null;
    }

    /// <summary>
    /// The phases of a run or of a fit to everything, and about how many processor seconds each takes. The fit to everything has no test
    /// part.
    /// </summary>
    private WorkPlan PlanOf(Fold fold, Split? inner, IValidation? validation, IProgress<WorkReport>? progress)
    {
        var (train, test) = (fold.Split.Train, fold.Split.Test.Targets);
        var cost = Trainer.Estimate(DataSize.Of(train.LearnedBy(PredictsRatings)));
        var epochs = Math.Min(cost?.Epochs ?? 0, EpochLimit ?? int.MaxValue);
        var fit = cost is null ? 1 : 0.01 + cost.Seconds + (epochs * cost.EpochSeconds);
        var measuring = ScoreSeconds * test.CountRows() * train.ColumnCount;
        var validating = validation is RatingValidation ? 0
            : validation is null ? measuring
            : ScoreSeconds * validation.HeldOut.Targets.CountRows() * train.ColumnCount;
        var choosing = inner is not null && ChoosesEpochs ? fit + (epochs * validating) : 0;
        var comparing = ChecksBaseline ? (ChoosesEpochs ? 0 : fit) + (2 * validating) : 0;
        var learnsProfiles = fold.Data is { } data && (test.Count == 0 || UsesProfiles)
            && ProfileWeightLearner.CanLearn(train, data.UserAttributes);
        return new WorkPlan(
            progress,
            (ChosenFit.ChoosingPhase, fold.IsValidationHeldOut ? choosing : 0),
            (ChosenFit.FittingPhase, fold.IsValidationHeldOut || choosing == 0 ? fit : choosing),
            (ComparingPhase, comparing),
            (ProfilesPhase, learnsProfiles ? fit : 0),
            (MeasuringPhase, measuring));
    }

    /// <summary>Fits to the training part of a fold; epochs are chosen on its validation split, if there is one.</summary>
    private ChosenFit Fit(Fold fold, Split? inner, IValidation? validation, FitContext context, WorkPlan plan)
    {
        Estimate(fold)?.Check(Name);
        return ChosenFit.Of(
            Trainer, fold.Split.Train, ChoosesEpochs ? inner : null, fold.IsValidationHeldOut, validation, context, plan);
    }

    /// <summary>The model and its baseline on the validation split; null without one, or if the check is switched off.</summary>
    private BaselineCheck? CheckBaseline(
        Fold fold, Split? inner, IValidation? validation, ChosenFit fit, FitContext context, WorkPlan plan)
    {
        if (inner is null || validation is null || !ChecksBaseline)
        {
            return null;
        }

        var progress = plan.Begin(ComparingPhase);
        var without = context with { Progress = progress.WithoutEpochs(), Checkpoint = null };
        var value = fit.Best?.Validation
            ?? validation.Measure(fold.IsValidationHeldOut ? fit.Trainer.Learn(inner.Train, without) : fit.Model, progress.Within(""));
        var metric = ValidationMetricFor(fold.Feedback.HasRatings);
        var baseline = context.ItemFeatures is not null && inner.Test.Candidates is not null
            ? ModelCatalog.Find("popularity-features") // Popularity does not know the candidates.
            : ModelCatalog.BaselineOf(metric.IsRating ? ModelKind.Rating : ModelKind.Ranking);
        var model = baseline.Name == Name ? null
            : baseline.CreateTrainer([], out _).Learn(inner.Train, without with { Start = null, Progress = null });
        return new BaselineCheck(metric, value, baseline.Name, model is null ? value : validation.Measure(model, progress.Within("")));
    }

    /// <summary>The measure on a validation part, of lists as they would be served.</summary>
    private IValidation ValidationOf(Split inner, int seed)
    {
        var metric = ValidationMetricFor(inner.TrainLog.Feedback.HasRatings);
        if (metric.IsRating)
        {
            return new RatingValidation(inner.Train, inner.Test) { Group = Group };
        }

        var popularity = ProfileModel.WithoutAttributes(inner.Train); // the same after every epoch
        return new ServedValidation(
            inner, metric, seed, ValidationUsers, model => new ServedModel(Entry, model, inner.Train, popularity), Rankers);
    }

    /// <summary>
    /// The processes that each rank some of the users. Where the weights lie on all of them, these score all users together, so that each
    /// ranks all.
    /// </summary>
    private IProcessGroup Rankers(IRecommender model) => model is ISplitModel { IsSplit: true } ? ProcessGroup.Single : Group;

    /// <summary>
    /// The model of a fold as it would be served: users without a history get the most popular items, and profiles are mixed in if they are
    /// asked for and known.
    /// </summary>
    private ServedModel Served(Fold fold, ChosenFit fit, FitContext context, WorkPlan plan)
    {
        var train = fold.Split.Train;
        return UsesProfiles && fold.Data is { } data
            ? new(
                Entry,
                fit.Model,
                train,
                new ProfileModel(train, data.UserAttributes),
                LearnProfileWeights(train, data, fit, context, plan))
            : new(Entry, fit.Model, train);
    }

    /// <summary>Learns how much profiles count, with one more fit of as many epochs; not at all if there are none.</summary>
    private ProfileWeights LearnProfileWeights(
        InteractionMatrix train, DataSet data, ChosenFit fit, FitContext context, WorkPlan plan) => ProfileWeightLearner.Learn(
            Entry,
            fit.Trainer,
            train,
            data.UserAttributes,
            context with { EpochLimit = fit.Best?.Epoch ?? context.EpochLimit, Progress = plan.Begin(ProfilesPhase).WithoutEpochs() });
}
