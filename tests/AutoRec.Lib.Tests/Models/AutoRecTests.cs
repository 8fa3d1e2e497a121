using AutoRec.Data;
using AutoRec.Models;
using AutoRec.Models.Networks;
using AutoRec.Models.Rows;
using AutoRec.Training;
using static TorchSharp.torch;

namespace AutoRec.Tests.Models;

public sealed class AutoRecTests
{
    // 3 users x 4 items; item 3 has no rating, user 2 none either.
    private static readonly InteractionMatrix Train =
        InteractionMatrix.FromTriplets(3, 4, [0, 0, 1, 1], [0, 1, 1, 2], [5, 3, 4, 1], new RatingScale(1, 5));

    [Theory]
    [InlineData(AutoRecRows.Items)]
    [InlineData(AutoRecRows.Users)]
    public void Score_AgainstTheNetworkItself_IsItsOutput(AutoRecRows rows)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1, CPU);
        var visible = rows == AutoRecRows.Items ? 3 : 4;
        var network = new AutoRecNetwork(visible, 5, Activation.Sigmoid, generator);
        var input = rows == AutoRecRows.Items ? Train.Transpose() : Train;
        var model = AutoRecModel.Of(rows, network.CopyWeights(), RatingFrame.Of(Train, Centering.None, rows), input);
        var scores = new float[12];
        model.Score(Histories.OfTraining(Train), scores);

        var dense = tensor(new float[,] { { 5, 3, 0, 0 }, { 0, 4, 1, 0 }, { 0, 0, 0, 0 } });
        var output = rows == AutoRecRows.Items ? network.forward(dense.t()).t() : network.forward(dense);
        for (var user = 0; user < 2; user++)
        {
            for (var item = 0; item < 3; item++)
            {
                Assert.Equal(output[user, item].item<float>(), scores[(user * 4) + item], 1e-5f);
            }
        }
    }

    [Theory]
    [InlineData(AutoRecRows.Items)]
    [InlineData(AutoRecRows.Users)]
    public void Predict_ColdUserOrItemWithoutBaseline_IsTheMiddleOfTheScale(AutoRecRows rows)
    {
        var model = new AutoRecTrainer(rows, new AutoRecOptions { Center = Centering.None, HiddenUnits = 2, Epochs = 1 })
            .Fit(Train, new FitContext());
        var pairs = InteractionMatrix.FromTriplets(3, 4, [0, 2], [3, 0], [1, 1]);
        var ratings = new float[2];
        model.Predict(Histories.OfTraining(Train), pairs, ratings);
        Assert.Equal([3f, 3f], ratings);
    }

    [Theory]
    [InlineData(AutoRecRows.Items)]
    [InlineData(AutoRecRows.Users)]
    public void Fit_OneStep_ChangesEveryParameterOfAnObservedUnit(AutoRecRows rows)
    {
        var full = InteractionMatrix.FromTriplets(2, 2, [0, 0, 1, 1], [0, 1, 0, 1], [5, 3, 4, 1]);
        using var generator = new Generator(7, CPU);
        using var untrained = new AutoRecNetwork(2, 3, Activation.Sigmoid, generator);
        var before = untrained.CopyWeights();
        var after = new AutoRecTrainer(rows, new AutoRecOptions { Center = Centering.None, HiddenUnits = 3, Epochs = 1, BatchSize = 2 })
            .Fit(full, new FitContext { Seed = 7 }).Weights;
        Assert.All(Pairs(before, after), pair => Assert.NotEqual(pair.First, pair.Second));
    }

    [Theory]
    [InlineData(3, 16_384, 0, 1)]               // fewer rows than batches
    [InlineData(3_706, 16_384, 0, 463)]         // the items of MovieLens 1M
    [InlineData(45_115, 16_384, 0, 5_639)]
    [InlineData(45_115, 512, 0, 512)]           // the option
    [InlineData(1_000_000, 16_384, 0, 16_384)]
    [InlineData(45_115, 16_384, 270_896, 990)]  // dense: 990 x 270,896 numbers are 1 GB
    public void RowsOf_IsAnEighthOfTheRows_WithinLimits(long rows, long most, long denseUnits, long expected) =>
        Assert.Equal(expected, AutoRecBatches.RowsOf(rows, most, denseUnits));

    [Fact]
    public void Fit_StrongPenalty_ShrinksWeightsButNotBiases()
    {
        var options = new AutoRecOptions
        {
            Center = Centering.None,
            HiddenUnits = 3,
            Epochs = 300,
            LearningRate = 0.05,
            LearningRateDecay = 1,
            Regularization = 1e4
        };
        var full = InteractionMatrix.FromTriplets(2, 2, [0, 0, 1, 1], [0, 1, 0, 1], [5, 4, 3, 2], RatingScale.OneToFive);
        var weights = new AutoRecTrainer(AutoRecRows.Users, options).Fit(full, new FitContext()).Weights;
        Assert.All(weights.Encoder.ToArray().Concat(weights.Decoder.ToArray()), weight => Assert.InRange(weight, -0.02f, 0.02f));

        // With W and V gone the best output bias is the mean of each item.
        Assert.Equal(4f, weights.DecoderBias[0], 0.05f);
        Assert.Equal(3f, weights.DecoderBias[1], 0.05f);
    }

    [Fact]
    public void Score_NewUserInItemAutoRec_SaysWhichModelFoldsIn()
    {
        var model = new AutoRecTrainer(AutoRecRows.Items, new AutoRecOptions { HiddenUnits = 2, Epochs = 1 }).Fit(Train, new FitContext());
        var error = Assert.Throws<NotSupportedException>(() => model.Score(Histories.OfNewUsers(Train), new float[12]));
        Assert.Contains("autorec-user", error.Message);
    }

    [Fact]
    public void Fit_CudaWithoutGpu_SaysSo()
    {
        if (cuda.is_available())
        {
            Assert.Skip("This machine has a GPU.");
        }

        var error = Assert.Throws<NotSupportedException>(() =>
            new AutoRecTrainer(AutoRecRows.Items).Fit(Train, new FitContext { Device = ComputeDevice.Cuda }));
        Assert.Contains("AutoRecTorch=cuda", error.Message);
    }

    private static IEnumerable<(float First, float Second)> Pairs(AutoencoderWeights a, AutoencoderWeights b) =>
        a.Encoder.ToArray().Zip(b.Encoder.ToArray())
            .Concat(a.EncoderBias.Zip(b.EncoderBias))
            .Concat(a.Decoder.ToArray().Zip(b.Decoder.ToArray()))
            .Concat(a.DecoderBias.Zip(b.DecoderBias));
}
