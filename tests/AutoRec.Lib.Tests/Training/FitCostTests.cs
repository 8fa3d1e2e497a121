using System.Globalization;
using AutoRec.Catalog;
using AutoRec.Data;
using AutoRec.Experiments;
using AutoRec.Models;
using AutoRec.Native;
using AutoRec.Splitting;
using AutoRec.Training;

namespace AutoRec.Tests.Training;

[Collection(ThreadCount.Name)] // Allocations are counted for the whole process.
public sealed class FitCostTests
{
    [Fact]
    public void Estimate_EveryModelOfTheCatalogue_IsThere() => Assert.All(
        ModelCatalog.All, entry => Assert.NotNull(entry.CreateTrainer([], out _).Estimate(new DataSize(1_000, 500, 20_000, 800_000))));

    // Trainings of one epoch, or none, of models that keep what they allocate until the end.
    [Theory]
    [InlineData("biased-mf", "epochs=1")]
    [InlineData("ials", "epochs=1")]
    [InlineData("item-knn", "neighbors=50")]
    [InlineData("user-knn", "")]
    [InlineData("ease", "")]
    [InlineData("infinite-ae", "")]
    [InlineData("infinite-ae", "landmarks=300")]
    [InlineData("autorec-item", "epochs=1:hidden-units=100")]
    [InlineData("autorec-user", "epochs=1:hidden-units=100")]
    public void Estimate_Memory_IsNearWhatTheFitAllocates(string model, string settings)
    {
        foreach (var (users, items, interactions) in new[] { (1_000, 1_500, 30_000), (4_000, 800, 60_000) })
        {
            var train = SomeRatings.Log(interactions, users, items).ToMatrix();
            var trainer = ModelCatalog.Find(model).CreateTrainer(ModelSpec.Parse($"{model}:{settings}".TrimEnd(':')).Settings, out _);
            trainer.Fit(train, new FitContext()); // What is allocated once is there then.
            var before = GC.GetTotalAllocatedBytes(precise: true);
            trainer.Fit(train, new FitContext());
            var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
            Assert.InRange(trainer.Estimate(DataSize.Of(train))!.Bytes / allocated, 0.5, 2);
        }
    }

    [Fact]
    public void Obstacle_TooManyItemsForEase_SaysHowMuchAndWhatHelps()
    {
        var cost = new EaseTrainer().Estimate(new DataSize(1_000, 20_000, 0, 0));
        Assert.Null(cost.Obstacle("ease", 4_900_000_000));
        var obstacle = cost.Obstacle("ease", 4_000_000_000)!;
        Assert.StartsWith(
            "ease needs about 4.8 GB of memory for these data; 4.0 GB are free. Leave out rare users and items (--core), ", obstacle);
        Assert.Contains("'sansa' or 'ials'", obstacle);
        Assert.Null(new EaseTrainer().Estimate(new DataSize(1_000, 46_340, 0, 0)).Obstacle("ease", long.MaxValue));
        Assert.StartsWith(
            "ease needs an array of 2,147,488,281 elements for these data; at most 2,147,483,591 are supported. ",
            new EaseTrainer().Estimate(new DataSize(1_000, 46_341, 0, 0)).Obstacle("ease", long.MaxValue));
    }

    [Theory]
    [InlineData("item-knn", "neighbors", 200, 2_000_000)]
    [InlineData("infinite-ae", "landmarks", 10_000, 100_000)]
    [InlineData("autorec-item", "hidden-units", 500, 100_000)]
    [InlineData("ials", "latent-factors", 64, 10_000_000)]
    [InlineData("mult-vae", "hidden-units", 600, 300_000)]
    public void Obstacle_OptionThatCanBeLower_NamesTheLargestThatFits(string model, string option, int value, int items)
    {
        const long Free = 3_000_000_000;
        var data = new DataSize(2_000_000, items, 20_000_000, 4e8);
        var obstacle = Cost(value).Obstacle(model, Free)!;
        var most = int.Parse(obstacle.Split($"--set {option}=")[1].Split(')')[0], CultureInfo.InvariantCulture);
        Assert.InRange(most, 1, value - 1);
        Assert.Null(Cost(most).Obstacle(model, Free));
        Assert.NotNull(Cost(most + 1).Obstacle(model, Free));

        FitCost Cost(int with) =>
            ModelCatalog.Find(model).CreateTrainer([new(option, with.ToString(CultureInfo.InvariantCulture))], out _).Estimate(data)!;
    }

