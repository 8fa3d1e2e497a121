using AutoRec.Data;
using AutoRec.Models.Networks;
using AutoRec.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AutoRec.Tests.Training;

/// <summary>The layers as wide as the catalogue: the sparse and fused ones against torch's.</summary>
public sealed class ItemLayersTests
{
    private static readonly InteractionMatrix Matrix =
        InteractionMatrix.FromTriplets(4, 5, [0, 0, 1, 2, 2, 2, 3], [0, 3, 1, 0, 1, 4, 4], [1, 1, 1, 1, 1, 1, 1]);

    [Fact]
    public void Glorot_InSeveralDraws_HasTheNumbersOfOne()
    {
        const int Inputs = 300_000, Outputs = 8;
        using var scope = NewDisposeScope();
        using Generator generator = new(5, CPU), same = new(5, CPU);
        var layer = Layers.Glorot(Inputs, Outputs, generator);
        var expected = Layers.Uniform([Outputs, Inputs], Math.Sqrt(6.0 / (Inputs + Outputs)), same);
        Assert.Equal(expected.data<float>().ToArray(), layer.weight.data<float>().ToArray());
        Assert.Equal(randn(Outputs, generator: same).Times(0.001).data<float>().ToArray(), layer.bias!.data<float>().ToArray());
    }

    [Fact]
    public void InputLayer_ThreeSteps_SameOutputsAndWeightsAsTorch()
    {
        using var scope = NewDisposeScope();
        var batch = Batch();
        var (expected, expectedOutputs) = Train(usesTorch: true);
        var (actual, actualOutputs) = Train(usesTorch: false);
        AssertNear(expectedOutputs, actualOutputs);
        AssertNear(Numbers(expected.weight), Numbers(actual.weight));
        AssertNear(Numbers(expected.bias!), Numbers(actual.bias!));

        (Linear Layer, float[] Outputs) Train(bool usesTorch)
        {
            using var generator = new Generator(4, CPU);
            var layer = Layers.Glorot(5, 19, generator);
            using var input = InputLayer.Of(layer, usesTorch, CPU, parameter => parameter.dim() > 1 ? 0.3 : 0.1);
            var outputs = new List<float>();
            for (var step = 0; step < 3; step++)
            {
                var output = input.Forward(batch);
                outputs.AddRange(Numbers(output));
                output.Squared().sum().Plus(output.sum()).backward();
                input.Step(0.01);
            }

            input.Save();
            return (layer, [.. outputs]);
        }
    }

