using AutoRec.Data;
using AutoRec.Distributed;
using AutoRec.Evaluation;
using AutoRec.Models;
using AutoRec.Models.Networks;
using AutoRec.Models.Rows;
using AutoRec.Splitting;
using AutoRec.Training;
using static TorchSharp.torch;

namespace AutoRec.Tests.Models;

public sealed class HybridAutoRecTests
{
    private static readonly InteractionMatrix Train =
        InteractionMatrix.FromTriplets(3, 4, [0, 0, 1, 1, 2, 2, 2], [0, 1, 1, 2, 0, 2, 3], [5, 3, 4, 1, 2, 5, 3], new RatingScale(1, 5));

    private static readonly InteractionMatrix ItemFeatures =
        SideFeatures.FromTable(new float[,] { { 1, 0 }, { 0, 1 }, { 1, 1 }, { 0, -0.5f } });

    private static readonly InteractionMatrix UserFeatures = SideFeatures.FromTable(new float[,] { { 1, 0 }, { 0, 1 }, { 1, 1 } });

    private static readonly RatingFrame Raw = RatingFrame.Of(Train, Centering.None, AutoRecRows.Users);

    private static HybridAutoRecOptions Small => new() { HiddenUnits = 3, Epochs = 1, LearningRate = 0.01 };

    [Fact]
    public void ScoreOfUserRows_KnownAndNewUser_WithAndWithoutFeatures()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(5, CPU);
        var network = new HybridAutoRecNetwork(4, 2, 3, generator);
        var model = ModelOf(AutoRecRows.Users, network, UserFeatures);
        float[] known = new float[12], unknown = new float[12];
        model.Score(Histories.OfTraining(Train), known);
        model.Score(Histories.OfNewUsers(Train), unknown);

        // User 2 rated items 0, 2 and 3 with 2, 5 and 3: mean 10/3, in units of 2.
        double[] input = [-2.0 / 3, 0, 5.0 / 6, -1.0 / 6];
        AssertNear(Output(network, input, [1, 1]), known.AsSpan(8));
        AssertNear(Output(network, input, [0, 0]), unknown.AsSpan(8));

