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
    /// <summary>What is learned: ratings less a baseline, or ratings as they are, as in the paper. Default baseline.</summary>
    public Centering Center { get; init; } = Centering.Baseline;

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
    /// Weight of the L2 penalty lambda_2/2 |W|^2, without biases, against half the sum of squared errors over all ratings: lambda_2 divided
    /// by (sqrt(ratings of a user) + sqrt(ratings of an item))^2, of the mean numbers, so that one default serves dense and sparse data;
    /// with center=none, lambda_2 itself, 60 in the paper. Default 1.
    /// </summary>
    [Range(0.0, 1e6)]
    public double Regularization { get; init; } = 1;

    /// <summary>
    /// Weight of the penalty lambda_s/2 |K|^2 on the kernel, which draws connections towards 0, against the same, divided likewise; with
    /// center=none, lambda_s itself, 0.013 in the paper. Default 0.00002.
    /// </summary>
    [Range(0.0, 1e6)]
    public double KernelRegularization { get; init; } = 0.00002;

    /// <summary>
    /// Iterations of L-BFGS in an epoch, each over all ratings. Few of them let early stopping end in time on sparse data, which a dozen
    /// iterations overfit. Default 2.
    /// </summary>
    [Range(1, 100_000)]
    public int IterationsPerEpoch { get; init; } = 2;

    /// <summary>Maximum number of epochs; early stopping may end training sooner. Default 750.</summary>
    [Range(1, 100_000)]
    public int Epochs { get; init; } = 750;

    /// <summary>
    /// Engine that computes the training: sparse, torch, or auto for sparse on the processor and torch on a GPU. Default auto.
    /// </summary>
    public TrainingEngine Engine { get; init; }
}

/// <summary>
/// Trains a KernelNet, also Sparse FC (Muller, Martel, Indiveri: Kernelized Synaptic Weight Matrices, ICML 2018): an autoencoder of an
/// item's ratings by all users, each weight multiplied by max(0, 1 - |u_i - v_j|^2) of learned embeddings u and v of the units it
/// connects. Minimises 1/2 sum over observed ratings of (r - prediction)^2 + lambda_2/2 |W|^2 + lambda_s/2 |K|^2, biases not penalised, by
/// L-BFGS over all items at once, as the paper's code does. Hidden layers are sigmoid; with a baseline they are tanh, so that a row that
/// says nothing gets the baseline.
/// </summary>
/// <param name="options">The options; null for the defaults.</param>
/// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
internal sealed class KernelNetTrainer(KernelNetOptions? options = null) : ITrainer<KernelNetModel>
{
    private const int ItemsPerBatch = 512; // Of dense batches: bounds their memory and changes nothing else.

    private readonly KernelNetOptions options = OptionRanges.Checked(options);

    /// <inheritdoc/>
    public FitCost Estimate(DataSize data)
    {
        // Weights, kernel, their product and gradients, and two vectors of each of the steps that L-BFGS remembers.
        const int Copies = 6 + (2 * Lbfgs.History);
        var layer = (double)data.Users * options.HiddenUnits;
        var weights = (2 * layer) + ((options.HiddenLayers - 1.0) * options.HiddenUnits * options.HiddenUnits);
        return new FitCost
        {
            Bytes = (sizeof(float) * ((Copies * weights) + (2.0 * Math.Min(ItemsPerBatch, data.Items) * data.Users)))
                + (4 * data.MatrixBytes),
            ModelBytes = sizeof(float) * (layer + ((double)data.Items * options.HiddenUnits)),
            LongestArray = sizeof(float) * layer, // of a tensor, as bytes
            EpochSeconds = options.IterationsPerEpoch * ((1.5e-9 * data.Interactions * options.HiddenUnits) + (1e-7 * weights)),
            Epochs = options.Epochs,
            Option = new("hidden-units", options.HiddenUnits, units =>
                new KernelNetTrainer(options with { HiddenUnits = units }).Estimate(data)),
        };
    }

