using System.Diagnostics;
using AutoRec.Data;
using AutoRec.Evaluation;
using AutoRec.Scoring;
using AutoRec.Training;

namespace AutoRec.Catalog.Ensembles;

/// <summary>
/// Fits several models and mixes them. With validation data each model chooses its epochs on them, and then the weights are learned on the
/// same data, from models that have not seen them; <see cref="Chosen"/> fits again to all data with these epochs and weights. Without
/// validation data all models count the same. No checkpoints are kept.
/// </summary>
/// <typeparam name="TModel">The ensemble.</typeparam>
internal abstract class EnsembleTrainer<TModel> : ITrainer<TModel>, IChoosingTrainer
    where TModel : EnsembleModel
{
    private readonly ModelEntry[] entries;
    private readonly ITrainer<IRecommender>[] trainers;

    /// <exception cref="ArgumentException">A model or an option is unknown, or a model is of another kind.</exception>
    private protected EnsembleTrainer(EnsembleMembers members, ModelKind kind, Func<string, ModelEntry> find)
    {
        entries = [.. members.Select(member => find(member.Model))];
        if (entries.FirstOrDefault(entry => entry.Kind != kind) is { } other)
        {
            var (wanted, got) = kind == ModelKind.Rating ? ("predict ratings", "ranks items") : ("rank items", "predicts ratings");
            throw new ArgumentException($"The models of this ensemble must {wanted}; '{other.Name}' {got}.");
        }

        if (entries.FirstOrDefault(entry => entry.OptionsType.Namespace == typeof(EnsembleMembers).Namespace) is { } ensemble)
        {
            throw new ArgumentException($"'{ensemble.Name}' cannot be part of an ensemble. Name its models instead.");
        }

        trainers = [.. members.Zip(entries, (member, entry) => entry.CreateTrainer(member.Settings, out _))];
        Find = find;
    }

    /// <summary>Finds a model in the catalogue.</summary>
    private protected Func<string, ModelEntry> Find { get; }

    /// <summary>A fitted ensemble whose epochs and weights are taken over; null chooses anew.</summary>
    private protected EnsembleModel? Choices { get; init; }

    /// <inheritdoc/>
    public bool UsesItemFeatures => Array.Exists(trainers, trainer => trainer.UsesItemFeatures);

    /// <inheritdoc/>
    public FitCost? Estimate(DataSize data)
    {
        // One model after the other is fitted, while those before are kept.
        var all = new FitCost { Bytes = 0 };
        foreach (var cost in trainers.Select(trainer => trainer.Estimate(data)).OfType<FitCost>())
        {
            all = new FitCost
            {
                Bytes = Math.Max(all.Bytes, all.ModelBytes + cost.Bytes),
                ModelBytes = all.ModelBytes + cost.ModelBytes,
                LongestArray = Math.Max(all.LongestArray, cost.LongestArray),
                Seconds = all.Seconds + cost.Seconds + (cost.Epochs * cost.EpochSeconds),
            };
        }

        return all;
    }

    /// <inheritdoc/>
    public TModel Fit(InteractionMatrix train, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(context);
        var clock = Stopwatch.StartNew();
        var members = new FittedMember[trainers.Length];
        for (var m = 0; m < members.Length; m++)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            var progress = context.Progress.Part(entries[m].Name, (double)m / members.Length, (m + 1.0) / members.Length);
            members[m] = FitMember(m, train, context with { Progress = progress });
        }

        var weights = Choices?.Weights
            ?? (context.Validation is { } validation ? Learn(members, train, validation, context) : EnsembleWeights.Equal(members.Length));
        var model = Mix(members, weights);
        if (context.Validation is { } measure)
        {
            // What the weights were learned on is the ensemble's training data.
            var value = measure.Measure(model, context.Progress.Within("validation"));
            var epochs = Math.Max(1, members.Sum(member => member.Epochs ?? 0));
            context.Progress?.Report(
                new EpochReport(epochs, epochs, value, measure.Metric, value, measure.Metric, IsBest: true, IsLast: true, clock.Elapsed));
        }

        return model;
    }

    /// <inheritdoc/>
    public abstract ITrainer<IRecommender> Chosen(IRecommender fitted);

    /// <summary>Puts an ensemble together.</summary>
    private protected abstract TModel Mix(IReadOnlyList<FittedMember> members, EnsembleWeights weights);

    /// <summary>Learns weights on validation data.</summary>
    private protected abstract EnsembleWeights Learn(
        IReadOnlyList<FittedMember> members, InteractionMatrix train, IValidation validation, FitContext context);

    private FittedMember FitMember(int number, InteractionMatrix train, FitContext context)
    {
        var entry = entries[number];
        var progress = new MemberProgress(context.Progress);
        var model = trainers[number].Fit(train, context with
        {
            Seed = number == 0 ? context.Seed : (int)SeedHash.Of(context.Seed, number) & int.MaxValue,
            Validation = entry.UsesValidation ? context.Validation : null,
            EpochLimit = Choices is null ? context.EpochLimit : Choices.Members[number].Epochs,
            Checkpoint = null,
            Progress = progress,
        });
        return new FittedMember(entry, model, entry.UsesValidation && context.Validation is not null ? progress.Best : null);
    }

    /// <summary>Hands on the reports of one model, none of which is that of the ensemble's best.</summary>
    private sealed class MemberProgress(IProgress<WorkReport>? next) : IProgress<WorkReport>
    {
        public int? Best { get; private set; }

        public void Report(WorkReport value)
        {
            if (value is EpochReport epoch)
            {
                Best = epoch.IsBest ? epoch.Epoch : Best;
                value = epoch with { IsBest = false, IsLast = false };
            }

            next?.Report(value);
        }
    }
}