        static void AssertNear(double[] output, ReadOnlySpan<float> scores) =>
            Assert.All(output.Zip(scores.ToArray()), pair => Assert.Equal((10.0 / 3) + (2 * pair.First), pair.Second, 1e-5));
    }

    [Fact]
    public void ScoreOfItemRows_AgainstPlainLoops_Agrees()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(5, CPU);
        var network = new HybridAutoRecNetwork(3, 2, 3, generator);
        var model = ModelOf(AutoRecRows.Items, network, ItemFeatures);
        var scores = new float[12];
        model.Score(Histories.OfTraining(Train), scores);

        // Item 1 was rated 3 and 4 by users 0 and 1.
        var output = Output(network, [-0.25, 0.25, 0], [0, 1]);
        for (var user = 0; user < 3; user++)
        {
            Assert.Equal(3.5 + (2 * output[user]), scores[(user * 4) + 1], 1e-5);
        }
    }

    [Fact]
    public void Beside_Features_ColumnsComeBehind()
    {
        var both = Train.Beside(UserFeatures);
        Assert.Equal(6, both.ColumnCount);
        Assert.Equal([0, 1, 4], both.Columns(0));
        Assert.Equal([2, 5, 3, 1, 1], both.Values(2));
    }

    [Fact]
    public void Step_Once_ChangesEveryParameter()
    {
        using var generator = new Generator(8, CPU);
        using var same = new Generator(8, CPU);
        using var network = new HybridAutoRecNetwork(4, 2, 3, generator);
        using var engine = AutoencoderEngine.Of(network, Activation.Tanh, usesTorch: true);
        var hybrid = new HybridRows(Raw, UserFeatures);
        var batch = new HybridBatch(
            Train, hybrid, LeafSplit.OneLeaf(4), dropout: 0.15, predictionWeight: 1.1, reconstructionWeight: 0.7);
        batch.Fill([0, 1, 2], generator);
        engine.Step(batch.Input, batch.Target, batch.Weights, learningRate: 0.01, penalty: 1);
        NetworkAssert.EveryParameterChanged(new HybridAutoRecNetwork(4, 2, 3, same), network);
    }

    [Theory]
    [InlineData(AutoRecRows.Items, Centering.None)]
    [InlineData(AutoRecRows.Items, Centering.Baseline)]
    [InlineData(AutoRecRows.Users, Centering.Baseline)]
    public void Fit_SparseAgainstTorch_TrainsToTheSameScores(AutoRecRows rows, Centering center)
    {
        var torch = Fit(TrainingEngine.Torch);
        Assert.All(torch.Zip(Fit(TrainingEngine.Sparse)), pair => Assert.Equal(pair.First, pair.Second, 1e-3f));

        float[] Fit(TrainingEngine engine)
        {
            var scores = new float[12];
            new HybridAutoRecTrainer(
                rows,
                rows == AutoRecRows.Items ? ItemFeatures : UserFeatures,
                Small with { Epochs = 20, BatchSize = 2, Engine = engine, Center = center })
                .Fit(Train, new FitContext()).Score(Histories.OfTraining(Train), scores);
            return scores;
        }
    }

    [Fact]
    public void Fit_OnlyFeaturesTellRatings_PredictsByFeatures()
    {
        // Items of kind 0 are rated 5 by even and 1 by odd users, items of kind 1 the other way. The last item of each
        // kind has one rating, which says nothing of the users who have not rated it: its kind does.
        const int Users = 20, Items = 22;
        var pairs = (from user in Enumerable.Range(0, Users)
                     from item in Enumerable.Range(0, Items)
                     where item < 20
            || user == item - 20
                     select (user, item)).ToArray();
        var train = InteractionMatrix.FromTriplets(
            Users,
            Items,
            [.. pairs.Select(pair => pair.user)],
            [.. pairs.Select(pair => pair.item)],
            [.. pairs.Select(pair => Rating(pair.user, pair.item))],
            RatingScale.OneToFive);
        var kinds = SideFeatures.OneHot([.. Enumerable.Range(0, Items).Select(item => new[] { $"kind {item % 2}" })]);
        var options = new HybridAutoRecOptions
        {
            HiddenUnits = 8,
            Epochs = 300,
            LearningRate = 0.01,
            Dropout = 0.5,
            Regularization = 0.1,
            BatchSize = 5
        };
        var model = new HybridAutoRecTrainer(AutoRecRows.Items, kinds, options).Fit(train, new FitContext());
        var scores = new float[Users * Items];
        model.Score(Histories.OfTraining(train), scores);
        for (var user = 2; user < Users; user++)
        {
            Assert.Equal(Rating(user, 20) > Rating(user, 21), scores[(user * Items) + 20] > scores[(user * Items) + 21]);
        }

        static float Rating(int user, int item) => (user + item) % 2 == 0 ? 5 : 1;
    }

    [Fact]
    public void Fit_FeaturesOfOtherRows_Throws()
    {
        var error = Assert.Throws<ArgumentException>(() =>
            new HybridAutoRecTrainer(AutoRecRows.Items, UserFeatures).Fit(Train, new FitContext()));
        Assert.Contains("features have 3 rows, but there are 4 items", error.Message);
    }

    [Fact]
    public void ScoreOfItemRows_NewUser_SaysWhichModelFoldsIn()
    {
        var model = new HybridAutoRecTrainer(AutoRecRows.Items, ItemFeatures, Small).Fit(Train, new FitContext());
        Assert.Contains(
            "'autorec-user'", Assert.Throws<NotSupportedException>(() => model.Score(Histories.OfNewUsers(Train), new float[12])).Message);
    }

    [Theory]
    [InlineData(AutoRecRows.Items)]
    [InlineData(AutoRecRows.Users)]
    public void Load_Saved_ScoresAreIdentical(AutoRecRows rows) => PersistenceTests.AssertSameScores(
        new HybridAutoRecTrainer(rows, rows == AutoRecRows.Items ? ItemFeatures : UserFeatures, Small)
            .Fit(PersistenceTests.Train, new FitContext()));

    [Theory]
    [InlineData(AutoRecRows.Items)]
    [InlineData(AutoRecRows.Users)]
    public void Fit_SameSeed_SameScoresToTheLastBit(AutoRecRows rows)
    {
        Assert.Equal(Scores(), Scores());

        float[] Scores()
        {
            var scores = new float[12];
            new HybridAutoRecTrainer(rows, rows == AutoRecRows.Items ? ItemFeatures : UserFeatures, Small with { Epochs = 5 })
                .Fit(Train, new FitContext()).Score(Histories.OfTraining(Train), scores);
            return scores;
        }
    }

    [Theory]
    [InlineData(AutoRecRows.Items, TrainingEngine.Sparse)]
    [InlineData(AutoRecRows.Users, TrainingEngine.Torch)]
    public void Resume_Interrupted_SameModelAsWithoutToTheLastBit(AutoRecRows rows, TrainingEngine engine)
    {
        using var folder = new TemporaryFolder();
        var checkpoint = new Checkpoint(folder["c"], "run") { Interval = TimeSpan.Zero };
        var trainer = new HybridAutoRecTrainer(
            rows, rows == AutoRecRows.Items ? ItemFeatures : UserFeatures, Small with { Epochs = 6, BatchSize = 2, Engine = engine });
        var context = new FitContext { Validation = new RatingValidation(Train, new HeldOut(Histories.OfTraining(Train), Train)) };
        var expected = Scores(trainer.Fit(Train, context));
        trainer.Fit(Train, context with { Checkpoint = checkpoint, EpochLimit = 3 });
        Assert.Equal(expected, Scores(trainer.Fit(Train, context with { Checkpoint = checkpoint with { Resume = true } })));

        static float[] Scores(HybridAutoRecModel model)
        {
            var scores = new float[12];
            model.Score(Histories.OfTraining(Train), scores);
            return scores;
        }
    }

    private static HybridAutoRecModel ModelOf(AutoRecRows rows, HybridAutoRecNetwork network, InteractionMatrix features)
    {
        var (hybrid, weights) = (new HybridRows(Raw, features), network.CopyWeights());
        var batch = new HybridBatch(rows == AutoRecRows.Items ? Train.Transpose() : Train, hybrid, weights.Units, 0, 1, 1);
        return new(AutoRecModel.Of(rows, hybrid.ToValues(weights), Raw, HybridRows.WithMeans(batch.Read, batch.Means), hybrid));
    }

    private static double[] Output(HybridAutoRecNetwork network, double[] input, double[] features)
    {
        var state = NetworkState.Of(network);
        var hidden = Linear("encoder", [.. input, .. features]).Select(Math.Tanh);
        return Linear("decoder", [.. hidden, .. features]);

        double[] Linear(string name, double[] layer)
        {
            var weight = state.Floats($"{name}_weight");
            return
            [
                .. state.Floats($"{name}_bias")
                    .Select((bias, output) => bias + layer.Select((x, i) => x * weight[(output * layer.Length) + i]).Sum())
            ];
        }
    }
}
