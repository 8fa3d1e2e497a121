using AutoRec.Data;
using AutoRec.Models;
using AutoRec.Training;
using static TorchSharp.torch;

namespace AutoRec.Tests.Models;

public sealed class MultDaeTests
{
    private static readonly InteractionMatrix Train =
        InteractionMatrix.FromTriplets(3, 4, [0, 0, 1, 2, 2], [0, 1, 2, 1, 3], [5, 3, 4, 1, 2]);

    [Fact]
    public void Score_AgainstTheNetworkItself_IsThatOfTheNormalisedRow()
    {
        var model = new MultDaeTrainer(new MultDaeOptions { HiddenUnits = 3, Epochs = 1 }).Fit(Train, new FitContext());
        var scores = new float[12];
        model.Score(Histories.OfTraining(Train), scores);
        using var scope = NewDisposeScope();
        var r = (float)Math.Sqrt(0.5);
        var logits = model.Network.forward(tensor(new float[,] { { r, r, 0, 0 }, { 0, 0, 1, 0 }, { 0, r, 0, r } })).data<float>().ToArray();
        Assert.All(logits.Zip(scores), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
    }

    [Fact]
    public void Load_Saved_ScoresAreIdentical() =>
        PersistenceTests.AssertSameScores(
            new MultDaeTrainer(new MultDaeOptions { HiddenUnits = 5, Epochs = 2 }).Fit(PersistenceTests.Train, new FitContext()));

    [Fact]
    public void Fit_OneStep_ChangesEveryParameter()
    {
        using var generator = new Generator(9, CPU);
        var trained = new MultDaeTrainer(new MultDaeOptions { HiddenUnits = 3, Epochs = 1, Dropout = 0 })
            .Fit(Train, new FitContext { Seed = 9 });
        NetworkAssert.EveryParameterChanged(MultDaeModel.NewNetwork(4, 3, generator), trained.Network);
    }
}
