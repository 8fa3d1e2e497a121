using AutoRec.Catalog;
using AutoRec.Data;
using AutoRec.Native;
using AutoRec.Training;

namespace AutoRec.Tests;

/// <summary>The number of threads changes no result, except of the models that docs/reliability.md names.</summary>
[Collection(ThreadCount.Name)]
public sealed class ThreadsTests
{
    private const int Users = 300;
    private const int Items = 400;

    private static readonly InteractionMatrix Ratings = SomeRatings();

    public static TheoryData<string> Models => [.. ModelCatalog.All.Select(entry => entry.Name).Except(Documented())];

    [Theory]
    [MemberData(nameof(Models))]
    public void FitAndScore_OneAndTwoThreads_SameScoresToTheLastBit(string model)
    {
        var before = ComputeThreads.Count;
        try
        {
            Assert.Equal(Scores(threads: 1), Scores(threads: 2));
        }
        finally
        {
            ComputeThreads.Count = before;
        }

        float[] Scores(int threads)
        {
            ComputeThreads.Count = threads;
            var trainer = ModelCatalog.Find(model).CreateTrainer(Small(model, "ease+mult-vae:epochs=2"), out _);
            var scores = new float[Users * Items];
            trainer.Fit(Ratings, new FitContext { Seed = 5, ItemFeatures = SomeFeatures.Of(Items) })
                .Score(Histories.OfTraining(Ratings), scores);
            return scores;
        }
    }

    // Blocks of users of all sizes: a user's scores do not depend on who else is in the block.
    [Theory]
    [MemberData(nameof(Models))]
    public void Score_AloneOrInABlock_SameScoresToTheLastBit(string model)
    {
        var fitted = ModelCatalog.Find(model)
            .CreateTrainer(Small(model, "ease+ials:epochs=2"), out _)
            .Fit(Ratings, new FitContext { Seed = 5, ItemFeatures = SomeFeatures.Of(Items) });
        var all = Histories.OfTraining(Ratings);
        var together = Scores(all);
        for (int start = 0, size = 1; start < Users; start += size, size = Math.Min(size + 1, Users - start))
        {
            Assert.Equal(together[(start * Items)..((start + size) * Items)], Scores(all.Select([.. Enumerable.Range(start, size)])));
        }

        float[] Scores(Histories histories)
        {
            var scores = new float[histories.Count * Items];
            fitted.Score(histories, scores);
            return scores;
        }
    }

    [Fact]
    public void Documented_Names_AreModelsThatComputeWithTorch() =>
        Assert.Equal([], Documented().Except(TorchModels.All.Select(model => model.Split(' ')[0])));

    // Settings for a short training.
    private static KeyValuePair<string, string>[] Small(string model, string ensemble) => model switch
    {
        "ensemble-rating" => [new("models", "biased-mf:epochs=2+autorec-item:epochs=2")],
        "ensemble-ranking" => [new("models", ensemble)],
        _ => ModelCatalog.Find(model).OptionsType?.GetProperty("Epochs") is not null ? [new("epochs", "2")] : [],
    };

    // The names in the paragraph that begins with "Models that compute with torch".
    private static string[] Documented()
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "docs", "reliability.md"));
        var start = text.IndexOf("Models that compute with torch:", StringComparison.Ordinal);
        var paragraph = text[start..text.IndexOf('.', start)];
        return [.. paragraph.Split('`').Where((_, i) => i % 2 == 1)];
    }

    private static InteractionMatrix SomeRatings()
    {
        var random = new Random(11);
        int[] cells = [.. Enumerable.Range(0, Users * Items).Where(_ => random.NextDouble() < 0.05)];
        return InteractionMatrix.FromTriplets(
            Users,
            Items,
            Array.ConvertAll(cells, cell => cell / Items),
            Array.ConvertAll(cells, cell => cell % Items),
            Array.ConvertAll(cells, _ => (float)random.Next(1, 6)),
            RatingScale.OneToFive);
    }
}
