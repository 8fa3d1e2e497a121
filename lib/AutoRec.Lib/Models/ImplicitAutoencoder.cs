using AutoRec.Data;
using AutoRec.Models.Networks;
using AutoRec.Models.Rows;
using AutoRec.Persistence;
using AutoRec.Scoring;
using AutoRec.Training;
using static TorchSharp.torch;

namespace AutoRec.Models;

/// <summary>
/// Trains a deep autoencoder of whole rows: an item that a user does not have is a 0 to reconstruct like any other value. Minimises the
/// mean over all entries of a batch of (x - output)^2, where x is the rating divided by the highest in the data. Of counts x is
/// log(1 + count) / log(1 + the highest count): divided by the highest alone nearly all of them would be next to 0, as counts have a long
/// tail. Counts that are not whole numbers are weights that somebody chose, and are divided as ratings are.
/// The output says how much of an interaction to expect, 0 included: an order of items, not a rating.
/// </summary>
/// <param name="options">The options; null for <see cref="Preset"/>.</param>
/// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
internal sealed class ImplicitAutoencoderTrainer(DeepAutoencoderOptions? options = null) : ITrainer<ImplicitAutoencoderModel>
{
    private readonly DeepAutoencoderOptions options = OptionRanges.Checked(options ?? Preset);

    /// <inheritdoc/>
    public bool BeginsAsPopularity => true;

    /// <inheritdoc/>
    public FitCost Estimate(DataSize data) => options.Cost(data);

    /// <summary>
    /// Gets the defaults: those of the network of ratings, but for a sigmoid output and Adam 0.0003. With an output without bounds and Adam
    /// 0.001 the first epoch already loses what the popularity of items, which the output begins with, is worth on sparse data.
    /// </summary>
    public static DeepAutoencoderOptions Preset => new()
    {
        OutputActivation = OutputActivation.Sigmoid,
        LearningRate = 0.0003,
    };

    /// <summary>
    /// Gets the options of a deep sigmoid autoencoder: 252-128-64, sigmoid everywhere, mean squared error, Adam 0.002, batches of 64, 50
    /// epochs, no noise.
    /// </summary>
    public static DeepAutoencoderOptions SigmoidPreset => new()
    {
        Widths = [252, 128, 64],
        HiddenActivation = Activation.Sigmoid,
        OutputActivation = OutputActivation.Sigmoid,
        Dropout = 0,
        LearningRate = 0.002,
        BatchSize = 64,
        Epochs = 50,
    };

    /// <summary>
    /// Gets the options for counts of purchases: 128-64-32-64-128, ReLU, sigmoid output, mean squared error, Adam 0.001, batches of 64, 50
    /// epochs, no noise.
    /// </summary>
    public static DeepAutoencoderOptions PurchasePreset => new()
    {
        Widths = [128, 64, 32],
        HiddenActivation = Activation.Relu,
        OutputActivation = OutputActivation.Sigmoid,
        Dropout = 0,
        LearningRate = 0.001,
        BatchSize = 64,
        Epochs = 50,
    };

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A value is negative.</exception>
    public ImplicitAutoencoderModel Fit(InteractionMatrix train, FitContext context)
    {
        if (train.Values().ContainsAnyExceptInRange(0, float.MaxValue))
        {
            throw new ArgumentException($"Ratings or counts must be at least 0; the lowest is {train.Scale.Min}.", nameof(train));
        }

        var unit = UnitValues.Of(train);
        var targets = unit.Apply(train);
        using var training = new NetworkTraining<DeepAutoencoderNetwork>(
            train, context, options, Network, parameter => parameter.dim() > 1 ? 2 * options.WeightDecay : 0);
        var input = training.InputLayer(training.Network.encoder[0]);
        var output = training.OutputLayer(training.Network.decoder[^1], OutputLoss.MeanSquaredError(training.Network.IsSigmoid));
        var (whole, noisy) = (new SparseBatch(train.ColumnCount), new SparseBatch(train.ColumnCount));
        return training.Run("rmse of 0..1", MeanSquaredError, network => new ImplicitAutoencoderModel(network, unit));

        DeepAutoencoderNetwork Network(Generator generator)
        {
            var (network, means) = (DeepAutoencoderNetwork.Of(options, train.ColumnCount, generator), FirstOutputs.Means(targets));

            // Little more than popularity to begin with. Sigmoid units differ so little between users that training would stop there.
            var weights = options.HiddenActivation == Activation.Sigmoid ? 1 : 0.1;
            FirstOutputs.Set(network.decoder[^1], network.IsSigmoid ? FirstOutputs.Logits(means) : means, weights);
            return network;
        }

        BatchLoss MeanSquaredError(int[] users)
        {
            whole.Fill(targets, users);
            noisy.Fill(targets, users);
            if (options.GaussianNoise > 0)
            {
                noisy.AddZeros(double.PositiveInfinity, training.Generator).AddNoise(options.GaussianNoise, training.Generator);
            }

            noisy.Drop(options.Dropout, training.Generator);
            var squaredError = output.Loss(training.Network.BeforeOutput(input.Forward(noisy)), whole);
            return new BatchLoss(squaredError, squaredError.sqrt());
        }
    }
}

