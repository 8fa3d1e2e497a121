using AutoRec.Catalog;
using AutoRec.Data;
using AutoRec.Splitting;
using AutoRec.Training;

namespace AutoRec.Tests;

/// <summary>Every model of the catalogue that computes with torch, small, with each of its engines, on a few ratings.</summary>
internal static class TorchModels
{
    private static readonly Interactions Few = SomeRatings.Log(lines: 500);

    private static Dictionary<string, RecommenderContract> Contracts { get; } = typeof(RecommenderContract).Assembly.GetTypes()
        .Where(type => type.IsSubclassOf(typeof(RecommenderContract)))
        .Select(type => (RecommenderContract)Activator.CreateInstance(type)!)
        .DistinctBy(contract => contract.Name)
        .ToDictionary(contract => contract.Name);

    /// <summary>Names such as <c>mult-vae engine=torch</c>.</summary>
    public static IReadOnlyList<string> All { get; } =
        [.. Contracts.Keys.Order().SelectMany(model =>
        {
            var options = ModelCatalog.Find(model).OptionsType;
            return options?.GetProperty("Engine") is not null ? [$"{model} engine=sparse", $"{model} engine=torch"]
                : typeof(INetworkOptions).IsAssignableFrom(options) ? [model]
                : Array.Empty<string>();
        })];

    /// <summary>Fits a model for some epochs, saves and loads it, and returns the scores of all users by the loaded one.</summary>
    /// <param name="name">One of <see cref="All"/>.</param>
    /// <param name="data">The data, of which 80 % are learned from; null for a few ratings.</param>
    public static float[] FitSaveLoadAndScore(string name, Interactions? data = null)
    {
        var train = new RandomSplitter(0.8).Split(data ?? Few, seed: 2).Train;
        var parts = name.Split(' ', '=');
        var entry = ModelCatalog.Find(parts[0]);
        var settings = Contracts[entry.Name].Settings.Append(new("epochs", "3"));
        var trainer = entry.CreateTrainer(parts.Length > 1 ? settings.Append(new(parts[1], parts[2])) : settings, out _);
        var model = entry.Load(entry.Save(trainer.Fit(train, new FitContext { Seed = 5 })));
        var scores = new float[train.RowCount * train.ColumnCount];
        model.Score(Histories.OfTraining(train), scores);
        return scores;
    }
}
