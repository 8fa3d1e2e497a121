using System.ComponentModel.DataAnnotations;
using AutoRec.Data;
using AutoRec.Models.Numerics;
using AutoRec.Native;
using AutoRec.Training;

namespace AutoRec.Models;

/// <summary>What an item-based nearest-neighbour model learns.</summary>
public sealed record ItemKnnOptions
{
    /// <summary>How many neighbours each item has, k in the paper. Default 100.</summary>
    [Range(1, 1_000_000)]
    public int Neighbors { get; init; } = 100;

    /// <summary>What the product of both items' lengths is enlarged by, which discounts similarities that rest on few users. Default 10.</summary>
    [Range(0.0, 1e6)]
    public double Shrinkage { get; init; } = 10;

    /// <summary>Whether any interaction counts as 1; if not, ratings or quantities count. Default true.</summary>
    public bool Binarize { get; init; } = true;
}

/// <summary>
/// Item-based nearest neighbours (Deshpande and Karypis, "Item-Based Top-N Recommendation Algorithms", TOIS 2004) with
/// the similarity s_ij = x_i.x_j / (|x_i| |x_j| + shrinkage), x_i being the users of item i: the cosine (section 4.1.1), shrunk.
/// Of each item the k most similar ones are kept. It is deterministic; the seed plays no part.
/// </summary>
/// <param name="options">What to learn.</param>
public sealed class ItemKnnTrainer(ItemKnnOptions options) : ITrainer<ItemKnnModel>
{
    private readonly ItemKnnOptions options = OptionsBinding.Validated(options);

    /// <inheritdoc/>
    public ItemKnnModel Fit(InteractionMatrix train, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(context);
        var byItem = (options.Binarize ? train.Binarize() : train).Transpose();
        var search = new CosineNeighbors(byItem, options.Shrinkage);
        var neighbors = new Recommendation[byItem.RowCount][];
        var parallel = ComputeThreads.Options;
        parallel.CancellationToken = context.Cancellation;
        Parallel.For(0, byItem.RowCount, parallel, item =>
            neighbors[item] = [.. search.Find(byItem.Columns(item), byItem.Values(item), item, options.Neighbors)]);

        int[] items = [.. neighbors.SelectMany((list, item) => Enumerable.Repeat(item, list.Length))];
        int[] others = [.. neighbors.SelectMany(list => list.Select(neighbor => neighbor.Item))];
        float[] similarities = [.. neighbors.SelectMany(list => list.Select(neighbor => neighbor.Score))];
        return new ItemKnnModel(InteractionMatrix.FromTriplets(byItem.RowCount, byItem.RowCount, others, items, similarities), options.Binarize);
    }
}

/// <summary>
/// A fitted item-based nearest-neighbour model. The score of item i is the sum of s_ij over those of i's neighbours j that
/// the user has (times the user's rating of j, unless binarised). New users are folded in: only the history is looked at.
/// </summary>
public sealed class ItemKnnModel : IPersistentModel<ItemKnnModel>
{
    private readonly InteractionMatrix similarities; // [items j x items i]: row j holds the items that have j as a neighbour
    private readonly bool binarize;

    internal ItemKnnModel(InteractionMatrix similarities, bool binarize)
    {
        this.similarities = similarities;
        this.binarize = binarize;
    }

    /// <inheritdoc/>
    public int ItemCount => similarities.RowCount;

    /// <summary>The neighbours of an item, most similar first.</summary>
    public IReadOnlyList<Recommendation> Neighbors(int item)
    {
        var byItem = similarities.Transpose();
        return [.. byItem.Columns(item).ToArray().Zip(byItem.Values(item).ToArray(), (other, similarity) => new Recommendation(other, similarity)).OrderByDescending(neighbor => neighbor.Score)];
    }

    /// <inheritdoc/>
    public void Score(Histories histories, Memory<float> scores)
    {
        Guard.ScoreArguments(histories, ItemCount, scores.Length);
        Parallel.For(0, histories.Count, ComputeThreads.Options, user =>
        {
            var row = scores.Span.Slice(user * ItemCount, ItemCount);
            row.Clear();
            var history = histories.Interactions.Columns(user);
            var values = histories.Interactions.Values(user);
            for (var i = 0; i < history.Length; i++)
            {
                var weight = binarize ? 1 : values[i];
                var items = similarities.Columns(history[i]);
                var similarity = similarities.Values(history[i]);
                for (var j = 0; j < items.Length; j++)
                {
                    row[items[j]] += weight * similarity[j];
                }
            }
        });
    }

    /// <inheritdoc/>
    public ModelState Save() => new ModelState().Add("binarize", [binarize ? 1 : 0]).Add("similarities", similarities);

    /// <inheritdoc/>
    public static ItemKnnModel Load(ModelState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return new ItemKnnModel(state.Matrix("similarities"), state.Ints("binarize")[0] != 0);
    }
}
