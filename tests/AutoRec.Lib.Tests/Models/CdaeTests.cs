using AutoRec.Data;
using AutoRec.Models;
using AutoRec.Models.Networks;
using AutoRec.Training;
using static TorchSharp.torch;

namespace AutoRec.Tests.Models;

public sealed class CdaeTests
{
    private static readonly InteractionMatrix Train =
        InteractionMatrix.FromTriplets(3, 4, [0, 0, 1, 2, 2], [0, 1, 2, 1, 3], [5, 3, 4, 1, 2]);

    private static CdaeOptions Small => new() { HiddenUnits = 3, Epochs = 1, Dropout = 0 };

    [Fact]
    public void Score_KnownAndNewUser_WithAndWithoutTheirNode()
    {
        var model = new CdaeTrainer(Small).Fit(Train, new FitContext());
        float[] known = new float[12], unknown = new float[12];
        model.Score(Histories.OfTraining(Train), known);
        model.Score(Histories.OfNewUsers(Train), unknown);

        using var scope = NewDisposeScope();
        var network = model.Network;
        var clicks = tensor(new float[,] { { 1, 1, 0, 0 }, { 0, 0, 1, 0 }, { 0, 1, 0, 1 } });
        var encoded = matmul(clicks, network.encoder.weight.t()).Plus(network.encoder.bias!);
        AssertNear(known, encoded.Plus(network.user_nodes));
        AssertNear(unknown, encoded);

        void AssertNear(float[] scores, Tensor hidden) => Assert.All(
            matmul(hidden.sigmoid(), network.decoder.weight.t()).Plus(network.decoder.bias!).data<float>().ToArray().Zip(scores),
            pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }

    [Fact]
    public void Load_Saved_ScoresAreIdentical() =>
        PersistenceTests.AssertSameScores(new CdaeTrainer(Small).Fit(PersistenceTests.Train, new FitContext()));

    [Fact]
    public void Fit_OneStep_ChangesEveryParameter()
    {
        using var generator = new Generator(6, CPU);
        var trained = new CdaeTrainer(Small).Fit(Train, new FitContext { Seed = 6 });
        NetworkAssert.EveryParameterChanged(new CdaeNetwork(3, 4, 3, generator), trained.Network);
    }

    [Fact]
    public void Fit_LargePenalty_DrawsUserNodesToZero()
    {
        var model = new CdaeTrainer(Small with { WeightDecay = 100, Epochs = 500, LearningRate = 0.01 }).Fit(Train, new FitContext());
        Assert.All(NetworkState.Of(model.Network).Floats("user_nodes"), value => Assert.Equal(0, value, 0.02f));
    }
}
