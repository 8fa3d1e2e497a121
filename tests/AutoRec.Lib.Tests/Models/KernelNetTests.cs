using AutoRec.Data;
using AutoRec.Models;
using AutoRec.Models.Networks;
using AutoRec.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace AutoRec.Tests.Models;

public sealed class KernelNetTests
{
    private static readonly InteractionMatrix Train =
        InteractionMatrix.FromTriplets(3, 4, [0, 0, 1, 1, 2, 2, 2], [0, 1, 1, 2, 0, 2, 3], [5, 3, 4, 1, 2, 5, 3], new RatingScale(1, 5));

    private static KernelNetOptions Small => new() { HiddenUnits = 3, EmbeddingDimensions = 2, Epochs = 1 };

    [Fact]
    public void Kernel_UnitsApart_FallsWithTheSquareOfTheDistanceToZero()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1, CPU);
        var layer = new KernelLayer(2, 3, 2, generator);
        Set(layer.input_embedding, new float[,] { { 0, 0 }, { 1, 1 } });
        Set(layer.output_embedding, new float[,] { { 0, 0 }, { 0.3f, 0.4f }, { 3, 0 } });
        Assert.All(new[] { 1, 0.75f, 0, 0, 1 - (0.49f + 0.36f), 0 }.Zip(layer.Kernel().data<float>().ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));

        Set(layer.weight, new float[,] { { 2, 2, 2 }, { 10, 10, 10 } });
        Assert.All(new[] { 2, 1.65f, 0 }.Zip(layer.forward(tensor(new float[,] { { 1, 0.1f } })).data<float>().ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }

    [Fact]
    public void Score_AfterAnEpoch_IsTheNetworksOutputForTheItemsRow()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(8, CPU);
        var network = new KernelNetNetwork(3, 3, 2, 2, generator);
        using var adam = new TorchAdam(network.parameters(), 0.01);
        var byItem = Train.Transpose();
        new KernelNetTrainer(Small with { LearningRate = 0.01 }).Step(network, adam, new DenseBatches(byItem, CPU), Order(), 1);
        var model = new KernelNetTrainer(Small with { LearningRate = 0.01 }).Fit(Train, new FitContext { Seed = 8 });

        var scores = new float[12];
        model.Score(Histories.OfTraining(Train), scores);
        var output = network.forward(tensor(new float[,] { { 5, 0, 2 }, { 3, 4, 0 }, { 0, 1, 5 }, { 0, 0, 3 } })).t().contiguous().data<float>().ToArray();
        Assert.All(output.Zip(scores), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));

        static int[] Order()
        {
            int[] items = [0, 1, 2, 3];
            new Random(8).Shuffle(items);
            return items;
        }
    }

    [Fact]
    public void Step_Once_ChangesEveryParameter()
    {
        using var generator = new Generator(8, CPU);
        using var same = new Generator(8, CPU);
        using var network = new KernelNetNetwork(3, 3, 2, 2, generator);
        using var adam = new TorchAdam(network.parameters(), 0.01);
        new KernelNetTrainer(Small).Step(network, adam, new DenseBatches(Train.Transpose(), CPU), [0, 1, 2, 3], 1);
        NetworkAssert.EveryParameterChanged(new KernelNetNetwork(3, 3, 2, 2, same), network);
    }

    [Fact]
    public void Penalty_AtTheStart_IsThatOfAllWeightsAndOfAKernelOfOnes()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(8, CPU);
        var network = new KernelNetNetwork(3, 4, 2, 2, generator);
        var weights = network.AllLayers.Sum(layer => layer.weight.square().sum().ToDouble());
        Assert.Equal(3, network.AllLayers.Count());
        var penalty = new KernelNetTrainer(Small with { Regularization = 7, KernelRegularization = 0.5 }).Penalty(network, network.Kernels()).ToDouble();
        Assert.Equal((7 * weights) + (0.5 * ((3 * 4) + (4 * 4) + (4 * 3))), penalty, 0.001);
    }

    [Fact]
    public void Load_Saved_ScoresAreIdentical() => PersistenceTests.AssertSameScores(new KernelNetTrainer(Small).Fit(PersistenceTests.Train, new FitContext()));

    private static void Set(Tensor parameter, float[,] values)
    {
        using var noGradient = no_grad();
        parameter.copy_(tensor(values));
    }
}
