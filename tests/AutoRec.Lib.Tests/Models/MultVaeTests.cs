using AutoRec.Data;
using AutoRec.Models;
using AutoRec.Training;
using static TorchSharp.torch;

namespace AutoRec.Tests.Models;

public sealed class MultVaeTests
{
    private static readonly InteractionMatrix Train =
        InteractionMatrix.FromTriplets(3, 4, [0, 0, 1, 2, 2], [0, 1, 2, 1, 3], [5, 3, 4, 1, 2]);

    [Fact]
    public void Score_AgainstTheNetworkItself_DecodesTheMeanOfTheNormalisedRow()
    {
        var model = new MultVaeTrainer(new MultVaeOptions { HiddenUnits = 3, LatentFactors = 2, Epochs = 1 }).Fit(Train, new FitContext());
        var scores = new float[12];
        model.Score(Histories.OfTraining(Train), scores);
        using var scope = NewDisposeScope();
        var r = (float)Math.Sqrt(0.5);
        var logits = model.Network.forward(tensor(new float[,] { { r, r, 0, 0 }, { 0, 0, 1, 0 }, { 0, r, 0, r } })).data<float>().ToArray();
        Assert.All(logits.Zip(scores), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
    }

    [Fact]
    public void Score_WithoutHiddenLayers_IsLinearInTheNormalisedRow()
    {
        var model = new MultVaeTrainer(new MultVaeOptions { HiddenUnits = 0, LatentFactors = 2, Epochs = 1 })
            .Fit(PersistenceTests.Train, new FitContext());
        var scores = new float[12];
        model.Score(Histories.OfTraining(PersistenceTests.Train), scores);
        using var scope = NewDisposeScope();
        var (encoder, decoder) = (model.Network.encoder_latent, model.Network.decoder_output);
        var input = tensor(new float[,] { { 0, 0, 1, 0 } }); // User 1 has item 2 alone.
        var mean = matmul(input, encoder.weight.t()).Plus(encoder.bias!).narrow(1, 0, 2);
        var logits = matmul(mean, decoder.weight.t()).Plus(decoder.bias!).data<float>().ToArray();
        Assert.All(logits.Zip(scores.AsSpan(4, 4).ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
        PersistenceTests.AssertSameScores(model);
    }

    [Fact]
    public void Fit_ValuesOtherThanOne_CountAsOne()
    {
        var ones = InteractionMatrix.FromTriplets(3, 4, [0, 0, 1, 2, 2], [0, 1, 2, 1, 3], [1, 1, 1, 1, 1]);
        Assert.Equal(Scores(Train), Scores(ones));
    }

    [Fact]
    public void Fit_OneStep_ChangesEveryLayer()
    {
        // A step with learning rate 0 would leave every parameter where the seed put it.
        var still = Network(1e-7, 1);
        var moved = Network(0.01, 1);
        foreach (var ((name, a), (_, b)) in still.Zip(moved))
        {
            Assert.True(a.Zip(b).Count(pair => Math.Abs(pair.First - pair.Second) > 1e-4) >= a.Length / 2, name);
        }

        static List<(string Name, float[] Values)> Network(double learningRate, int epochs)
        {
            var options = new MultVaeOptions
            {
                HiddenUnits = 3,
                LatentFactors = 2,
                Epochs = epochs,
                LearningRate = learningRate,
                AnnealingEpochs = 0,
                Dropout = 0
            };
            return [.. new MultVaeTrainer(options).Fit(Train, new FitContext()).Network.named_parameters()
                .Select(parameter => (parameter.name, parameter.parameter.detach().data<float>().ToArray()))];
        }
    }

    private static float[] Scores(InteractionMatrix train)
    {
        var scores = new float[12];
        new MultVaeTrainer(new MultVaeOptions { HiddenUnits = 3, LatentFactors = 2, Epochs = 3 }).Fit(train, new FitContext())
            .Score(Histories.OfTraining(train), scores);
        return scores;
    }
}
