using System.ComponentModel.DataAnnotations;
using AutoRec.Data;
using AutoRec.Distributed;
using AutoRec.Models.Networks;
using AutoRec.Models.Rows;
using AutoRec.Persistence;
using AutoRec.Scoring;
using AutoRec.Training;

namespace AutoRec.Models;

/// <summary>The options of a hybrid AutoRec.</summary>
public sealed record HybridAutoRecOptions : INetworkOptions
{
    /// <summary>
    /// What is learned: ratings less a baseline, or ratings less the mean of their row, as in the paper. Default baseline.
    /// </summary>
    public Centering Center { get; init; } = Centering.Baseline;

    /// <summary>Units of the hidden layer. Default 500.</summary>
    [Range(1, 100_000)]
    public int HiddenUnits { get; init; } = 500;

    /// <summary>
    /// Share of a row's ratings that are hidden from the encoder in training, drawn at random for each batch. Default 0.15.
    /// </summary>
    [Range(0.0, 0.99)]
    public double Dropout { get; init; } = 0.15;

    /// <summary>Weight alpha of the squared errors of ratings that are hidden from the encoder (prediction). Default 1.1.</summary>
    [Range(0.0, 100.0)]
    public double PredictionWeight { get; init; } = 1.1;

    /// <summary>Weight beta of the squared errors of ratings that the encoder sees (reconstruction). Default 0.7.</summary>
    [Range(0.0, 100.0)]
    public double ReconstructionWeight { get; init; } = 0.7;

    /// <summary>
    /// Weight of the L2 penalty lambda/2 (|W|^2 + |V|^2), without biases, against the weighted sum of squared errors over all ratings:
    /// lambda divided by (sqrt(ratings of a user) + sqrt(ratings of an item))^2, of the mean numbers, so that one default serves dense and
    /// sparse data; with center=none, lambda itself. Default 1.
    /// </summary>
    [Range(0.0, 1e6)]
    public double Regularization { get; init; } = 1;

    /// <summary>Adam's learning rate in the first epoch. Default 0.001.</summary>
    [Range(1e-7, 1.0)]
    public double LearningRate { get; init; } = 0.001;

    /// <summary>Factor of the learning rate after each epoch. Default 0.99.</summary>
    [Range(0.5, 1.0)]
    public double LearningRateDecay { get; init; } = 0.99;

    /// <summary>Rows in a batch. Default 512.</summary>
    [Range(1, 1_000_000)]
    public int BatchSize { get; init; } = 512;

    /// <summary>Maximum number of epochs; early stopping may end training sooner. Default 300.</summary>
    [Range(1, 100_000)]
    public int Epochs { get; init; } = 300;

    /// <summary>Engine that computes the training: sparse, torch, or auto for sparse on the processor and torch on a GPU. Default
    /// auto.</summary>
    public TrainingEngine Engine { get; init; }
}

/// <summary>
/// Trains an AutoRec with side features (Strub, Gaudel, Mary: Hybrid Recommender System based on Autoencoders, DLRS 2016): the features z
/// of the row's item or user are joined to its ratings x at the input and to the hidden layer, V {tanh(W {x, z} + mu), z} + b, so that
/// something is known of a row with few ratings. Ratings are centred as <see cref="HybridAutoRecOptions.Center"/> says; in the paper at
/// the row's mean, and divided by half the range of the scale. Some are hidden from the encoder. Minimises alpha times the sum over
/// hidden ratings of (r - prediction)^2 plus beta times the sum over the others, plus lambda/2 (|W|^2 + |V|^2), in mini-batches of rows by
/// Adam, each with its share of the penalty.
/// </summary>
public sealed class HybridAutoRecTrainer : ITrainer<HybridAutoRecModel>
{
    private readonly AutoRecRows rows;
    private readonly InteractionMatrix features;
    private readonly HybridAutoRecOptions options;

