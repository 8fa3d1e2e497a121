using AutoRec.Data;
using AutoRec.Models;
using AutoRec.Models.Networks;
using AutoRec.Training;
using static TorchSharp.torch;

namespace AutoRec.Tests.Models;

public sealed class GaussianVaeTests
{
    private static readonly InteractionMatrix Train =
        InteractionMatrix.FromTriplets(3, 3, [0, 0, 1, 1, 2, 2, 2], [0, 1, 1, 2, 0, 1, 2], [4, 3, 4, 1, 2, 5, 3], new RatingScale(1, 5));

    private static GaussianVaeOptions Small =>
        new() { Center = Centering.None, HiddenUnits = 3, LatentFactors = 2, Epochs = 1, Dropout = 0, AnnealingEpochs = 0 };

    [Fact]
    public void Score_AgainstTheNetworkItself_DecodesTheLatentMean()
    {
        var model = new GaussianVaeTrainer(Small).Fit(Train, new FitContext());
        var scores = new float[9];
        model.Score(Histories.OfTraining(Train), scores);
        using var scope = NewDisposeScope();
        var input = tensor(new float[,] { { 0.8f, 0.6f, 0 } }); // (4, 3) of length 5
        var output = model.Network.Decode(model.Network.Encode(input).Mean).data<float>().ToArray();
        Assert.All(output.Zip(scores), pair => Assert.Equal(3 + pair.First, pair.Second, 1e-5f));
    }

    [Fact]
    public void Load_Saved_ScoresAreIdentical() =>
        PersistenceTests.AssertSameScores(
            new GaussianVaeTrainer(Small with { Center = Centering.Baseline }).Fit(PersistenceTests.Train, new FitContext()));

    [Fact]
    public void Fit_OneStep_ChangesEveryParameter()
    {
        using var generator = new Generator(6, CPU);
        var trained = new GaussianVaeTrainer(Small).Fit(Train, new FitContext { Seed = 6 });
        NetworkAssert.EveryParameterChanged(new VaeNetwork(3, 3, 2, generator), trained.Network);
    }

    [Fact]
    public void Fit_LargeKlWeight_PredictsTheMeanOfEachItem()
    {
        var model = new GaussianVaeTrainer(Small with { KlWeight = 10, Epochs = 2000, LearningRate = 0.01 }).Fit(Train, new FitContext());
        var scores = new float[9];
        model.Score(Histories.OfTraining(Train), scores);
        Assert.All(new[] { 3f, 4f, 2f, 3f, 4f, 2f, 3f, 4f, 2f }.Zip(scores), pair => Assert.Equal(pair.First, pair.Second, 0.15f));
    }
}