/// <summary>Trains an ensemble of models that predict ratings; weights as in <see cref="RatingWeights"/>.</summary>
internal sealed class RatingEnsembleTrainer(RatingEnsembleOptions options, Func<string, ModelEntry> find)
    : EnsembleTrainer<RatingEnsembleModel>(options.Models, ModelKind.Rating, find)
{
    /// <inheritdoc/>
    public override ITrainer<IRecommender> Chosen(IRecommender fitted) =>
        new RatingEnsembleTrainer(options, Find) { Choices = (EnsembleModel)fitted };

    private protected override RatingEnsembleModel Mix(IReadOnlyList<FittedMember> members, EnsembleWeights weights) =>
        new(members, weights);

    private protected override EnsembleWeights Learn(
        IReadOnlyList<FittedMember> members, InteractionMatrix train, IValidation validation, FitContext context) =>
        RatingWeights.Learn([.. members.Select(member => (IRatingPredictor)member.Model)], validation.HeldOut, options.Regularization);
}

/// <summary>Trains an ensemble of models that rank items; weights as in <see cref="RankingWeights"/>.</summary>
internal sealed class RankingEnsembleTrainer(RankingEnsembleOptions options, Func<string, ModelEntry> find)
    : EnsembleTrainer<RankingEnsembleModel>(options.Models, ModelKind.Ranking, find)
{
    /// <inheritdoc/>
    public override ITrainer<IRecommender> Chosen(IRecommender fitted) =>
        new RankingEnsembleTrainer(options, Find) { Choices = (EnsembleModel)fitted };

    private protected override RankingEnsembleModel Mix(IReadOnlyList<FittedMember> members, EnsembleWeights weights) =>
        new(members, weights);

    private protected override EnsembleWeights Learn(
        IReadOnlyList<FittedMember> members, InteractionMatrix train, IValidation validation, FitContext context) =>
        RankingWeights.Choose(
            [.. members.Select(member => member.Model)],
            train,
            validation.HeldOut,
            Metric.Parse(validation.Metric),
            options.Steps,
            context.Seed,
            context.Cancellation);
}