/// <summary>
/// A fitted deep autoencoder of whole rows. New users are folded in: the network needs nothing but a history. Scores are the output layer
/// before its activation, which keeps their order and tells apart what a sigmoid rounds to 1.
/// </summary>
internal sealed class ImplicitAutoencoderModel : NetworkModel, IInteractionLogits, IPersistentModel<ImplicitAutoencoderModel>
{
    private readonly UnitValues unit;

    internal ImplicitAutoencoderModel(DeepAutoencoderNetwork network, UnitValues unit)
        : base(network, network.ItemCount) => (Network, this.unit) = (network, unit);

    internal DeepAutoencoderNetwork Network { get; }

    bool IInteractionLogits.IsSigmoid => Network.IsSigmoid;

    /// <inheritdoc/>
    public override ModelState Save() => unit.SaveTo(Network.SaveTo(NetworkState.Of(Network)));

    /// <inheritdoc/>
    public static ImplicitAutoencoderModel Load(ModelState state) => new(DeepAutoencoderNetwork.Load(state), UnitValues.Load(state));

    private protected override Tensor Forward(Histories histories) =>
        Network.forward(UserRows.Values(unit.Apply(histories.Interactions)));
}

/// <summary>Ratings or counts as a network of whole rows reads them: 0 to 1.</summary>
/// <param name="Largest">The largest value that was learned from.</param>
/// <param name="IsLog">Whether values count by log(1 + value).</param>
internal readonly record struct UnitValues(float Largest, bool IsLog)
{
    private const string LargestName = "largest";
    private const string LogName = "log_counts"; // Models of earlier versions divided counts, too.

    /// <summary>The unit of the data that are learned from.</summary>
    public static UnitValues Of(InteractionMatrix train) => new(
        train.Scale.Max > 0 ? train.Scale.Max : 1,
        train.Feedback.Kind == FeedbackKind.Counts && Array.TrueForAll(train.Values().ToArray(), float.IsInteger));

    /// <summary>A matrix with its values in this unit.</summary>
    public InteractionMatrix Apply(InteractionMatrix matrix)
    {
        var values = matrix.Values().ToArray();
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = IsLog ? (float)(Math.Log(1 + (double)values[i]) / Math.Log(1 + (double)Largest)) : values[i] / Largest;
        }

        return matrix.WithValues(values, new RatingScale(0, 1));
    }

    /// <summary>Adds the unit to the arrays of a model.</summary>
    public ModelState SaveTo(ModelState state) => state.Add(LargestName, [Largest]).Add(LogName, [IsLog ? 1f : 0f]);

    /// <summary>The unit of a saved model.</summary>
    public static UnitValues Load(ModelState state) => new(
        state.Floats(LargestName)[0], state.Names.Contains(LogName) && state.Floats(LogName)[0] == 1);
}
