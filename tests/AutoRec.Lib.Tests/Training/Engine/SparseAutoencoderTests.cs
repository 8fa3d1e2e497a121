using AutoRec.Data;
using AutoRec.Distributed;
using AutoRec.Models;
using AutoRec.Models.Networks;
using AutoRec.Models.Rows;
using AutoRec.Training;
using CsCheck;
using static TorchSharp.torch;

namespace AutoRec.Tests.Training;

public sealed class SparseAutoencoderTests
{
    private const double Penalty = 0.7;

    // 19 and 33 hidden units leave a rest behind the vectors of 16, and one of 32.
    [Theory]
    [InlineData(19, nameof(Activation.Sigmoid))]
    [InlineData(33, nameof(Activation.Tanh))]
    public void Step_AutoRecOnRandomData_LossAndGradientsAreThoseOfAutograd(int hidden, string name) => RandomMatrix.Sample(
        matrix =>
        {
            var activation = Enum.Parse<Activation>(name);
            using var scope = NewDisposeScope();
            using var generator = new Generator(3, CPU);
            using var network = new AutoRecNetwork(matrix.ColumnCount, hidden, activation, generator);
            var batch = new SparseBatch(matrix.ColumnCount);
            batch.Fill(matrix, [.. Enumerable.Range(0, matrix.RowCount)]);
            var sparse = new SparseAutoencoder(activation, network.CopyWeights());
            var squaredError = sparse.Step(batch, batch, default, 0.001, Penalty);

            var (loss, expected) = AutoencoderEngine.Loss(network, batch, batch, default, Penalty);
            loss.backward();
            AssertNear(expected.Number(), squaredError);
            AssertGradient(network.encoder_weight.grad!, sparse.Parameters[0]);
            AssertGradient(network.encoder_bias.grad!, sparse.Parameters[1]);
            AssertGradient(network.decoder_weight.grad!, sparse.Parameters[2]);
            AssertGradient(network.decoder_bias.grad!, sparse.Parameters[3]);
        },
        iter: 20);

    [Fact]
    public void Step_HybridOnRandomData_LossAndGradientsAreThoseOfAutograd() => RandomMatrix.Sample(
        matrix =>
        {
            using var scope = NewDisposeScope();
            using var generator = new Generator(3, CPU);
            var features =
                SideFeatures.OneHot([.. Enumerable.Range(0, matrix.RowCount).Select(row => new[] { $"{row % 3}", $"{row % 5}" })]);
            using var network = new HybridAutoRecNetwork(matrix.ColumnCount, features.ColumnCount, 19, generator);
            var batch = new HybridBatch(
                matrix,
                new HybridRows(RatingFrame.Of(matrix, Centering.None, AutoRecRows.Users), features),
                LeafSplit.OneLeaf(matrix.ColumnCount),
                dropout: 0.3,
                predictionWeight: 1.1,
                reconstructionWeight: 0.7);
            batch.Fill([.. Enumerable.Range(0, matrix.RowCount)], generator);
            var sparse = new SparseAutoencoder(Activation.Tanh, network.CopyWeights());
            var squaredError = sparse.Step(batch.Input, batch.Target, batch.Weights, 0.001, Penalty);

            var (loss, expected) = AutoencoderEngine.Loss(network, batch.Input, batch.Target, batch.Weights, Penalty);
            loss.backward();
            AssertNear(expected.Number(), squaredError);
            AssertGradient(network.encoder_weight.grad!.t().contiguous(), sparse.Parameters[0]);
            AssertGradient(network.encoder_bias.grad!, sparse.Parameters[1]);
            AssertGradient(network.decoder_weight.grad!, sparse.Parameters[2]);
            AssertGradient(network.decoder_bias.grad!, sparse.Parameters[3]);
        },
        iter: 20);

    [Fact]
    public void Step_LazyAdam_UpdatesOnlyRowsWithEntriesAndMakesUpForThePenalty()
    {
        // Unit 0 has an entry in row 0, unit 1 in row 1.
        var matrix = InteractionMatrix.FromTriplets(2, 2, [0, 1], [0, 1], [4, 2]);
        float[] encoder = [0.1f, 0.2f], decoder = [0.3f, 0.4f], decoderBias = [0, 0];
        var weights = new AutoencoderWeights(FloatRows.Of(encoder, 1), [0], FloatRows.Of(decoder, 1), decoderBias);
        var lazy = new SparseAutoencoder(Activation.Sigmoid, weights, isLazy: true);
        var batch = new SparseBatch(2);
        batch.Fill(matrix, [0]);
        lazy.Step(batch, batch, default, 0.01, 0.5);
        Assert.NotEqual(0.1f, encoder[0]);
        Assert.NotEqual(0, decoderBias[0]);
        Assert.Equal([0.2f, 0.4f, 0], [encoder[1], decoder[1], decoderBias[1]]);

        // The gradient of V's row 1: 2 (hidden v + b - 2) hidden, and both updates' penalties times v.
        batch.Fill(matrix, [1]);
        var hidden = 1 / (1 + Math.Exp(-((0.2 * 2) + Bias(lazy))));
        var expected = (2 * ((hidden * 0.4) - 2) * hidden) + ((0.5 + 0.25) * 0.4);
        lazy.Step(batch, batch, default, 0.01, 0.25);
        Assert.Equal(expected, lazy.Parameters[2].Means[1][0] / 0.1, 1e-5);

        static double Bias(SparseAutoencoder autoencoder) => autoencoder.Parameters[1].Parameters[0][0];
    }

    private static Gen<InteractionMatrix> RandomMatrix =>
        from rows in Gen.Int[5, 40]
        from columns in Gen.Int[5, 30]
        from cells in Gen.Select(Gen.Int[0, rows - 1], Gen.Int[0, columns - 1], Gen.Int[1, 5]).Array[1, 400]
        select SomeRatings.OfCells(rows, columns, cells);

    // After one update the first moments are a tenth of the gradient.
    private static void AssertGradient(Tensor expected, Adam actual)
    {
        var gradient = expected.data<float>().ToArray();
        var means = actual.Means.ToArray();
        Assert.Equal(gradient.Length, means.Length);
        var largest = Math.Max(1, gradient.Max(Math.Abs));
        for (var i = 0; i < gradient.Length; i++)
        {
            Assert.Equal(gradient[i], means[i] / 0.1f, 1e-5 * largest);
        }
    }

    private static void AssertNear(double expected, double actual) =>
        Assert.Equal(expected, actual, 1e-5 * Math.Max(1, Math.Abs(expected)));
}
