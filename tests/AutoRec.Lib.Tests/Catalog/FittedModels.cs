using AutoRec.Catalog;
using AutoRec.Data;
using AutoRec.Scoring;
using AutoRec.Training;

namespace AutoRec.Tests.Catalog;

/// <summary>Small fitted models with known data.</summary>
internal static class FittedModels
{
    /// <summary>
    /// Three users and four items with titles, genres and profiles; a has w (5) and x (3), b has x (4) and y (1), c has z (2). All are
    /// positive unless said otherwise.
    /// </summary>
    public static DataSet Data(RatingScale? scale = null, float positiveFrom = float.NegativeInfinity)
    {
        var builder = new InteractionsBuilder();
        foreach (var (user, item, rating) in new[] { ("a", "w", 5f), ("a", "x", 3f), ("b", "x", 4f), ("b", "y", 1f), ("c", "z", 2f) })
        {
            builder.Add(user, item, rating);
        }

        return new DataSet
        {
            Name = "test",
            Title = "Test",
            Source = "made up",
            Interactions = builder.Build(DuplicateRule.KeepLast, scale ?? RatingScale.OneToFive, out _, null, positiveFrom),
            ItemTitles = ["The W", "Ex, a \"film\"", "Ünder Y", "z"],
            ItemCategories = [["drama"], ["drama", "war"], [], ["war"]],
            ItemAttributes = new Dictionary<string, IReadOnlyList<string>> { ["price"] = ["5", "20", "", "12.5"] },
            UserNames = ["Ann", "Ben", "c"],
            UserAttributes = new Dictionary<string, IReadOnlyList<string>> { ["age"] = ["30", "41", ""], ["gender"] = ["F", "M", "M"] },
        };
    }

    public static FittedModel Fit(string model, DataSet? data = null, params (string Option, string Value)[] settings) =>
        Fit(model, ProfileWeights.None, data, settings);

    public static FittedModel Fit(
        string model, ProfileWeights weights, DataSet? data = null, params (string Option, string Value)[] settings)
    {
        data ??= Data();
        var entry = ModelCatalog.Find(model);
        var trainer = entry.CreateTrainer(settings.Select(setting => KeyValuePair.Create(setting.Option, setting.Value)), out var options);
        return new FittedModel
        {
            Entry = entry,
            Model = trainer.Learn(data.Interactions.ToMatrix(), new FitContext { ItemFeatures = SideFeatures.OfItems(data) }),
            Options = ModelEntry.Settings(options),
            Seed = 42,
            Data = data,
            Metrics = new Dictionary<string, double> { ["validation ndcg@10"] = 0.1234567890123 },
            ProfileWeights = weights,
        };
    }
}
