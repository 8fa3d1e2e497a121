using System.Collections.Concurrent;
using System.Numerics.Tensors;
using AutoRec.Catalog;
using AutoRec.Data;
using AutoRec.Models.Numerics;
using AutoRec.Native;
using AutoRec.Scoring;

namespace AutoRec.Serving;

/// <summary>
/// The space of a model's items and users, in which similarity is the cosine. The vector of an item is the model's, minus the mean of
/// all items; that of a user is the mean over the user's positive items. If a model has no item vectors, the vector of an item is the
/// column of its positive interactions, and that of a user the row.
/// </summary>
public sealed class LatentSpace : IItemSimilarity
{
    private readonly InteractionMatrix train;
    private readonly Lazy<InteractionMatrix> positives; // the half of a large model, and not asked for by many
    private readonly ConcurrentBag<float[]> dense = []; // zeros, [users]; as many as threads compare items at once
    private readonly float[] items; // unit vectors: [items x Length], empty without item vectors
    private readonly Lazy<float[]> users; // unit vectors: [users x Length]
    private readonly Lazy<CosineNeighbors> itemsByRatings;
    private readonly Lazy<CosineNeighbors> usersByRatings;
    private readonly Lazy<float[]> norms; // of each item's column of interactions

    /// <summary>The space of a fitted model.</summary>
    /// <param name="entry">The model's entry in the catalogue; null if it is not in it, which means that there are no item vectors.</param>
    /// <param name="model">The model.</param>
    /// <param name="train">All interactions of the users it was fitted to: [users x items].</param>
    public LatentSpace(ModelEntry? entry, IRecommender model, InteractionMatrix train)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(train);
        this.train = train;
        positives = new(train.Positives);
        itemsByRatings = new(() => new CosineNeighbors(Interactions.Transpose(), shrinkage: 0));
        usersByRatings = new(() => new CosineNeighbors(Interactions, shrinkage: 0));
        norms = new(() => [.. Enumerable.Range(0, ItemCount).Select(item => TensorPrimitives.Norm(Interactions.Transpose().Values(item)))]);
        users = new(UserVectors);
        items = [];
        if (entry?.ItemVectors is { } name && entry.Save(model) is var state
            && state.Shape(name) is [var count, var length] && count == train.ColumnCount)
        {
            Length = length;
            items = [.. state.Floats(name)];
            Center(items, length);
            Normalize(items, length);
        }
    }

    /// <summary>The number of items.</summary>
    public int ItemCount => train.ColumnCount;

    /// <summary>The length of item vectors; 0 for a model without.</summary>
    public int Length { get; }

    private InteractionMatrix Interactions => positives.Value;

    /// <summary>The vector of an item, of length 1, or 0 for an item that is just the mean: [<see cref="Length"/>].</summary>
    public ReadOnlySpan<float> Item(int item) => items.AsSpan(item * Length, Length);

    /// <summary>The vector of a training user, of length 1: [<see cref="Length"/>].</summary>
    public ReadOnlySpan<float> User(int user) => users.Value.AsSpan(user * Length, Length);

    /// <summary>The <paramref name="k"/> items most like an item, itself left out; the lower row first of equals.</summary>
    public IReadOnlyList<Recommendation> SimilarItems(int item, int k) => Length == 0
        ? [.. itemsByRatings.Value.Find(Interactions.Transpose().Columns(item), Interactions.Transpose().Values(item), item, k)]
        : Nearest(items, Item(item), item, k);

    /// <summary>The <paramref name="k"/> training users most like one of them, herself left out; the lower row first of equals.</summary>
    public IReadOnlyList<Recommendation> SimilarUsers(int user, int k) => Length == 0
        ? [.. usersByRatings.Value.Find(Interactions.Columns(user), Interactions.Values(user), user, k)]
        : Nearest(users.Value, User(user), user, k);

    /// <summary>The cosine of an item to each item: [items].</summary>
    internal float[] SimilaritiesTo(int item)
    {
        if (Length > 0)
        {
            return Dots(items, Item(item));
        }

        var similarities = new float[ItemCount];
        foreach (var (other, similarity) in SimilarItems(item, ItemCount))
        {
            similarities[other] = similarity;
        }

        return similarities;
    }

    /// <summary>The cosine of an item to each of a few others.</summary>
    void IItemSimilarity.Similarities(int item, ReadOnlySpan<int> others, Span<float> similarities)
    {
        if (Length > 0)
        {
            for (var i = 0; i < others.Length; i++)
            {
                similarities[i] = TensorPrimitives.Dot(Item(item), Item(others[i]));
            }

            return;
        }

        // The item's column as a dense one, which is zero again afterwards.
        var byItem = Interactions.Transpose();
        var column = dense.TryTake(out var free) ? free : new float[train.RowCount];
        Spread(byItem.Columns(item), byItem.Values(item), column);
        for (var i = 0; i < others.Length; i++)
        {
            var users = byItem.Columns(others[i]);
            var values = byItem.Values(others[i]);
            var product = 0.0;
            for (var j = 0; j < users.Length; j++)
            {
                product += column[users[j]] * values[j];
            }

            similarities[i] = product == 0 ? 0 : (float)(product / ((double)norms.Value[item] * norms.Value[others[i]]));
        }

        Spread(byItem.Columns(item), default, column);
        dense.Add(column);

        static void Spread(ReadOnlySpan<int> users, ReadOnlySpan<float> values, float[] column)
        {
            for (var j = 0; j < users.Length; j++)
            {
                column[users[j]] = values.IsEmpty ? 0 : values[j];
            }
        }
    }

    private Recommendation[] Nearest(float[] vectors, ReadOnlySpan<float> to, int self, int k) =>
        Ranking.TopK(Dots(vectors, to), [self], k, TieOrder.ByRow).Items;

    private float[] Dots(float[] vectors, ReadOnlySpan<float> to)
    {
        var dots = new float[vectors.Length / Length];
        for (var row = 0; row < dots.Length; row++)
        {
            dots[row] = TensorPrimitives.Dot(vectors.AsSpan(row * Length, Length), to);
        }

        return dots;
    }

    private float[] UserVectors()
    {
        var vectors = new float[Sizes.Of("users x length of a vector", train.RowCount, Length)];
        Parallel.For(0, train.RowCount, ComputeThreads.Options, user =>
        {
            var vector = vectors.AsSpan(user * Length, Length);
            foreach (var item in Interactions.Columns(user))
            {
                TensorPrimitives.Add(vector, Item(item), vector);
            }
        });
        Normalize(vectors, Length);
        return vectors;
    }

    private static void Center(float[] vectors, int length)
    {
        var mean = new float[length];
        var count = vectors.Length / length;
        for (var row = 0; row < count; row++)
        {
            TensorPrimitives.Add(mean, vectors.AsSpan(row * length, length), mean);
        }

        TensorPrimitives.Divide(mean, count, mean);
        for (var row = 0; row < count; row++)
        {
            var vector = vectors.AsSpan(row * length, length);
            TensorPrimitives.Subtract(vector, mean, vector);
        }
    }

    private static void Normalize(float[] vectors, int length)
    {
        for (var start = 0; start < vectors.Length; start += length)
        {
            var vector = vectors.AsSpan(start, length);
            var norm = TensorPrimitives.Norm(vector);
            if (norm > 0)
            {
                TensorPrimitives.Divide(vector, norm, vector);
            }
        }
    }
}
