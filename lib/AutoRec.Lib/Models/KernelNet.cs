using System.ComponentModel.DataAnnotations;
using AutoRec.Data;
using AutoRec.Models.Networks;
using AutoRec.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace AutoRec.Models;

/// <summary>What a KernelNet learns.</summary>
public sealed record KernelNetOptions
{
    /// <summary>Units of each hidden layer. Default 500.</summary>
    [Range(1, 100_000)]
    public int HiddenUnits { get; init; } = 500;

    /// <summary>Hidden layers. Default 2.</summary>
    [Range(1, 100)]
    public int HiddenLayers { get; init; } = 2;

    /// <summary>Length of the embedding of a unit, from which the kernel is made. Default 5.</summary>
    [Range(1, 1000)]
    public int EmbeddingDimensions { get; init; } = 5;

    /// <summary>The weight lambda_2 of the L2 penalty lambda_2/2 |W|^2 against half the sum of squared errors. Default 60.</summary>
    [Range(0.0, 1e6)]
    public double Regularization { get; init; } = 60;

    /// <summary>
    /// The weight lambda_s of the penalty lambda_s/2 |K|^2 on the kernel, which draws connections towards 0. Default 0.013.
    /// </summary>
    [Range(0.0, 1e6)]
    public double KernelRegularization { get; init; } = 0.013;

    /// <summary>Adam's learning rate in the first epoch. Default 0.001.</summary>
    [Range(1e-7, 1.0)]
    public double LearningRate { get; init; } = 0.001;

    /// <summary>What the learning rate is multiplied by after each epoch. Default 0.99.</summary>
    [Range(0.5, 1.0)]
    public double LearningRateDecay { get; init; } = 0.99;

    /// <summary>Items a batch. Default 512.</summary>
    [Range(1, 1_000_000)]
    public int BatchSize { get; init; } = 512;

    /// <summary>The most epochs; early stopping may end sooner. Default 300.</summary>
    [Range(1, 100_000)]
    public int Epochs { get; init; } = 300;
}

/// <summary>
/// KernelNet, also Sparse FC (Muller, Martel, Indiveri: Kernelized Synaptic Weight Matrices, ICML 2018): an autoencoder
/// of an item's ratings by all users, each weight multiplied by max(0, 1 - |u_i - v_j|^2) of learned embeddings u and v
/// of the units it connects. Minimised is 1/2 sum over observed ratings of (r - prediction)^2 + lambda_2/2 |W|^2 +
/// lambda_s/2 |K|^2, biases not penalised, here by Adam in mini-batches of items, each with its share of the penalties;
/// the paper's code takes L-BFGS over all items at once.
/// </summary>
public sealed class KernelNetTrainer : ITrainer<KernelNetModel>
{
    private readonly KernelNetOptions options;

    /// <summary>A trainer.</summary>
    /// <param name="options">What to learn; null takes the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public KernelNetTrainer(KernelNetOptions? options = null) => this.options = OptionsBinding.Validated(options ?? new());

    /// <inheritdoc/>
    public KernelNetModel Fit(InteractionMatrix train, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(context);
        var device = TorchDevices.Resolve(context.Device);
        var byItem = train.Transpose(); // [items x users]
        var items = RowBatches.NonEmpty(byItem);
        var shuffle = new Random(context.Seed);

        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)context.Seed, CPU);
        using var network = new KernelNetNetwork(byItem.ColumnCount, options.HiddenUnits, options.HiddenLayers, options.EmbeddingDimensions, generator);
        network.to(device);
        using var adam = new TorchAdam(network.parameters(), options.LearningRate);
        var batches = new DenseBatches(byItem, device);

        var (best, history) = EpochLoop.Run(
            options.Epochs,
            context,
            "rmse",
            epoch =>
            {
                adam.LearningRate = LearningRates.Decay(options.LearningRate, options.LearningRateDecay, epoch);
                var squaredErrorPerItem = RowBatches.Mean(items, options.BatchSize, shuffle, context.Cancellation, batch =>
                    Step(network, adam, batches, batch, batch.Length / (double)items.Length) / batch.Length);
                return Math.Sqrt(squaredErrorPerItem * items.Length / Math.Max(1, train.Count));
            },
            () => Ratings(network, batches, train),
            ratings => new KernelNetModel(ratings, []));
        return new KernelNetModel(best, history);
    }

    /// <summary>One step of Adam on a batch of items.</summary>
    /// <returns>The batch's sum of squared errors, before the step.</returns>
    internal double Step(KernelNetNetwork network, TorchAdam adam, DenseBatches batches, int[] batch, double shareOfItems)
    {
        using var scope = NewDisposeScope();
        var ratings = batches.Values(batch);
        var kernels = network.Kernels();
        var squaredError = Losses.MaskedSquaredError(network.Reconstruct(ratings, kernels), ratings, batches.Mask(batch));
        adam.ZeroGradients();
        (0.5 * (squaredError + (Penalty(network, kernels) * shareOfItems))).backward();
        adam.Step();
        return squaredError.ToDouble();
    }

    /// <summary>lambda_2 |W|^2 + lambda_s |K|^2 over all layers: a scalar.</summary>
    internal Tensor Penalty(KernelNetNetwork network, IReadOnlyList<Tensor> kernels) => network.AllLayers.Zip(kernels)
        .Select(layer => (layer.First.weight.square().sum() * options.Regularization) + (layer.Second.square().sum() * options.KernelRegularization))
        .Aggregate((sum, next) => sum + next);

    private ItemRowRatings Ratings(KernelNetNetwork network, DenseBatches batches, InteractionMatrix train)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var kernels = network.Kernels();
        var codes = Enumerable.Range(0, train.ColumnCount).Chunk(options.BatchSize).SelectMany(items =>
        {
            using var chunk = NewDisposeScope();
            return network.Encode(batches.Values(items), kernels).cpu().data<float>().ToArray();
        });
        var userWeights = (network.output.weight * kernels[^1]).t().contiguous().cpu();
        return new ItemRowRatings([.. codes], userWeights.data<float>().ToArray(), network.output.bias.cpu().data<float>().ToArray(), train);
    }
}

/// <summary>
/// A fitted KernelNet. It has no weights for users it was not trained on. Predictions are clipped to the scale, scores
/// are not. Items without a training rating and users without a history get the middle of the scale.
/// </summary>
public sealed class KernelNetModel : IRatingPredictor, IPersistentModel<KernelNetModel>
{
    private readonly ItemRowRatings ratings;

    internal KernelNetModel(ItemRowRatings ratings, IReadOnlyList<EpochReport> history)
    {
        this.ratings = ratings;
        TrainingHistory = history;
    }

    /// <inheritdoc/>
    public int ItemCount => ratings.ItemCount;

    /// <inheritdoc/>
    public RatingScale Scale => ratings.Scale;

    /// <summary>What happened in each epoch of the training.</summary>
    public IReadOnlyList<EpochReport> TrainingHistory { get; }

    /// <inheritdoc/>
    public void Score(Histories histories, Memory<float> scores) => ratings.Score(histories, scores);

    /// <inheritdoc/>
    public void Predict(Histories histories, InteractionMatrix pairs, Memory<float> ratings) => this.ratings.Predict(histories, pairs, ratings);

    /// <inheritdoc/>
    public ModelState Save() => ratings.Save();

    /// <inheritdoc/>
    public static KernelNetModel Load(ModelState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return new KernelNetModel(ItemRowRatings.Load(state), []);
    }
}
