using AutoRec.Catalog;
using AutoRec.Data;
using AutoRec.Models;
using AutoRec.Models.Networks;
using AutoRec.Training;
using static TorchSharp.torch;

namespace AutoRec.Tests.Models;

public sealed class DeepAutoencoderTests
{
    private static readonly InteractionMatrix Train =
        InteractionMatrix.FromTriplets(3, 4, [0, 0, 1, 1, 2, 2, 2], [0, 1, 1, 2, 0, 2, 3], [5, 3, 4, 1, 2, 5, 3], new RatingScale(1, 5));

    private static DeepRatingOptions Small => new() { Center = Centering.None, Widths = [3, 2], Epochs = 1, LearningRate = 0.01 };

    [Theory]
    [InlineData(nameof(Activation.Sigmoid))]
    [InlineData(nameof(Activation.Relu))]
    [InlineData(nameof(Activation.Tanh))]
    [InlineData(nameof(Activation.Elu))]
    [InlineData(nameof(Activation.Selu))]
    public void Forward_AgainstPlainLoops_Agrees(string activation)
    {
        var hidden = Enum.Parse<Activation>(activation);
        using var scope = NewDisposeScope();
        using var generator = new Generator(5, CPU);
        var network = new DeepAutoencoderNetwork(4, [3, 2], hidden, OutputActivation.Identity, generator);
        var state = NetworkState.Of(network);
        Assert.Equal(["encoder.0", "encoder.1", "decoder.0", "decoder.1"], state.Names.Select(name => name[..9]).Distinct());

        double[] layer = [1, -2, 0.5, 3];
        var input = tensor(layer.Select(value => (float)value).ToArray(), [1, 4]);
        foreach (var name in new[] { "encoder.0", "encoder.1", "decoder.0", "decoder.1" })
        {
            var (weight, bias) = (state.Floats($"{name}.weight"), state.Floats($"{name}.bias"));
            layer = [.. bias.Select((b, output) => b + layer.Select((x, i) => x * weight[(output * layer.Length) + i]).Sum())];
            layer = name == "decoder.1" ? layer : [.. layer.Select(x => Reference(hidden, x))];
        }

        Assert.All(layer.Zip(network.forward(input).data<float>().ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    [Fact]
    public void Score_IdentityOutput_IsTheNetworksOutputOnTheScale()
    {
        var model = new DeepAutoencoderTrainer(Small).Fit(Train, new FitContext());
        var scores = new float[12];
        model.Score(Histories.OfTraining(Train), scores);
        using var scope = NewDisposeScope();
        var output = model.Network.forward(tensor(new float[,] { { 5, 3, 0, 0 }, { 0, 4, 1, 0 }, { 2, 0, 5, 3 } }).Over(5))
            .data<float>()
            .ToArray();
        Assert.All(output.Zip(scores), pair => Assert.Equal(3 + (4 * pair.First), pair.Second, 1e-5f));
    }

    [Fact]
    public void Score_SigmoidOutput_LiesWithinTheScale()
    {
        var options = Small with { OutputActivation = OutputActivation.Sigmoid, Epochs = 300, LearningRate = 0.1, Dropout = 0 };
        var model = new DeepAutoencoderTrainer(options).Fit(Train, new FitContext());
        var scores = new float[12];
        model.Score(Histories.OfTraining(Train), scores);
        Assert.All(scores, score => Assert.InRange(score, 1, 5));
        Assert.True(scores[0] > 4.5f && scores[6] < 1.5f, "The ratings at the ends of the scale can be learned.");
    }

    [Fact]
    public void Load_Saved_ScoresAreIdentical()
    {
        var options = Small with { HiddenActivation = Activation.Tanh, OutputActivation = OutputActivation.Sigmoid };
        PersistenceTests.AssertSameScores(new DeepAutoencoderTrainer(options).Fit(Train, new FitContext()));
        PersistenceTests.AssertSameScores(
            new DeepAutoencoderTrainer(options with { Center = Centering.Baseline }).Fit(Train, new FitContext()));
        PersistenceTests.AssertSameScores(new ImplicitAutoencoderTrainer(options).Fit(Train, new FitContext()));
    }

    [Fact]
    public void Fit_OneStep_ChangesEveryParameter()
    {
        using var generator = new Generator(3, CPU);
        var trained = new DeepAutoencoderTrainer(Small with { Dropout = 0 }).Fit(Train, new FitContext { Seed = 3 });
        NetworkAssert.EveryParameterChanged(
            new DeepAutoencoderNetwork(4, [3, 2], Activation.Selu, OutputActivation.Identity, generator), trained.Network);
    }

    [Fact]
    public void FitImplicit_OneStep_ChangesEveryParameter()
    {
        using var generator = new Generator(3, CPU);
        var trained = new ImplicitAutoencoderTrainer(Small with { Dropout = 0 }).Fit(Train, new FitContext { Seed = 3 });
        NetworkAssert.EveryParameterChanged(
            new DeepAutoencoderNetwork(4, [3, 2], Activation.Selu, OutputActivation.Identity, generator), trained.Network);
    }

    [Fact]
    public void Fit_LargeWeightDecay_LeavesTheMeanOfEachItem()
    {
        var options = Small with { Widths = [3], WeightDecay = 10, Epochs = 2000, Dropout = 0, BatchSize = 3 };
        var model = new DeepAutoencoderTrainer(options).Fit(Train, new FitContext());
        var scores = new float[12];
        model.Score(Histories.OfTraining(Train), scores);
        Assert.All(new[] { 3.5f, 3.5f, 3f, 3f }.Zip(scores), pair => Assert.Equal(pair.First, pair.Second, 0.03f));
    }

    [Theory]
    [InlineData(0.5, 0.0)]
    [InlineData(0.0, 0.3)]
    public void Fit_WithNoise_LearnsSomethingElse(double dropout, double gaussian)
    {
        // More than one step: Adam's first is the learning rate in the gradient's direction, whatever its size.
        var several = Small with { Dropout = 0, Epochs = 10 };
        Assert.NotEqual(Scores(several), Scores(several with { Dropout = dropout, GaussianNoise = gaussian }));

        static float[] Scores(DeepRatingOptions options)
        {
            var scores = new float[12];
            new DeepAutoencoderTrainer(options).Fit(Train, new FitContext()).Score(Histories.OfTraining(Train), scores);
            return scores;
        }
    }

    [Fact]
    public void FitImplicit_AllValuesDoubled_SameScores()
    {
        var doubled = InteractionMatrix.FromTriplets(3, 4, [0, 0, 1, 1, 2, 2, 2], [0, 1, 1, 2, 0, 2, 3], [10, 6, 8, 2, 4, 10, 6]);
        float[] scores = new float[12], doubledScores = new float[12];
        new ImplicitAutoencoderTrainer(Small).Fit(Train, new FitContext()).Score(Histories.OfTraining(Train), scores);
        new ImplicitAutoencoderTrainer(Small).Fit(doubled, new FitContext()).Score(Histories.OfTraining(doubled), doubledScores);
        Assert.Equal(scores, doubledScores);
    }

    [Theory]
    [InlineData("deep-ae-implicit")]
    [InlineData("deep-ae-purchases")]
    public void FitImplicit_NoEpoch_OrdersItemsByTheirNumberOfUsers(string model)
    {
        const int Size = 40;

        // User u has items 0 to u, and the fewer users an item has the more often each of them has it.
        var pairs = Enumerable.Range(0, Size).SelectMany(user => Enumerable.Range(0, user + 1).Select(item => (user, item))).ToArray();
        var train = InteractionMatrix.FromTriplets(
            Size,
            Size,
            Array.ConvertAll(pairs, pair => pair.user),
            Array.ConvertAll(pairs, pair => pair.item),
            Array.ConvertAll(pairs, pair => pair.item + 1f),
            new Feedback(FeedbackKind.Counts, new RatingScale(1, Size), 1));
        var trainer = ModelCatalog.Find(model).CreateTrainer([], out _);
        var scores = new float[Size * Size];
        trainer.Fit(train, new FitContext { EpochLimit = 0 }).Score(Histories.OfTraining(train), scores);

        Assert.True(trainer.BeginsAsPopularity);
        int[] some = [0, 10, 20, 30, 39];
        Assert.All(scores.Chunk(Size), ofUser => Assert.Equal(some, some.OrderByDescending(item => ofUser[item])));
    }

    [Theory]
    [InlineData(new[] { 1f, 3f, 7f }, new[] { 1 / 3f, 2 / 3f, 1f })] // logarithms of 2, 4 and 8
    [InlineData(new[] { 1f, 3.5f, 7f }, new[] { 1 / 7f, 0.5f, 1f })] // weights, not counts
    public void UnitValues_OfCounts_ByTheirLogarithm(float[] counts, float[] expected)
    {
        var feedback = new Feedback(FeedbackKind.Counts, new RatingScale(1, 7), 1);
        var matrix = InteractionMatrix.FromTriplets(1, 3, [0, 0, 0], [0, 1, 2], counts, feedback);
        var unit = UnitValues.Of(matrix);
        Assert.All(expected.Zip(unit.Apply(matrix).Values().ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
        Assert.Equal(unit, UnitValues.Load(unit.SaveTo(new())));
    }

    [Fact]
    public void FitImplicit_NegativeCount_Throws()
    {
        var returned = InteractionMatrix.FromTriplets(1, 2, [0, 0], [0, 1], [3, -1]);
        Assert.Contains(
            "-1", Assert.Throws<ArgumentException>(() => new ImplicitAutoencoderTrainer(Small).Fit(returned, new FitContext())).Message);
    }

    [Theory]
    [InlineData("deep-ae-sigmoid", "300-252-128-64-128-252-300")]
    [InlineData("deep-ae-purchases", "300-128-64-32-64-128-300")]
    public void Preset_Network_HasTheLayersOfItsName(string preset, string layers)
    {
        ModelCatalog.Find(preset).CreateTrainer([], out var options);
        using var generator = new Generator(0, CPU);
        using var network = new DeepAutoencoderNetwork(
            300, ((DeepAutoencoderOptions)options).Widths, Activation.Relu, OutputActivation.Identity, generator);
        Assert.Equal(layers, "300-" + string.Join('-', network.encoder.Concat(network.decoder).Select(layer => layer.weight.shape[0])));
    }

    [Fact]
    public void Preset_OneSettingChanged_KeepsTheOthers()
    {
        ModelCatalog.Find("deep-ae-sigmoid").CreateTrainer([new("epochs", "3")], out var options);
        Assert.Equal(ImplicitAutoencoderTrainer.SigmoidPreset with { Epochs = 3 }, options);
    }

    private static double Reference(Activation activation, double x) => activation switch
    {
        Activation.Sigmoid => 1 / (1 + Math.Exp(-x)),
        Activation.Relu => Math.Max(0, x),
        Activation.Tanh => Math.Tanh(x),
        Activation.Elu => x > 0 ? x : Math.Exp(x) - 1,
        _ => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * (Math.Exp(x) - 1)),
    };
}
