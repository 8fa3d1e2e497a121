using AutoRec.Catalog;

namespace AutoRec.Cli.Serving;

/// <summary>Finds items by their titles. The order, most users first, is made once for a model.</summary>
internal sealed class ItemSearch
{
    private readonly FittedModel fitted;
    private readonly int[] byPopularity;

    public ItemSearch(FittedModel fitted)
    {
        this.fitted = fitted;
        var counts = new int[fitted.Data.Interactions.Items.Count];
        foreach (var item in fitted.Data.Interactions.ItemRows)
        {
            counts[item]++;
        }

        byPopularity = [.. Enumerable.Range(0, counts.Length).OrderByDescending(item => counts[item])];
    }

    /// <summary>Items whose title has <paramref name="query"/> in it, or whose id it is.</summary>
    public ItemSummary[] Find(string query, int limit)
    {
        var (data, ids) = (fitted.Data, fitted.Data.Interactions.Items);
        return [.. byPopularity
            .Where(item => data.ItemTitles[item].Contains(query, StringComparison.OrdinalIgnoreCase)
                || ids[item].Equals(query, StringComparison.OrdinalIgnoreCase))
            .Take(limit)
            .Select(item => new ItemSummary(ids[item], data.ItemTitles[item], data.ItemCategories[item]))];
    }
}