    // Products of counts that an int does not hold: users x pairs of factors, items x hidden units, items x items.
    [Theory]
    [InlineData("pmf-em", 4_400_000, 1_000)]
    [InlineData("pmf-em", 1_000, 2_000_000_000)]
    [InlineData("biased-mf", 2_000_000_000, 1_000)]
    [InlineData("autorec-item", 2_000_000_000, 1_000)]
    [InlineData("mult-vae", 1_000, 2_000_000_000)]
    [InlineData("cdae", 2_000_000_000, 1_000)]
    [InlineData("kernelnet", 2_000_000_000, 1_000)]
    [InlineData("sansa", 1_000, 2_000_000_000)]
    [InlineData("slim", 1_000, 2_000_000_000)]
    public void Obstacle_SizesBeyondAnArray_AreRefusedWithAnyMemory(string model, int users, int items) => Assert.Contains(
        " elements for these data; at most 2,147,483,591 are supported.",
        ModelCatalog.Find(model)
            .CreateTrainer([], out _)
            .Estimate(new DataSize(users, items, 2_000_000_000, 1e13))!.Obstacle(model, long.MaxValue));

    [Theory]
    [InlineData(0.9e9, 10, null)]
    [InlineData(1.5e9, 10, "about 1.5 GB of memory")]
    [InlineData(0.9e9, 80, "about 0.9 GB of memory and about 80 s")]
    [InlineData(4.8e9, 1_200, "about 4.8 GB of memory and about 20 min")]
    [InlineData(4.8e9, 36_000, "about 4.8 GB of memory and about 10 h")]
    public void Note_LargeFit_SaysMemoryAndTime(double bytes, double seconds, string? expected) =>
        Assert.Equal(expected, new FitCost { Bytes = bytes, Seconds = seconds * ComputeThreads.Count }.Note);

    [Fact]
    public void Obstacle_TimeLimit_NamesBothTimes()
    {
        var fold = Fold.Of(LoadedData.Of(Set(SomeRatings.Log(1_000))), new RandomSplitter(0.9), 1);
        var experiment = new Experiment("mult-vae");
        var time = experiment.Estimate(fold)!.Time;
        Assert.Null(experiment.Obstacle(fold, time));
        Assert.StartsWith("mult-vae would take about ", experiment.Obstacle(fold, time / 2));
        Assert.True((experiment with { EpochLimit = 20 }).Estimate(fold)!.Time < time / 9); // of 200 epochs
    }

    [Fact]
    public void Compare_ModelThatDoesNotFit_IsLeftOutWithANote()
    {
        var log = ManyItems();
        var comparison = Comparison.Of([new("ease"), new("popularity"), new("slim")], LoadedData.Of(Set(log)), [1]);
        Assert.Equal(["popularity"], comparison.Models.Select(model => model.Name));
        Assert.Contains(comparison.Notes, note => note.StartsWith("ease is left out: ease needs an array of ", StringComparison.Ordinal));
        Assert.Contains(comparison.Notes, note => note.StartsWith("slim is left out: ", StringComparison.Ordinal));
        Assert.Throws<NotSupportedException>(() => Comparison.Of([new("ease")], LoadedData.Of(Set(log)), [1]));
        Assert.Throws<NotSupportedException>(() => new Experiment("ease").FitAll(LoadedData.Of(Set(log))));
    }

    private static DataSet Set(Interactions log) => new() { Name = "many", Title = "many", Source = "generated", Interactions = log };

    // More than pairs of items that an array can hold, in the training part too.
    private static Interactions ManyItems()
    {
        var builder = new InteractionsBuilder();
        for (var i = 0; i < 60_000; i++)
        {
            builder.Add($"u{i % 500}", $"i{i}", 5);
        }

        return builder.Build(DuplicateRule.KeepLast, RatingScale.OneToFive, out _);
    }
}
