using System.ComponentModel.DataAnnotations;
using AutoRec.Data;
using AutoRec.Models.Networks;
using AutoRec.Models.Rows;
using AutoRec.Persistence;
using AutoRec.Scoring;
using AutoRec.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace AutoRec.Models;

/// <summary>The options of a KernelNet.</summary>
internal sealed record KernelNetOptions
{
    /// <summary>Units of each hidden layer. Default 500.</summary>
    [Range(1, 100_000)]
    public int HiddenUnits { get; init; } = 500;

    /// <summary>Number of hidden layers. Default 2.</summary>
    [Range(1, 100)]
    public int HiddenLayers { get; init; } = 2;

    /// <summary>Length of the embedding of a unit, from which the kernel is made. Default 5.</summary>
    [Range(1, 1000)]
    public int EmbeddingDimensions { get; init; } = 5;

    /// <summary>
    /// Weight lambda_2 of the L2 penalty lambda_2/2 |W|^2, without biases, against half the sum of squared errors over all ratings, in
    /// ratings. Default 60.
    /// </summary>
    [Range(0.0, 1e6)]
    public double Regularization { get; init; } = 60;

    /// <summary>
    /// Weight lambda_s of the penalty lambda_s/2 |K|^2 on the kernel, against the same; it draws connections towards 0. Default 0.013.
    /// </summary>
    [Range(0.0, 1e6)]
    public double KernelRegularization { get; init; } = 0.013;

    /// <summary>Iterations of L-BFGS in an epoch, each over all ratings. Default 25.</summary>
    [Range(1, 100_000)]
    public int IterationsPerEpoch { get; init; } = 25;

    /// <summary>Maximum number of epochs; early stopping may end training sooner. Default 60.</summary>
    [Range(1, 100_000)]
    public int Epochs { get; init; } = 60;

    /// <summary>Engine that computes the training: sparse, torch, or auto for sparse on the processor and torch on a GPU. Default auto.</summary>
    public TrainingEngine Engine { get; init; }
}

/// <summary>
/// Trains a KernelNet, also Sparse FC (Muller, Martel, Indiveri: Kernelized Synaptic Weight Matrices, ICML 2018): an autoencoder of an
/// item's ratings by all users, each weight multiplied by max(0, 1 - |u_i - v_j|^2) of learned embeddings u and v of the units it
/// connects. Minimises 1/2 sum over observed ratings of (r - prediction)^2 + lambda_2/2 |W|^2 + lambda_s/2 |K|^2, biases not penalised, by
/// L-BFGS over all items at once, as the paper's code does.
/// </summary>
/// <param name="options">The options; null for the defaults.</param>
/// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
internal sealed class KernelNetTrainer(KernelNetOptions? options = null) : ITrainer<KernelNetModel>
{
    private const int ItemsPerBatch = 512; // Of dense batches: bounds their memory and changes nothing else.

    private readonly KernelNetOptions options = OptionRanges.Checked(options);

    /// <inheritdoc/>
    public KernelNetModel Fit(InteractionMatrix train, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(context);
        var device = TorchDevices.Resolve(context.Device);
        var byItem = train.Transpose(); // [items x users]

        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)context.Seed, CPU);
        using var network = new KernelNetNetwork(
            byItem.ColumnCount, options.HiddenUnits, options.HiddenLayers, options.EmbeddingDimensions, generator);
        network.to(device);
        var batches = new DenseBatches(byItem, device);
        var sparse = options.Engine.UsesTorch(context.Device) ? null : new SparseKernelNet(network, byItem);
        var lbfgs = new Lbfgs(network.parameters());

        return EpochLoop.Run(
            new EpochTraining<ItemRowRatings, KernelNetModel>
            {
                Epochs = options.Epochs,
                Metric = "rmse",
                TrainEpoch = _ => Rmse(),
                Snapshot = () => Ratings(network, batches, train),
                ToModel = ratings => new KernelNetModel(ratings),
            },
            context);

        // Of the last iteration, before its step.
        double Rmse()
        {
            var squaredError = 0.0;
            for (var iteration = 0; iteration < options.IterationsPerEpoch; iteration++)
            {
                context.Cancellation.ThrowIfCancellationRequested();
                lbfgs.Iterate(() =>
                {
                    (var loss, squaredError) = sparse?.Backward(Penalty) ?? Backward(network, batches);
                    return loss;
                });
            }

            return Math.Sqrt(squaredError / Math.Max(1, train.Count));
        }
    }

    /// <summary>
    /// Adds the gradients of the loss over all items to those of the parameters, by torch on dense batches: the definition.
    /// </summary>
    /// <returns>The loss, and the sum of squared errors in it.</returns>
    internal (double Loss, double SquaredError) Backward(KernelNetNetwork network, DenseBatches batches)
    {
        using var scope = NewDisposeScope();
        var squaredErrors = 0.0;
        foreach (var batch in Enumerable.Range(0, batches.RowCount).Chunk(ItemsPerBatch))
        {
            using var part = NewDisposeScope();
            var ratings = batches.Values(batch);
            var squaredError = Losses.MaskedSquaredError(network.forward(ratings), ratings, batches.Mask(batch));
            squaredError.Over(2).backward();
            squaredErrors += squaredError.Number();
        }

        var penalty = network.AllLayers.Zip(network.Kernels(), Penalty).Aggregate(ScalarMath.Plus);
        penalty.backward();
        return ((squaredErrors / 2) + penalty.Number(), squaredErrors);
    }

    /// <summary>lambda_2/2 |W|^2 + lambda_s/2 |K|^2 of a layer: a scalar.</summary>
    internal Tensor Penalty(KernelLayer layer, Tensor kernel) =>
        layer.weight.Squared().sum().Times(options.Regularization / 2).Plus(kernel.Squared().sum().Times(options.KernelRegularization / 2));

    private ItemRowRatings Ratings(KernelNetNetwork network, DenseBatches batches, InteractionMatrix train)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var kernels = network.Kernels();
        var codes = Enumerable.Range(0, train.ColumnCount).Chunk(ItemsPerBatch).SelectMany(items =>
        {
            using var chunk = NewDisposeScope();
            return network.Encode(batches.Values(items), kernels).CopyNumbers();
        });
        var userWeights = (network.output.weight * kernels[^1]).t().contiguous().cpu();
        return new ItemRowRatings([.. codes], userWeights.CopyNumbers(), network.output.bias.CopyNumbers(), train);
    }
}

/// <summary>
/// A fitted KernelNet. It has no weights for users it was not trained on. Predictions are clipped to the scale; scores
/// are not. Items without a training rating and users without a history get the middle of the scale.
/// </summary>
internal sealed class KernelNetModel : TrainedModel, IRatingPredictor, IPersistentModel<KernelNetModel>
{
    private readonly ItemRowRatings ratings;

    internal KernelNetModel(ItemRowRatings ratings) => this.ratings = ratings;

    /// <inheritdoc/>
    public override int ItemCount => ratings.ItemCount;

    /// <inheritdoc/>
    public RatingScale Scale => ratings.Scale;

    /// <inheritdoc/>
    public override void Score(Histories histories, Memory<float> scores) => ratings.Score(histories, scores);

    /// <inheritdoc/>
    public void Predict(Histories histories, InteractionMatrix pairs, Memory<float> ratings) =>
        this.ratings.Predict(histories, pairs, ratings);

    /// <inheritdoc/>
    public ModelState Save() => ratings.Save();

    /// <inheritdoc/>
    public static KernelNetModel Load(ModelState state) => new(ItemRowRatings.Load(state));
}