    [Fact]
    public void InputLayer_LayerChangedAndLoaded_ComputesWithTheNewWeights()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(4, CPU);
        var layer = Layers.Glorot(5, 3, generator);
        using var input = InputLayer.Of(layer, usesTorch: false, CPU);
        NetworkState.CopyParameters(layer, Layers.Glorot(5, 3, generator));
        input.Load();
        AssertNear(Numbers(layer.forward(Batch().ToDense(CPU))), Numbers(input.Forward(Batch())));
    }

    [Theory]
    [InlineData("multinomial", true)]
    [InlineData("multinomial", false)]
    [InlineData("squared error", true)]
    [InlineData("squared error of a sigmoid", true)]
    public void OutputLayer_ThreeSteps_SameLossGradientAndWeightsAsTorch(string ofOutputs, bool isTrained)
    {
        var kind = ofOutputs == "multinomial" ? OutputLoss.Multinomial : OutputLoss.MeanSquaredError(ofOutputs.EndsWith("sigmoid"));
        using var scope = NewDisposeScope();
        var clicks = Batch();
        var expected = Train(usesTorch: true);
        var actual = Train(usesTorch: false);
        Assert.Equal(expected.Losses, actual.Losses, (a, b) => Math.Abs(a - b) < 1e-5);
        AssertNear(expected.Gradients, actual.Gradients);
        AssertNear(Numbers(expected.Layer.weight), Numbers(actual.Layer.weight));
        AssertNear(Numbers(expected.Layer.bias!), Numbers(actual.Layer.bias!));

        (Linear Layer, double[] Losses, float[] Gradients) Train(bool usesTorch)
        {
            using var generator = new Generator(4, CPU);
            var layer = Layers.Glorot(3, 5, generator);
            using var output = OutputLayer.Of(layer, kind, usesTorch, CPU, parameter => parameter.dim() > 1 ? 0.3 : 0);
            var losses = new List<double>();
            var gradients = new List<float>();
            for (var step = 0; step < 3; step++)
            {
                var code = randn(4, 3, generator: generator).Times(20).requires_grad_(); // Logits far apart: softmax must not overflow.
                var loss = output.Loss(code, clicks, isTrained).Plus(code.sum());
                loss.backward();
                losses.Add(loss.Number());
                gradients.AddRange(Numbers(code.grad!));
                if (isTrained)
                {
                    output.Step(0.01);
                }
            }

            return (layer, [.. losses], [.. gradients]);
        }
    }

    [Fact]
    public void OutputLayer_Bfloat16_NearTorchInBfloat16AndInSinglePrecision()
    {
        const int Items = 5;
        using var scope = NewDisposeScope();
        var single = Train(Whole, usesTorch: false, MatmulPrecision.Float32);
        var torch = Train(Whole, usesTorch: true, MatmulPrecision.Bfloat16);
        var fused = Train(Whole, usesTorch: false, MatmulPrecision.Bfloat16);
        var sampled = Train(Sampled, usesTorch: false, MatmulPrecision.Bfloat16);

        // A factor has 8 bits, and so has a product of two before it is single again.
        AssertWithin(0.01, torch, fused);
        AssertWithin(0.03, single, fused);
        AssertWithin(1e-5, fused, sampled);
        Assert.NotEqual(single[0], fused[0]);

        float[] Train(Create create, bool usesTorch, MatmulPrecision precision)
        {
            using var generator = new Generator(4, CPU);
            var layer = Layers.Glorot(3, Items, generator);
            using var output = create(layer, usesTorch, CPU, null, precision);
            var code = randn(4, 3, generator: generator).requires_grad_();
            var loss = output.Loss(code, Batch());
            loss.backward();
            output.Step(0.01);
            output.Save();
            return [(float)loss.Number(), .. Numbers(code.grad!), .. Numbers(layer.weight), .. Numbers(layer.bias!)];
        }

        OutputLayer Whole(Linear layer, bool usesTorch, Device device, Func<Parameter, double>? decay, MatmulPrecision precision) =>
            OutputLayer.Of(layer, OutputLoss.Multinomial, usesTorch, device, decay, precision);

        OutputLayer Sampled(Linear layer, bool usesTorch, Device device, Func<Parameter, double>? decay, MatmulPrecision precision) =>
            OutputLayer.Sampled(layer, 1000, new Generator(5, CPU), decay, precision);

        static void AssertWithin(double share, float[] expected, float[] actual)
        {
            var largest = expected.Max(Math.Abs);
            Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, share * largest));
        }
    }

    [Fact]
    public void OutputGradient_Bfloat16OfMoreItemsThanOneProductTakes_NearSinglePrecision()
    {
        const int Items = 8200;
        using var scope = NewDisposeScope();
        using var generator = new Generator(4, CPU);
        using var noGradient = no_grad();
        var clicks = new SparseBatch(Items);
        clicks.Fill(InteractionMatrix.FromTriplets(2, Items, [0, 0, 1, 1], [0, 8191, 8192, 8199], [1, 1, 1, 1]), [0, 1]);
        var (code, weights, bias) = (randn(2, 3, generator: generator), randn(Items, 3, generator: generator), zeros(Items));
        var (expected, actual) = (Gradient(MatmulPrecision.Float32), Gradient(MatmulPrecision.Bfloat16));
        Assert.Equal(3 * Items, actual.Length);
        var largest = expected.Max(Math.Abs);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 0.01 * largest));

        float[] Gradient(MatmulPrecision precision)
        {
            using var gradient = new OutputGradient(OutputLoss.Multinomial, precision);
            gradient.Of(code, weights, bias, clicks);
            return Numbers(gradient.OfLayer().Weights);
        }
    }

    [Fact]
    public void InputLayer_Lazy_InputsThatTheBatchDoesNotHaveStay()
    {
        using var scope = NewDisposeScope();
        var (first, every, lazy) = (Weights(0, false), Weights(1, false), Weights(1, true));
        for (var input = 0; input < 5; input++)
        {
            // No row of the batch has input 2; the penalty alone would change its weights.
            Assert.Equal(input == 2 ? first[input] : every[input], lazy[input]);
            Assert.NotEqual(first[input], every[input]);
        }

        static float[][] Weights(int steps, bool isLazy)
        {
            using var generator = new Generator(4, CPU);
            var layer = Layers.Glorot(5, 3, generator);
            using var input = InputLayer.Of(layer, usesTorch: false, CPU, _ => 0.3, isLazy);
            for (var step = 0; step < steps; step++)
            {
                input.Forward(Batch()).sum().backward();
                input.Step(0.01);
            }

            input.Save();
            return [.. Numbers(layer.weight.t()).Chunk(3)];
        }
    }

    [Fact]
    public void OutputLayer_SampleOfAllItems_SameAsWithoutSampling()
    {
        using var scope = NewDisposeScope();
        var (expected, actual) = (Train(isSampled: false), Train(isSampled: true));
        AssertNear(expected, actual);

        static float[] Train(bool isSampled)
        {
            using var generator = new Generator(4, CPU);
            using var draws = new Generator(5, CPU);
            var layer = Layers.Glorot(3, 5, generator);
            double Decay(Parameter parameter) => parameter.dim() > 1 ? 0.3 : 0;
            using var output = isSampled
                ? OutputLayer.Sampled(layer, 1000, draws, Decay)
                : OutputLayer.Of(layer, OutputLoss.Multinomial, false, CPU, Decay);
            var numbers = new List<float>();
            for (var step = 0; step < 3; step++)
            {
                var code = randn(4, 3, generator: generator).Times(20).requires_grad_();
                var loss = output.Loss(code, Batch());
                loss.backward();
                output.Step(0.01);
                output.Save();
                numbers.AddRange([(float)loss.Number(), .. Numbers(code.grad!), .. Numbers(layer.weight), .. Numbers(layer.bias!)]);
            }

            return [.. numbers];
        }
    }

    [Fact]
    public void OutputLayer_Sample_SumBelowTheFractionIsRightInTheMeanAndOthersStay()
    {
        const int Items = 40;
        const int Draws = 5;
        using var scope = NewDisposeScope();
        using var generator = new Generator(4, CPU);
        var layer = Layers.Glorot(3, Items, generator);
        var first = Numbers(layer.weight);
        var clicks = new SparseBatch(Items);
        clicks.Fill(InteractionMatrix.FromTriplets(1, Items, [0], [7], [1]), [0]);
        var code = randn(1, 3, generator: generator).Times(5).requires_grad_();
        using var whole = OutputLayer.Of(layer, OutputLoss.Multinomial, usesTorch: false, CPU);
        using var sampled = OutputLayer.Sampled(layer, Draws, generator);

        // The likelihood of one item is its exp(logit) over the sum, so its inverse is linear in the sum.
        var mean = Enumerable.Range(0, 4000).Average(_ => Math.Exp(sampled.Loss(code, clicks, isTrained: false).Number()));
        Assert.Equal(Math.Exp(whole.Loss(code, clicks, isTrained: false).Number()), mean, 0.05 * mean);

        sampled.Loss(code, clicks).backward();
        sampled.Step(0.01);
        sampled.Save();
        var changed = Numbers(layer.weight).Chunk(3).Zip(first.Chunk(3)).Select(pair => !pair.First.SequenceEqual(pair.Second)).ToArray();
        Assert.True(changed[7]);
        Assert.InRange(changed.Count(isChanged => isChanged), 2, 1 + Draws);
    }

    private static SparseBatch Batch()
    {
        var batch = new SparseBatch(5);
        batch.Fill(Matrix, [2, 0, 3, 1]);
        return batch;
    }

    private static float[] Numbers(Tensor tensor) => tensor.detach().contiguous().data<float>().ToArray();

    private static void AssertNear(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-5f * Math.Max(1, Math.Abs(pair.First))));
    }

    private delegate OutputLayer Create(
        Linear layer, bool usesTorch, Device device, Func<Parameter, double>? decay, MatmulPrecision precision);
}
