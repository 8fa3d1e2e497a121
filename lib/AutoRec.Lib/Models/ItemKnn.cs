using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using AutoRec.Data;
using AutoRec.Distributed;
using AutoRec.Models.Numerics;
using AutoRec.Native;
using AutoRec.Persistence;
using AutoRec.Scoring;
using AutoRec.Training;

namespace AutoRec.Models;

/// <summary>The options of an item-based nearest-neighbour model.</summary>
internal sealed record ItemKnnOptions : IAgeWeighted
{
    /// <summary>Number of neighbours of an item, k in the paper. Default 200.</summary>
    [Range(1, 1_000_000)]
    public int Neighbors { get; init; } = 200;

    /// <summary>
    /// Number that is added to the product of both items' lengths, which discounts similarities that rest on few users. Default
    /// auto: 10,000 / n, with n the training interactions of an item on average; see docs/defaults.md.
    /// </summary>
    [Range(0.0, 1e6)]
    [DefaultValue(100.0)]
    public double? Shrinkage { get; init; }

    /// <summary>Whether any interaction counts as 1; if false, as its rating or quantity. Default true.</summary>
    public bool Binarize { get; init; } = true;

    /// <summary>
    /// Whether users with many items count less in similarities: each interaction is multiplied by ln(1 + items / the user's items), in
    /// analogy to the inverse document frequency of words. Default true.
    /// </summary>
    public bool InverseUserFrequency { get; init; } = true;

    /// <summary>
    /// Half-life of interactions in days: one that is so much older than the newest counts half, in general 0.5^(age / half-life). Requires
    /// times. Default: none, all count alike.
    /// </summary>
    [Range(1e-3, 1e6)]
    public double? HalfLife { get; init; }
}

/// <summary>
/// Trains item-based nearest neighbours (Deshpande and Karypis, "Item-Based Top-N Recommendation Algorithms", TOIS 2004) with
/// the similarity s_ij = x_i.x_j / (|x_i| |x_j| + shrinkage), x_i being the users of item i: the cosine (section 4.1.1), shrunk.
/// Each item keeps its k most similar ones. With a half-life x_i is multiplied by the roots of weights by age. It is deterministic; the
/// seed has no effect.
/// </summary>
/// <param name="options">The options; null for the defaults.</param>
/// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
internal sealed class ItemKnnTrainer(ItemKnnOptions? options = null) : ITrainer<ItemKnnModel>
{
    private readonly ItemKnnOptions options = OptionRanges.Checked(options);

    /// <inheritdoc/>
    public FitCost Estimate(DataSize data)
    {
        // Item and score of a neighbour, first in lists and then in the sparse matrix; the space of a search for each item and thread.
        // An item has no more neighbours than its users have other items.
        const int BytesPerNeighbor = 2 * (sizeof(int) + sizeof(float));
        var count = Math.Min((double)data.Items * Math.Min(data.Items, options.Neighbors), data.Pairs);
        return new FitCost
        {
            Bytes = (BytesPerNeighbor * count) + (data.Items * (64.0 + (12.2 * ComputeThreads.Count))) + (4 * data.MatrixBytes),
            ModelBytes = BytesPerNeighbor / 2 * count,
            Seconds = DataSize.PairSeconds * data.Pairs / Math.Max(1, data.Ranks),
            LongestArray = count,
            Option = new("neighbors", options.Neighbors, neighbors =>
                new ItemKnnTrainer(options with { Neighbors = neighbors }).Estimate(data)),
        };
    }

    /// <inheritdoc/>
    public ItemKnnModel Fit(InteractionMatrix train, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(context);
        Estimate(DataSize.Of(train)).Check("item-knn");
        var counted = AgeWeights.Rooted(train, options, options.Binarize);
        var byItem = (options.InverseUserFrequency ? WeightUsers(counted) : counted).Transpose();
        var perItem = (double)train.Count / Math.Max(1, train.CountByColumn().Count(users => users > 0));
        var search = new CosineNeighbors(byItem, options.Shrinkage ?? 10_000 / Math.Max(1, perItem));
        var neighbors = new Recommendation[byItem.RowCount][];
        var parallel = ComputeThreads.Options;
        parallel.CancellationToken = context.Cancellation;
        var shares = Shares.OfWeights(ItemGram.PairsOf(counted, (_, length) => length), context.Group);
        var steps = new WorkSteps(context.Progress, "finding neighbours", shares.End - shares.First, "items");
        Parallel.For(shares.First, shares.End, parallel, item =>
        {
            neighbors[item] = search.Find(byItem.Columns(item), byItem.Values(item), item, options.Neighbors);
            steps.Add();
        });
        shares.GiveToAll(neighbors);
        return new ItemKnnModel(SparseItemWeights.Of(neighbors), options.Binarize);
    }

    private static InteractionMatrix WeightUsers(InteractionMatrix train)
    {
        var values = train.Values().ToArray();
        for (var user = 0; user < train.RowCount; user++)
        {
            var weight = MathF.Log(1 + (train.ColumnCount / Math.Max(1f, train.RowLength(user))));
            foreach (ref var value in values.AsSpan(train.Offsets[user], train.RowLength(user)))
            {
                value *= weight;
            }
        }

        return train.WithValues(values, train.Scale);
    }
}

/// <summary>
/// A fitted item-based nearest-neighbour model. The score of item i is the sum of s_ij over those of i's neighbours j that the user has,
/// times the user's rating of j unless binarised, so that new users are folded in.
/// </summary>
internal sealed class ItemKnnModel : IPersistentModel<ItemKnnModel>
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

    /// <summary>Gets the neighbours of an item, most similar first.</summary>
    internal IReadOnlyList<Recommendation> Neighbors(int item) => SparseItemWeights.Sorted(similarities.Transpose(), item);

    /// <inheritdoc/>
    public void Score(Histories histories, Memory<float> scores)
    {
        Guard.ScoreArguments(histories, ItemCount, scores.Length);
        SparseItemWeights.Score(similarities, histories, binarize, scores);
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
