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
    [InlineData(true)]
    [InlineData(false)]
    public void OutputLayer_ThreeSteps_SameLossGradientAndWeightsAsTorch(bool isTrained)
    {
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
            using var output = OutputLayer.Of(layer, usesTorch, CPU, parameter => parameter.dim() > 1 ? 0.3 : 0);
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
}