    /// <summary>Creates a trainer.</summary>
    /// <param name="rows">Whether a row is an item or a user.</param>
    /// <param name="features">
    /// The features of the items or users of the training matrix, best between -1 and 1: [rows x features]. See <see
    /// cref="SideFeatures"/>.
    /// </param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public HybridAutoRecTrainer(AutoRecRows rows, InteractionMatrix features, HybridAutoRecOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(features);
        this.rows = rows;
        this.features = features;
        this.options = OptionRanges.Checked(options);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The features have another number of rows than there are items or users.</exception>
    public HybridAutoRecModel Fit(InteractionMatrix train, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(context);
        AutoRecTrainer.CheckGroup(context, options.Engine);
        if (train.Share is not null)
        {
            throw new ArgumentException("Every process must have all ratings.", nameof(train));
        }

        var isByItem = rows == AutoRecRows.Items;
        var frame = RatingFrame.Of(train, options.Center, rows, context.Group);
        var values = isByItem ? frame.ToValues(train).TransposeOnce() : frame.ToValues(train); // [rows x visible]
        if (features.RowCount != values.RowCount)
        {
            var things = isByItem ? "items" : "users";
            throw new ArgumentException(
                $"The features have {features.RowCount} rows, but there are {values.RowCount} {things} in the training data.",
                nameof(train));
        }

        var units = LeafSplit.Of(values.CountByColumn(), context.Group);
        using var training = new NetworkTraining<HybridAutoRecNetwork>(
            values.RowLengths(),
            context,
            options,
            generator => new HybridAutoRecNetwork(units, features.ColumnCount, options.HiddenUnits, generator),
            isByItem: isByItem,
            savesNetwork: options.Engine.UsesTorch(context.Device));
        if (frame.IsCentred)
        {
            Layers.DropBias(training.Network.OutputBias);
        }

        var engine = training.Add(AutoencoderEngine.Of(training.Network, HybridRows.Activation, training.UsesTorch));
        if (engine.Weights is not null)
        {
            training.FreeNetwork();
        }

        var hybrid = new HybridRows(frame, features);
        var data = new HybridBatch(values, hybrid, units, options.Dropout, options.PredictionWeight, options.ReconstructionWeight);
        var read = HybridRows.WithMeans(data.Read, data.Means);
        var lambda = options.Regularization * (frame.IsCentred ? RatingFrame.NoiseLevel(values) : 1);
        return training.Run(
            "rmse",
            () => frame.Unit * hybrid.Unit * Math.Sqrt(training.Sum(SquaredError) / Math.Max(1, train.Count)),
            engine.CopyWeights,
            weights => new HybridAutoRecModel(AutoRecModel.Of(rows, hybrid.ToValues(weights), frame, read, hybrid)),
            new Resumption<AutoencoderWeights>(
                training.State, best => best.SaveTo(new ModelState()), arrays => AutoencoderWeights.Of(arrays, units)),
            view: engine.Weights is null ? null : () => engine.Weights);

        double SquaredError(int[] batch)
        {
            data.Fill(batch, training.Generator);
            var penalty = lambda * batch.Length / training.RowCount;
            return engine.Step(data.Input, data.Target, data.Weights, training.LearningRate, penalty);
        }
    }
}

/// <summary>
/// A fitted hybrid AutoRec. Over user rows new users are folded in by their history, with all features 0; over item rows it has no weights
/// for users it was not trained on. Predictions are clipped to the scale; scores are not. Items without a training rating and users
/// without a history get the baseline or, without one, the middle of the scale.
/// </summary>
/// <remarks>
/// It is an AutoRec whose code has the features of the row, or with <see cref="Centering.None"/> the row's mean too. After a training on
/// several processes these must score, predict and save together, as for <see cref="AutoRecModel"/>.
/// </remarks>
public sealed class HybridAutoRecModel : TrainedModel, IRatingPredictor, ISplitModel, IPersistentModel<HybridAutoRecModel>
{
    private readonly AutoRecModel model;

    internal HybridAutoRecModel(AutoRecModel model) => this.model = model;

    bool ISplitModel.IsSplit => ((ISplitModel)model).IsSplit;

    /// <inheritdoc/>
    public override int ItemCount => model.ItemCount;

    /// <inheritdoc/>
    public RatingScale Scale => model.Scale;

    /// <inheritdoc/>
    public override void Score(Histories histories, Memory<float> scores) => model.Score(histories, scores);

    /// <inheritdoc/>
    public void Predict(Histories histories, InteractionMatrix pairs, Memory<float> ratings) => model.Predict(histories, pairs, ratings);

    /// <inheritdoc/>
    public ModelState Save() => model.Save();

    /// <inheritdoc/>
    public static HybridAutoRecModel Load(ModelState state) => new(AutoRecModel.Load(state));
}
