using AutoRec.Data;
using AutoRec.Models;
using AutoRec.Models.Networks;
using AutoRec.Training;
using static TorchSharp.torch;

namespace AutoRec.Tests.Models;

public sealed class KernelNetTests
{
    private static readonly InteractionMatrix Train =
        InteractionMatrix.FromTriplets(3, 4, [0, 0, 1, 1, 2, 2, 2], [0, 1, 1, 2, 0, 2, 3], [5, 3, 4, 1, 2, 5, 3], new RatingScale(1, 5));

    private static KernelNetOptions Small => new() { Center = Centering.None, HiddenUnits = 3, EmbeddingDimensions = 2, Epochs = 1 };

    [Fact]
    public void Kernel_UnitsApart_FallsWithTheSquareOfTheDistanceToZero()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1, CPU);
        var layer = new KernelLayer(2, 3, 2, generator);
        Set(layer.input_embedding, new float[,] { { 0, 0 }, { 1, 1 } });
        Set(layer.output_embedding, new float[,] { { 0, 0 }, { 0.3f, 0.4f }, { 3, 0 } });
        Assert.All(
            new[] { 1, 0.75f, 0, 0, 1 - (0.49f + 0.36f), 0 }.Zip(layer.Kernel().data<float>().ToArray()),
            pair => Assert.Equal(pair.First, pair.Second, 1e-6f));

        Set(layer.weight, new float[,] { { 2, 2, 2 }, { 10, 10, 10 } });
        Assert.All(
            new[] { 2, 1.65f, 0 }.Zip(layer.forward(tensor(new float[,] { { 1, 0.1f } })).data<float>().ToArray()),
            pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }

    [Theory]
    [InlineData(TrainingEngine.Sparse)]
    [InlineData(TrainingEngine.Torch)]
    public void Score_AfterAnEpoch_IsTheNetworksOutputForTheItemsRow(TrainingEngine engine)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(8, CPU);
        var network = new KernelNetNetwork(3, 3, 2, 2, Activation.Sigmoid, generator);
        var trainer = new KernelNetTrainer(Small with { IterationsPerEpoch = 1, Engine = engine });
        var batches = new DenseBatches(Train.Transpose(), CPU);
        new Lbfgs(network.parameters()).Iterate(() => trainer.Backward(network, batches, batches, 1).Loss);
        var model = trainer.Fit(Train, new FitContext { Seed = 8 });

        var scores = new float[12];
        model.Score(Histories.OfTraining(Train), scores);
        var output = network.forward(tensor(new float[,] { { 5, 0, 2 }, { 3, 4, 0 }, { 0, 1, 5 }, { 0, 0, 3 } }))
            .t()
            .contiguous()
            .data<float>()
            .ToArray();
        Assert.All(output.Zip(scores), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Backward_Sparse_LossAndGradientsAreThoseOfTorch(int layers)
    {
        using var scope = NewDisposeScope();
        var random = new Random(4);
        var pairs = Enumerable.Range(0, 80).Select(_ => (Item: random.Next(15), User: random.Next(10))).Distinct().ToArray();
        var byItem = InteractionMatrix.FromTriplets(
            15, 10, [.. pairs.Select(pair => pair.Item)], [.. pairs.Select(pair => pair.User)], [.. pairs.Select(_ => random.Next(1, 6))]);
        var trainer = new KernelNetTrainer(Small with { Regularization = 0.7, KernelRegularization = 0.3 });
        var (dense, sparse) = (New(), New());
        float[] doubled = [.. byItem.Values().ToArray().Select(value => 2 * value)];
        var read = byItem.WithValues(doubled, byItem.Scale); // What the network reads is not always what it is to reconstruct.
        var expected = trainer.Backward(dense, new DenseBatches(read, CPU), new DenseBatches(byItem, CPU), 2);
        var actual = new SparseKernelNet(sparse, read, byItem).Backward((layer, kernel) => trainer.Penalty(layer, kernel, 2));
        Assert.Equal(expected.Loss, actual.Loss, 1e-5 * expected.Loss);
        Assert.Equal(expected.SquaredError, actual.SquaredError, 1e-5 * expected.SquaredError);
        foreach (var (a, b) in dense.parameters().Zip(sparse.parameters()))
        {
            var (one, other) = (a.grad!.contiguous().data<float>().ToArray(), b.grad!.contiguous().data<float>().ToArray());
            var largest = Math.Max(1, one.Max(Math.Abs));
            Assert.All(one.Zip(other), pair => Assert.Equal(pair.First, pair.Second, 1e-5 * largest));
        }

        KernelNetNetwork New()
        {
            using var generator = new Generator(8, CPU);
            var network = new KernelNetNetwork(10, 19, layers, 2, layers == 2 ? Activation.Tanh : Activation.Sigmoid, generator);
            using var noGradient = no_grad();
            using var scope = NewDisposeScope();
            foreach (var layer in network.AllLayers)
            {
                layer.input_embedding.copy_(layer.input_embedding.Times(300)); // Far enough apart for the kernel to matter.
            }

            return network;
        }
    }

    [Fact]
    public void Fit_OneIteration_ChangesEveryParameter()
    {
        using var generator = new Generator(8, CPU);
        using var same = new Generator(8, CPU);
        using var network = new KernelNetNetwork(3, 3, 2, 2, Activation.Sigmoid, generator);
        var (byItem, trainer) = (Train.Transpose(), new KernelNetTrainer(Small));
        new Lbfgs(network.parameters()).Iterate(
            () => new SparseKernelNet(network, byItem, byItem).Backward((layer, kernel) => trainer.Penalty(layer, kernel, 1)).Loss);
        NetworkAssert.EveryParameterChanged(new KernelNetNetwork(3, 3, 2, 2, Activation.Sigmoid, same), network);
    }

    [Fact]
    public void Penalty_AtTheStart_IsThatOfAllWeightsAndOfAKernelOfOnes()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(8, CPU);
        var network = new KernelNetNetwork(3, 4, 2, 2, Activation.Sigmoid, generator);
        var weights = network.AllLayers.Sum(layer => layer.weight.Squared().sum().Number());
        Assert.Equal(3, network.AllLayers.Count());
        var trainer = new KernelNetTrainer(Small with { Regularization = 7, KernelRegularization = 0.5 });
        var penalty = network.AllLayers.Zip(network.Kernels()).Sum(layer => trainer.Penalty(layer.First, layer.Second, 1).Number());
        Assert.Equal(0.5 * ((7 * weights) + (0.5 * ((3 * 4) + (4 * 4) + (4 * 3)))), penalty, 0.001);
    }

    [Fact]
    public void Load_Saved_ScoresAreIdentical() => PersistenceTests.AssertSameScores(
        new KernelNetTrainer(Small with { Center = Centering.Baseline }).Fit(PersistenceTests.Train, new FitContext()));

    private static void Set(Tensor parameter, float[,] values)
    {
        using var noGradient = no_grad();
        parameter.copy_(tensor(values));
    }
}