    /// <inheritdoc/>
    public KernelNetModel Fit(InteractionMatrix train, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(context);
        var device = TorchDevices.Resolve(context.Device);
        var frame = RatingFrame.Of(train, options.Center, AutoRecRows.Items);
        var byItem = frame.ToValues(train).Transpose(); // [items x users]

        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)context.Seed, CPU);
        using var network = new KernelNetNetwork(
            byItem.ColumnCount,
            options.HiddenUnits,
            options.HiddenLayers,
            options.EmbeddingDimensions,
            frame.IsCentred ? Activation.Tanh : Activation.Sigmoid,
            generator);
        network.to(device);
        if (frame.IsCentred)
        {
            Layers.Clear(network.output.weight);
            Layers.DropBias(network.output.bias);
        }

        var read = frame.ToInput(byItem);
        var (inputs, targets) = (new DenseBatches(read, device), new DenseBatches(byItem, device));
        var density = frame.IsCentred ? RatingFrame.NoiseLevel(byItem) : 1;
        var sparse = options.Engine.UsesTorch(context.Device) ? null : new SparseKernelNet(network, read, byItem);
        var lbfgs = new Lbfgs(network.parameters().Where(parameter => parameter.requires_grad));

        return EpochLoop.Run(
            new EpochTraining<ItemRowRatings, KernelNetModel>
            {
                Epochs = options.Epochs,
                Metric = "rmse",
                TrainEpoch = (_, _) => Rmse(),
                Snapshot = _ => Ratings(network, inputs, frame),
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
                    (var loss, squaredError) = sparse?.Backward(PenaltyOf) ?? Backward(network, inputs, targets, density);
                    return loss;
                });
            }

            return frame.Unit * Math.Sqrt(squaredError / Math.Max(1, train.Count));
        }

        Tensor PenaltyOf(KernelLayer layer, Tensor kernel) => Penalty(layer, kernel, density);
    }

    /// <summary>
    /// Adds the gradients of the loss over all items to those of the parameters, by torch on dense batches: the definition.
    /// </summary>
    /// <param name="network">The network.</param>
    /// <param name="inputs">The rows that the network reads: [items x users].</param>
    /// <param name="targets">The rows that it is to reconstruct: [items x users].</param>
    /// <param name="density">What the penalties are multiplied by.</param>
    /// <returns>The loss, and the sum of squared errors in it.</returns>
    internal (double Loss, double SquaredError) Backward(
        KernelNetNetwork network, DenseBatches inputs, DenseBatches targets, double density)
    {
        using var scope = NewDisposeScope();
        var squaredErrors = 0.0;
        foreach (var batch in Enumerable.Range(0, targets.RowCount).Chunk(ItemsPerBatch))
        {
            using var part = NewDisposeScope();
            var output = network.forward(inputs.Values(batch));
            var squaredError = Losses.MaskedSquaredError(output, targets.Values(batch), targets.Mask(batch));
            squaredError.Over(2).backward();
            squaredErrors += squaredError.Number();
        }

        var penalty = network.AllLayers.Zip(network.Kernels(), (layer, kernel) => Penalty(layer, kernel, density))
            .Aggregate(ScalarMath.Plus);
        penalty.backward();
        return ((squaredErrors / 2) + penalty.Number(), squaredErrors);
    }

    /// <summary>lambda_2/2 |W|^2 + lambda_s/2 |K|^2 of a layer: a scalar.</summary>
    internal Tensor Penalty(KernelLayer layer, Tensor kernel, double density) =>
        layer.weight.Squared().sum().Times(density * options.Regularization / 2)
            .Plus(kernel.Squared().sum().Times(density * options.KernelRegularization / 2));

    private static ItemRowRatings Ratings(KernelNetNetwork network, DenseBatches inputs, RatingFrame frame)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var kernels = network.Kernels();
        var codes = Enumerable.Range(0, frame.ItemCount).Chunk(ItemsPerBatch).SelectMany(items =>
        {
            using var chunk = NewDisposeScope();
            return network.Encode(inputs.Values(items), kernels).CopyNumbers();
        });
        var userWeights = (network.output.weight * kernels[^1]).t().contiguous().cpu();
        return new ItemRowRatings([.. codes], userWeights.CopyNumbers(), network.output.bias.CopyNumbers(), frame);
    }
}

/// <summary>
/// A fitted KernelNet. It has no weights for users it was not trained on. Predictions are clipped to the scale; scores
/// are not. Items without a training rating and users without a history get the baseline or, without one, the middle of the scale.
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
