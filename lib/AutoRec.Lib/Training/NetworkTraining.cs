using AutoRec.Data;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AutoRec.Training;

/// <summary>
/// Trains a network on the rows of a matrix, in shuffled mini-batches. It owns everything but the mathematics: device, seeded generator,
/// network, optimisers, the order of the rows, copies for validation, checkpoint and resumption, and the lifetime of all tensors. A
/// trainer says what the network is, which of its layers are as wide as the catalogue, and what the loss of a batch is.
/// </summary>
/// <remarks>
/// Each parameter belongs to one optimiser: those of a layer made by <see cref="InputLayer"/> or <see cref="OutputLayer"/> to that layer,
/// all others to <see cref="OtherLayers"/>. The seed decides the order of the rows and, in this order, the first weights, what a trainer
/// draws before the training begins, and what the batches draw.
/// </remarks>
internal sealed class NetworkTraining<TNetwork> : IDisposable
    where TNetwork : nn.Module
{
    private readonly FitContext context;
    private readonly INetworkOptions options;
    private readonly Func<Generator, TNetwork> create;
    private readonly Func<Parameter, double>? decay;
    private readonly DisposeScope scope;
    private readonly ShuffledOrder rows;
    private readonly List<ITrainedPart> parts = [];
    private readonly List<Parameter> ofLayers = [];
    private WorkSteps? ofEpoch;

    /// <summary>Makes the network and all that is needed to train it.</summary>
    /// <param name="matrix">The training data: [rows x inputs]. Rows without an entry are left out.</param>
    /// <param name="context">How to run.</param>
    /// <param name="options">Epochs, batches, learning rate and engine.</param>
    /// <param name="create">Makes a network with weights from a generator.</param>
    /// <param name="decay">
    /// The lambda of the penalty lambda/2 |w|^2 of a parameter w that is added to the loss of each batch; null for none.
    /// </param>
    /// <exception cref="NotSupportedException">This machine does not have the device, or the engine does not run on it.</exception>
    public NetworkTraining(
        InteractionMatrix matrix,
        FitContext context,
        INetworkOptions options,
        Func<Generator, TNetwork> create,
        Func<Parameter, double>? decay = null)
        : this(matrix.RowLengths(), context, options, create, decay)
    {
    }

    /// <summary>Makes the network and all that is needed to train it.</summary>
    /// <param name="lengths">The number of entries of each row of the training data. Rows without an entry are left out.</param>
    /// <param name="context">How to run.</param>
    /// <param name="options">Epochs, batches, learning rate and engine.</param>
    /// <param name="create">Makes a network with weights from a generator.</param>
    /// <param name="decay">
    /// The lambda of the penalty lambda/2 |w|^2 of a parameter w that is added to the loss of each batch; null for none.
    /// </param>
    /// <param name="isByItem">Whether rows are items and inputs users; only a model that is continued needs to know. Default false.</param>
    /// <param name="savesNetwork">
    /// Whether checkpoints hold the network; false where a part trains all of its parameters outside torch. Default true.
    /// </param>
    /// <exception cref="NotSupportedException">This machine does not have the device, or the engine does not run on it.</exception>
    public NetworkTraining(
        int[] lengths,
        FitContext context,
        INetworkOptions options,
        Func<Generator, TNetwork> create,
        Func<Parameter, double>? decay = null,
        bool isByItem = false,
        bool savesNetwork = true)
    {
        ArgumentNullException.ThrowIfNull(context);
        (this.context, this.options, this.create, this.decay) = (context, options, create, decay);
        Device = TorchDevices.Resolve(context.Device);
        UsesTorch = options.Engine.UsesTorch(context.Device);
        if (UsesTorch && options.SampledItems > 0)
        {
            throw new NotSupportedException(
                "Option 'sampled-items' requires engine=sparse on the device 'cpu'. Set these, or sampled-items=0.");
        }

        options.MatmulPrecision.Require(context.Device);
        LearningRate = options.LearningRate;
        rows = ShuffledOrder.OfRows(lengths, context.Seed);
        scope = NewDisposeScope();
        Generator = new Generator((ulong)context.Seed, CPU);
        Network = create(Generator);
        if (context.Start is { } start)
        {
            NetworkState.Grow(Network, start, isByItem ? start.Users : start.Items);
        }

        Network.to(Device);

        rows.AddTo(State);
        State.Add("generator", Generator).Add("update", () => Update, value => Update = value);
        if (savesNetwork)
        {
            State.Add("network", Network);
        }
    }

    /// <summary>The network in training. Weights of layers that torch does not compute are those of the last copy.</summary>
    public TNetwork Network { get; }

    /// <summary>The device of the network.</summary>
    public Device Device { get; }

    /// <summary>Whether torch computes every layer.</summary>
    public bool UsesTorch { get; }

    /// <summary>The source of all random numbers but the order of the rows.</summary>
    public Generator Generator { get; }

    /// <summary>The learning rate of the epoch.</summary>
    public double LearningRate { get; private set; }

    /// <summary>The number of rows that are trained on.</summary>
    public int RowCount => rows.Count;

    /// <summary>The number of updates before the current one.</summary>
    public int Update { get; private set; }

    /// <summary>The number of updates in a pass over the rows.</summary>
    public int UpdatesPerPass => (rows.Count + options.BatchSize - 1) / options.BatchSize;

    /// <summary>The passes of an epoch over the rows. Default 1.</summary>
    public int Passes { get; init; } = 1;

    /// <summary>The content of a checkpoint; a trainer adds what only it knows.</summary>
    public TrainingState State { get; } = new();

    /// <summary>Frees the network, of which the parts have taken what they need. Nothing asks for it any more.</summary>
    public void FreeNetwork() => Network.Dispose();

    /// <summary>Makes the first layer, which takes sparse rows.</summary>
    public InputLayer InputLayer(Linear layer)
    {
        ofLayers.AddRange(layer.parameters());
        return Add(Training.InputLayer.Of(layer, UsesTorch, Device, decay, isLazy: Samples(layer.weight.shape[1]) > 0));
    }

    /// <summary>Makes the last layer where the loss is of the outputs of all items.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="loss">The loss: a multinomial's where items are sampled.</param>
    public OutputLayer OutputLayer(Linear layer, OutputLoss loss)
    {
        ofLayers.AddRange(layer.parameters());
        return Add(Samples(layer.weight.shape[0]) is > 0 and var samples
            ? Training.OutputLayer.Sampled(layer, samples, Generator, decay, options.MatmulPrecision)
            : Training.OutputLayer.Of(layer, loss, UsesTorch, Device, decay, options.MatmulPrecision));
    }

    /// <summary>Makes the last layer where the loss is about its outputs at some entries alone.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="isDense">Whether the entries are nearly all there are, so that torch computes the layer faster. Default false.</param>
    public EntryOutputLayer EntryOutputLayer(Linear layer, bool isDense = false)
    {
        ofLayers.AddRange(layer.parameters());
        return Add(Training.EntryOutputLayer.Of(layer, UsesTorch || isDense, Device, decay));
    }

    /// <summary>Makes the layer of a vector for each row.</summary>
    public EmbeddingLayer EmbeddingLayer(Parameter vectors)
    {
        ofLayers.Add(vectors);
        return Add(Training.EmbeddingLayer.Of(vectors, UsesTorch, decay));
    }

    /// <summary>Makes the optimiser of all layers but those already made.</summary>
    public IOptimizer OtherLayers() => Add(new TorchAdam(Network.parameters().Except(ofLayers), decay));

    /// <summary>Takes a part of the network under the training's care: its lifetime, its copies and its checkpoints.</summary>
    public TPart Add<TPart>(TPart part)
        where TPart : ITrainedPart
    {
        part.AddTo(State, $"part.{parts.Count}");
        parts.Add(part);
        return part;
    }

    /// <summary>
    /// Trains for one pass over the rows: for each batch of them the optimisers make a step that makes the loss smaller.
    /// </summary>
    /// <param name="loss">The loss of a batch of rows.</param>
    /// <param name="optimizers">The optimisers.</param>
    /// <returns>The mean over the rows of the error, each from before its step.</returns>
    public double Pass(Func<int[], BatchLoss> loss, params IOptimizer[] optimizers) => Sum(batch =>
    {
        var (value, error) = loss(batch);
        value.backward();
        foreach (var optimizer in optimizers)
        {
            optimizer.Step(LearningRate);
        }

        return error.Number() * batch.Length;
    }) / Math.Max(1, RowCount);

    /// <summary>Trains for one pass over the rows by other means than gradients.</summary>
    /// <param name="step">Makes an update on a batch of rows.</param>
    /// <returns>The sum of what the steps return.</returns>
    public double Sum(Func<int[], double> step) => rows.SumOverBatches(options.BatchSize, context.Cancellation, batch =>
    {
        using var ofStep = NewDisposeScope();
        var result = step(batch);
        Update++;
        ofEpoch?.Add(batch.Length);
        return result;
    });

    /// <summary>Trains all layers, in epochs of one pass.</summary>
    /// <param name="metric">The name of the error that is reported.</param>
    /// <param name="loss">The loss of a batch of rows.</param>
    /// <param name="toModel">Makes the model of a copy of the network on the CPU.</param>
    /// <returns>The model of the best epoch.</returns>
    public TModel Run<TModel>(string metric, Func<int[], BatchLoss> loss, Func<TNetwork, TModel> toModel)
        where TModel : TrainedModel
    {
        IOptimizer[] all = [.. parts.OfType<IOptimizer>(), OtherLayers()];
        return Run(metric, () => Pass(loss, all), toModel);
    }

    /// <summary>Trains in epochs.</summary>
    /// <param name="metric">The name of the training error.</param>
    /// <param name="epoch">Trains an epoch and returns its training error.</param>
    /// <param name="toModel">Makes the model of a copy of the network on the CPU.</param>
    /// <returns>The model of the best epoch.</returns>
    public TModel Run<TModel>(string metric, Func<double> epoch, Func<TNetwork, TModel> toModel)
        where TModel : TrainedModel =>
        Run(
            metric,
            epoch,
            _ => Copy(),
            toModel,
            new Resumption<TNetwork>(State, NetworkState.Of, arrays => NetworkState.Load(arrays, create)));

    /// <summary>Trains in epochs, with copies of another kind than a network.</summary>
    public TModel Run<TState, TModel>(
        string metric,
        Func<double> epoch,
        Func<TState?, TState> snapshot,
        Func<TState, TModel> toModel,
        Resumption<TState> resumption,
        Func<TState>? view = null)
        where TState : class
        where TModel : TrainedModel => EpochLoop.Run(
            new EpochTraining<TState, TModel>
            {
                Epochs = options.Epochs,
                Metric = metric,
                TrainEpoch = (number, progress) =>
                {
                    ofEpoch = new WorkSteps(progress, "", (long)RowCount * Passes, "rows");
                    LearningRate = LearningRates.Decay(options.LearningRate, options.LearningRateDecay, number);
                    return epoch();
                },
                Snapshot = snapshot,
                View = view,
                ToModel = toModel,
                Resumption = resumption,
            },
            context);

    /// <inheritdoc/>
    public void Dispose()
    {
        parts.ForEach(part => part.Dispose());
        Network.Dispose();
        Generator.Dispose();
        scope.Dispose();
    }

    private int Samples(long items) => UsesTorch ? 0 : SampledSoftmax.Samples(options.SampledItems, items);

    private TNetwork Copy()
    {
        parts.ForEach(part => part.Save());
        return NetworkState.Copy(Network, create);
    }
}

/// <summary>The loss of a batch.</summary>
/// <param name="Loss">The quantity to minimise: a scalar through which gradients flow.</param>
/// <param name="Error">The error to report: a scalar.</param>
internal readonly record struct BatchLoss(Tensor Loss, Tensor Error)
{
    /// <summary>Reports the loss itself.</summary>
    public static implicit operator BatchLoss(Tensor loss) => new(loss, loss);
}
