using AutoRec.Data;
using AutoRec.Models.Networks;
using AutoRec.Persistence;
using AutoRec.Scoring;
using AutoRec.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace AutoRec.Models;

/// <summary>What the deep autoencoders of ratings and of whole rows have in common.</summary>
internal static class DeepAutoencoderFit
{
    /// <summary>The loss of a batch, before the step, and the error that is reported of it.</summary>
    public delegate (Tensor Loss, Tensor Error) BatchLoss(DeepAutoencoderNetwork network, DenseBatches batches, int[] users, Generator generator);

    /// <summary>Trains the network, and returns that of the best epoch, on the CPU.</summary>
    public static (DeepAutoencoderNetwork Network, IReadOnlyList<EpochReport> History) Run(
        DeepAutoencoderOptions options, InteractionMatrix train, FitContext context, string metric, BatchLoss batchLoss, Func<DeepAutoencoderNetwork, IRecommender> view)
    {
        var device = TorchDevices.Resolve(context.Device);
        var users = RowBatches.NonEmpty(train);
        var shuffle = new Random(context.Seed);

        DeepAutoencoderNetwork Create(Generator generator) => New(options, train.ColumnCount, generator);

        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)context.Seed, CPU);
        using var network = Create(generator);
        network.to(device);
        using var adam = new TorchAdam(network.parameters(), options.LearningRate);
        var batches = new DenseBatches(train, device);

        var training = new TrainingState().Add("order", users, shuffle).Add("generator", generator).Add("network", network);
        adam.AddTo(training, "adam");
        return EpochLoop.Run(
            options.Epochs,
            context,
            metric,
            _ => RowBatches.Mean(users, options.BatchSize, shuffle, context.Cancellation, batch =>
            {
                using var step = NewDisposeScope();
                adam.ZeroGradients();
                var (loss, error) = batchLoss(network, batches, batch, generator);
                (options.WeightDecay > 0 ? loss + (Losses.SquaredWeights(network) * options.WeightDecay) : loss).backward();
                adam.Step();
                return error.ToDouble();
            }),
            () => NetworkState.Copy(network, Create),
            view,
            NetworkState.Resumption(training, Create));
    }

    /// <summary>Hides part of the input and adds noise to what <paramref name="noisy"/> marks: [batch x items].</summary>
    public static Tensor AddNoise(DeepAutoencoderOptions options, Tensor input, Tensor noisy, Generator generator)
    {
        if (options.GaussianNoise > 0)
        {
            input += Noise.Normal(input, generator) * options.GaussianNoise * noisy;
        }

        return Noise.Dropout(input, options.Dropout, generator);
    }

    public static ModelState Save(DeepAutoencoderNetwork network, DeepAutoencoderOptions options) => NetworkState.Of(network)
        .Add("widths", [.. options.Widths])
        .Add("activations", [(int)options.Hidden, (int)options.Output]);

    public static (DeepAutoencoderNetwork Network, DeepAutoencoderOptions Options) Load(ModelState state, int items)
    {
        TorchDevices.Resolve(ComputeDevice.Cpu);
        var activations = state.Ints("activations");
        var options = new DeepAutoencoderOptions
        {
            Widths = LayerWidths.Of(state.Ints("widths")),
            Hidden = (Activation)activations[0],
            Output = (OutputActivation)activations[1],
        };
        using var unused = new Generator(0, CPU);
        var network = New(options, items, unused);
        NetworkState.Restore(network, state);
        return (network, options);
    }

    private static DeepAutoencoderNetwork New(DeepAutoencoderOptions options, int items, Generator generator) =>
        new(items, options.Widths, options.Hidden, generator);
}
