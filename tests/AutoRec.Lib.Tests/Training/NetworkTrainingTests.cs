using AutoRec.Data;
using AutoRec.Models.Networks;
using AutoRec.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AutoRec.Tests.Training;

/// <summary>What the training of a network takes off a trainer's hands, on a network of two layers.</summary>
public sealed class NetworkTrainingTests
{
    // Row 3 has no entry.
    private static readonly InteractionMatrix Rows =
        InteractionMatrix.FromTriplets(6, 4, [0, 0, 1, 2, 2, 4, 5], [0, 1, 2, 1, 3, 0, 3], [1, 1, 1, 1, 1, 1, 1]);

    [Fact]
    public void Pass_BatchesOfDifferentSizes_ReturnsTheMeanOverRows()
    {
        using var training = Training(new Options { BatchSize = 2 });
        var batches = new List<int[]>();
        var mean = training.Pass(rows =>
        {
            batches.Add(rows);
            return new BatchLoss(training.Network.forward(ones(1, 4)).sum(), tensor(rows.Average()));
        });
        Assert.Equal([2, 2, 1], batches.Select(batch => batch.Length));
        Assert.Equal([0, 1, 2, 4, 5], batches.SelectMany(batch => batch).Order());
        Assert.Equal(12 / 5.0, mean, 1e-6);
        Assert.Equal((5, 3, 3), (training.RowCount, training.UpdatesPerPass, training.Update));
    }

    [Fact]
    public void Run_Epochs_DecayTheLearningRateAndCountTheUpdates()
    {
        using var training = Training(new Options { BatchSize = 5, Epochs = 3, LearningRate = 0.8, LearningRateDecay = 0.5 });
        var seen = new List<(int Update, double Rate)>();
        training.Run(
            "loss",
            _ =>
            {
                seen.Add((training.Update, training.LearningRate));
                return training.Network.forward(ones(1, 4)).sum();
            },
            network => new Model(network));
        Assert.Equal([(0, 0.8), (1, 0.4), (2, 0.2)], seen);
    }

    // The first step of Adam moves every number by the learning rate, if its optimiser makes one step.
    [Theory]
    [InlineData(TrainingEngine.Sparse)]
    [InlineData(TrainingEngine.Torch)]
    public void Run_LayersOfTheirOwn_EveryParameterMakesOneStep(TrainingEngine engine)
    {
        using var scope = NewDisposeScope();
        using var training = Training(new Options { BatchSize = 5, Epochs = 1, LearningRate = 0.01, Engine = engine });
        var before = NetworkState.Of(training.Network);
        var (input, batch) = (training.InputLayer(training.Network.first), new SparseBatch(4));
        var model = training.Run(
            "loss", rows => training.Network.last.forward(input.Forward(batch.Fill(Rows, rows))).sum(), network => new Model(network));
        var after = NetworkState.Of(model.Network);
        Assert.Equal(4, before.Names.Count);
        Assert.All(before.Names, name => Assert.All(
            before.Floats(name).Zip(after.Floats(name)), pair => Assert.Equal(0.01, Math.Abs(pair.First - pair.Second), 1e-4)));
    }

    [Fact]
    public void Run_WithValidation_MeasuresCopiesAndReturnsTheBest()
    {
        using var training = Training(new Options { BatchSize = 5, Epochs = 4, LearningRate = 0.01 }, new Sequence([3, 1, 2, 4]));
        var models = new List<Model>();
        var best = training.Run("loss", _ => training.Network.forward(ones(1, 4)).sum(), network =>
        {
            models.Add(new Model(network));
            return models[^1];
        });
        Assert.Equal(4, best.TrainingHistory.Count);
        Assert.Same(models[1].Network, best.Network);
        Assert.NotSame(training.Network, best.Network);
        Assert.All(
            new[] { 0, 2, 3 },
            epoch => Assert.True(models[epoch].Network.first.weight.IsInvalid, $"The copy of epoch {epoch + 1} is still there."));
        Assert.False(best.Network.first.weight.IsInvalid);
    }

    private static NetworkTraining<Network> Training(Options options, IValidation? validation = null) =>
        new(Rows, new FitContext { Seed = 3, Validation = validation }, options, generator => new Network(generator));

    private sealed record Options : INetworkOptions
    {
        public int Epochs { get; init; } = 1;

        public int BatchSize { get; init; } = 2;

        public double LearningRate { get; init; } = 0.1;

        public double LearningRateDecay { get; init; } = 1;

        public TrainingEngine Engine { get; init; } = TrainingEngine.Torch;
    }

    private sealed class Network : nn.Module<Tensor, Tensor>
    {
        public readonly Linear first;
        public readonly Linear last;

        public Network(Generator generator)
            : base(nameof(Network))
        {
            first = Layers.Glorot(4, 3, generator);
            last = Layers.Glorot(3, 1, generator);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => last.forward(first.forward(input));
    }

    private sealed class Model(Network network) : TrainedModel
    {
        public Network Network => network;

        public override int ItemCount => 4;

        public override void Score(Histories histories, Memory<float> scores) => scores.Span.Clear();
    }

    private sealed class Sequence(double[] measures) : IValidation
    {
        private int epoch;

        public string Metric => "sequence";

        public bool HigherIsBetter => false;

        public AutoRec.Splitting.HeldOut HeldOut => throw new NotSupportedException();

        public double Measure(AutoRec.Scoring.IRecommender model, IProgress<WorkReport>? progress = null) => measures[epoch++];
    }
}
