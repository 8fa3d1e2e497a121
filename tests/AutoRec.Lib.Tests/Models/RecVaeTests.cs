using AutoRec.Data;
using AutoRec.Models;
using AutoRec.Models.Networks;
using AutoRec.Persistence;
using AutoRec.Training;
using static TorchSharp.torch;

namespace AutoRec.Tests.Models;

public sealed class RecVaeTests
{
    private static readonly InteractionMatrix Train =
        InteractionMatrix.FromTriplets(3, 4, [0, 0, 1, 2, 2], [0, 1, 2, 1, 3], [5, 3, 4, 1, 2]);

    private static RecVaeOptions Small => new() { HiddenUnits = 3, LatentFactors = 2, Epochs = 1, Dropout = 0 };

    [Fact]
    public void Encode_AgainstPlainLoops_IsDenselyConnected()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(4, CPU);
        var encoder = new RecVaeEncoder(4, 3, 2, generator);
        var state = NetworkState.Of(encoder);
        double[] input = [0.5, 0.5, 0.1, 0.7];

        var outputs = new List<double[]>();
        for (var layer = 0; layer < 5; layer++)
        {
            var before = Linear(state, $"hidden.{layer}", layer == 0 ? input : outputs[^1]);
            var sum = before.Select((value, unit) => value + outputs.Sum(output => output[unit]));
            outputs.Add(Normalized([.. sum.Select(value => value / (1 + Math.Exp(-value)))]));
        }

        var (mean, logVariance) = encoder.forward(tensor(input.Select(value => (float)value).ToArray(), [1, 4]));
        Assert.All(
            Linear(state, "mean", outputs[^1]).Zip(mean.data<float>().ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
        Assert.All(
            Linear(state, "log_variance", outputs[^1]).Zip(logVariance.data<float>().ToArray()),
            pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    [Fact]
    public void Score_AgainstTheNetworkItself_DecodesTheMeanOfTheNormalisedRow()
    {
        var model = new RecVaeTrainer(Small).Fit(Train, new FitContext());
        var scores = new float[12];
        model.Score(Histories.OfTraining(Train), scores);
        using var scope = NewDisposeScope();
        var r = (float)Math.Sqrt(0.5);
        var mean = model.Network.encoder.forward(tensor(new float[,] { { r, r, 0, 0 }, { 0, 0, 1, 0 }, { 0, r, 0, r } })).Mean;
        var logits = matmul(mean, model.Network.decoder.weight.t()).Plus(model.Network.decoder.bias!).data<float>().ToArray();
        Assert.All(logits.Zip(scores), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }

    [Fact]
    public void Load_Saved_ScoresAreIdentical() =>
        PersistenceTests.AssertSameScores(new RecVaeTrainer(Small).Fit(PersistenceTests.Train, new FitContext()));

    [Fact]
    public void Fit_OneStep_ChangesEveryParameter()
    {
        using var generator = new Generator(6, CPU);
        var trained = new RecVaeTrainer(Small with { EncoderPasses = 1 }).Fit(Train, new FitContext { Seed = 6 });
        NetworkAssert.EveryParameterChanged(new RecVaeNetwork(4, 3, 2, generator), trained.Network);
    }

    [Fact]
    public void Fit_Progress_AnEpochIsDoneWhenAllOfItsPassesAre()
    {
        var seen = new SeenReports();
        new RecVaeTrainer(Small with { EncoderPasses = 2, BatchSize = 1 }).Fit(Train, new FitContext { Progress = seen });
        Assert.Equal([(9, 9)], seen.Reports.Where(report => report.Unit == "rows").Select(report => (report.Done, report.Total)));
    }

    [Fact]
    public void Fit_LargeKlWeight_LeavesNoInformationInTheLatentMean()
    {
        // The prior's mixture then outweighs the likelihood; with no weight the users are told apart.
        Assert.True(Spread(10) < 0.1 * Spread(0), $"{Spread(10)} and {Spread(0)}");

        static double Spread(double klWeight)
        {
            var model = new RecVaeTrainer(Small with { KlWeight = klWeight, Epochs = 300, LearningRate = 0.01 })
                .Fit(Train, new FitContext());
            using var scope = NewDisposeScope();
            return model.Network.encoder.forward(eye(4)).Mean.std(0).max().Number();
        }
    }

    private static double[] Linear(ModelState state, string name, double[] input)
    {
        var weight = state.Floats($"{name}.weight");
        return
        [
            .. state.Floats($"{name}.bias")
                .Select((bias, output) => bias + input.Select((x, i) => x * weight[(output * input.Length) + i]).Sum())
        ];
    }

    // Layer normalisation with its first scale 1 and shift 0.
    private static double[] Normalized(double[] values)
    {
        var mean = values.Average();
        var variance = values.Average(value => (value - mean) * (value - mean));
        return [.. values.Select(value => (value - mean) / Math.Sqrt(variance + 0.1))];
    }
}
