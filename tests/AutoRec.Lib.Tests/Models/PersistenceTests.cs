using AutoRec.Data;
using AutoRec.Models;
using AutoRec.Persistence;
using AutoRec.Training;

namespace AutoRec.Tests.Models;

public sealed class PersistenceTests
{
    internal static readonly InteractionMatrix Train =
        InteractionMatrix.FromTriplets(3, 4, [0, 0, 1, 2, 2], [0, 1, 2, 1, 3], [5, 3, 4, 1, 2]);

    [Fact]
    public void Load_AutoRecItem_ScoresAreIdentical() =>
        AssertSameScores(new AutoRecTrainer(AutoRecRows.Items, Few).Fit(Train, new FitContext()));

    [Fact]
    public void Load_AutoRecUser_ScoresAreIdentical() =>
        AssertSameScores(new AutoRecTrainer(AutoRecRows.Users, Few).Fit(Train, new FitContext()));

    [Fact]
    public void Load_MultVae_ScoresAreIdentical() =>
        AssertSameScores(
            new MultVaeTrainer(new MultVaeOptions { HiddenUnits = 5, LatentFactors = 2, Epochs = 2 }).Fit(Train, new FitContext()));

    [Fact]
    public void Load_Popularity_ScoresAreIdentical() => AssertSameScores(new PopularityTrainer().Fit(Train, new FitContext()));

    [Fact]
    public void Load_Bias_ScoresAreIdentical() =>
        AssertSameScores(new BiasTrainer(new BiasOptions { UserRegularization = 0.1 }).Fit(Train, new FitContext()));

    [Fact]
    public void Load_Random_ScoresAreIdentical() => AssertSameScores(new RandomOrderTrainer().Fit(Train, new FitContext { Seed = -5 }));

    [Fact]
    public void Load_ItemKnn_ScoresAreIdentical() =>
        AssertSameScores(new ItemKnnTrainer(new ItemKnnOptions { Neighbors = 2, Binarize = false }).Fit(Train, new FitContext()));

    [Fact]
    public void Load_UserKnn_ScoresAreIdentical() =>
        AssertSameScores(
            new UserKnnTrainer(new UserKnnOptions { Neighbors = 2, Shrinkage = 0.1, Binarize = false }).Fit(Train, new FitContext()));

    [Fact]
    public void Load_Ials_ScoresAreIdentical() =>
        AssertSameScores(new IalsTrainer(new IalsOptions { LatentFactors = 2, RegularizationExponent = 0.3 }).Fit(Train, new FitContext()));

    [Fact]
    public void Load_BiasedMf_ScoresAreIdentical() =>
        AssertSameScores(new BiasedMfTrainer(new BiasedMfOptions { LatentFactors = 2, Epochs = 2 }).Fit(Train, new FitContext()));

    [Fact]
    public void Load_PmfEm_ScoresAreIdentical() =>
        AssertSameScores(new PmfEmTrainer(new PmfEmOptions { LatentFactors = 2, Epochs = 2 }).Fit(Train, new FitContext()));

    [Fact]
    public void Load_Slim_ScoresAreIdentical() =>
        AssertSameScores(new SlimTrainer(new SlimOptions { L1 = 0.1, L2 = 0.5 }).Fit(Train, new FitContext()));

    [Fact]
    public void Load_Ease_ScoresAreIdentical() =>
        AssertSameScores(new EaseTrainer(new EaseOptions { Regularization = 0.7 }).Fit(Train, new FitContext()));

    [Fact]
    public void Load_InfiniteAe_ScoresAreIdentical() => AssertSameScores(new InfiniteAeTrainer().Fit(Train, new FitContext()));

    [Fact]
    public void Load_ArrayMissing_SaysWhich() =>
        Assert.Contains("encoder_weight", Assert.Throws<InvalidDataException>(() => AutoRecModel.Load(new ModelState())).Message);

    [Fact]
    public void Add_ShapeDoesNotFit_Throws() => Assert.Throws<ArgumentException>(() => new ModelState().Add("w", new float[6], 2, 4));

    private static AutoRecOptions Few => new() { HiddenUnits = 3, Epochs = 2 };

    internal static void AssertSameScores<TModel>(TModel model)
        where TModel : IPersistentModel<TModel>
    {
        float[] before = new float[12], after = new float[12];
        model.Score(Histories.OfTraining(Train), before);
        TModel.Load(model.Save()).Score(Histories.OfTraining(Train), after);
        Assert.Equal(before, after);
    }
}
