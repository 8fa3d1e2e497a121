using AutoRec.Data;
using AutoRec.Models;
using AutoRec.Native;
using AutoRec.Training;
using CsCheck;

namespace AutoRec.Tests.Models;

[Collection(ThreadCount.Name)]
public sealed class AutoRecEngineTests
{
    // 19 and 33 hidden units leave a rest behind the vectors of 16, and one of 32.
    [Theory]
    [InlineData(AutoRecRows.Items, 19, Centering.None)]
    [InlineData(AutoRecRows.Users, 33, Centering.None)]
    [InlineData(AutoRecRows.Users, 5, Centering.Baseline)]
    [InlineData(AutoRecRows.Items, 19, Centering.Baseline)]
    public void Fit_SparseAgainstTorch_TrainsToTheSameWeights(AutoRecRows rows, int hidden, Centering center) => RandomMatrix.Sample(
        train =>
        {
            var sparse = Fit(train, rows, hidden, TrainingEngine.Sparse, center);
            var torch = Fit(train, rows, hidden, TrainingEngine.Torch, center);
            Assert.Equal(torch.TrainingHistory.Count, sparse.TrainingHistory.Count);
            foreach (var (a, b) in torch.TrainingHistory.Zip(sparse.TrainingHistory))
            {
                Assert.Equal(a.TrainError, b.TrainError, 1e-4);
            }

            AssertClose(torch.Weights.Encoder.ToArray(), sparse.Weights.Encoder.ToArray());
            AssertClose(torch.Weights.EncoderBias, sparse.Weights.EncoderBias);
            AssertClose(torch.Weights.Decoder.ToArray(), sparse.Weights.Decoder.ToArray());
            AssertClose(torch.Weights.DecoderBias, sparse.Weights.DecoderBias);
        },
        iter: 10);

    [Fact]
    public void Fit_AnyNumberOfThreads_GivesTheSameBits()
    {
        var random = new Random(5);
        var train = SomeRatings.OfCells(
            200, 90, [.. Enumerable.Range(0, 3000).Select(_ => (random.Next(200), random.Next(90), random.Next(1, 6)))]);
        var threads = ComputeThreads.Count;
        try
        {
            ComputeThreads.Count = 1;
            var one = Fit(train, AutoRecRows.Items, 19, TrainingEngine.Sparse).Weights;
            ComputeThreads.Count = 4;
            var four = Fit(train, AutoRecRows.Items, 19, TrainingEngine.Sparse).Weights;
            Assert.Equal(one.Encoder.ToArray(), four.Encoder.ToArray());
            Assert.Equal(one.EncoderBias, four.EncoderBias);
            Assert.Equal(one.Decoder.ToArray(), four.Decoder.ToArray());
            Assert.Equal(one.DecoderBias, four.DecoderBias);
        }
        finally
        {
            ComputeThreads.Count = threads;
        }
    }

    [Fact]
    public void Fit_LazyAdamWhereEveryBatchHasAllUnits_IsAdam()
    {
        var train = SomeRatings.OfCells(
            6,
            4,
            [.. from row in Enumerable.Range(0, 6) from column in Enumerable.Range(0, 4) select (row, column, 1 + ((row * column) % 5))]);
        var options = new AutoRecOptions { HiddenUnits = 5, Epochs = 5, BatchSize = 2 };
        var lazy = new AutoRecTrainer(AutoRecRows.Users, options with { LazyAdam = true }).Fit(train, new FitContext()).Weights;
        var adam = new AutoRecTrainer(AutoRecRows.Users, options).Fit(train, new FitContext()).Weights;
        AssertClose(adam.Encoder.ToArray(), lazy.Encoder.ToArray());
        AssertClose(adam.Decoder.ToArray(), lazy.Decoder.ToArray());
        AssertClose(adam.DecoderBias, lazy.DecoderBias);
    }

    [Fact]
    public void Fit_LazyAdamWithTorch_SaysWhichEngineHasIt()
    {
        var trainer = new AutoRecTrainer(AutoRecRows.Users, new AutoRecOptions { LazyAdam = true, Engine = TrainingEngine.Torch });
        Assert.Contains(
            "requires engine=sparse",
            Assert.Throws<NotSupportedException>(() => trainer.Fit(SomeRatings.OfCells(2, 2, [(0, 0, 1)]), new FitContext())).Message);
    }

    private static Gen<InteractionMatrix> RandomMatrix =>
        from rows in Gen.Int[20, 40]
        from columns in Gen.Int[15, 30]
        from cells in Gen.Select(Gen.Int[0, rows - 1], Gen.Int[0, columns - 1], Gen.Int[1, 5]).Array[50, 400]
        select SomeRatings.OfCells(rows, columns, cells);

    private static AutoRecModel Fit(
        InteractionMatrix train, AutoRecRows rows, int hidden, TrainingEngine engine, Centering center = Centering.Baseline)
    {
        var options = new AutoRecOptions
        {
            Center = center,
            HiddenUnits = hidden,
            Epochs = 5,
            BatchSize = 8,
            Regularization = 3,
            LearningRate = 0.01,
            Engine = engine
        };
        return new AutoRecTrainer(rows, options).Fit(train, new FitContext());
    }

    private static void AssertClose(float[] expected, float[] actual) =>
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
}
