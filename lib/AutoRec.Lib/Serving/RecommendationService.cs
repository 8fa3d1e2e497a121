using System.Buffers;
using System.Numerics.Tensors;
using AutoRec.Catalog;
using AutoRec.Data;
using AutoRec.Scoring;

namespace AutoRec.Serving;

/// <summary>Answers what people ask of a fitted model. Safe for use by several threads at once.</summary>
public sealed class RecommendationService
{
    private readonly Lazy<LatentSpace> space;
    private readonly ProfileModel profiles;
    private readonly TieOrder ties;

    /// <summary>Makes a model ready to be asked.</summary>
    public RecommendationService(FittedModel fitted)
    {
        ArgumentNullException.ThrowIfNull(fitted);
        Fitted = fitted;
        space = new(() => new LatentSpace(fitted.Entry, fitted.Model, fitted.Interactions));
        profiles = new ProfileModel(fitted.Interactions, fitted.Data.UserAttributes);
        ties = TieOrder.Of(fitted.Interactions.ColumnCount, seed: 42);
        FoldsIn = CanFoldIn(fitted);
    }

    /// <summary>The model.</summary>
    public FittedModel Fitted { get; }

    /// <summary>Whether the model itself scores users that it was not fitted to.</summary>
    public bool FoldsIn { get; }

    /// <summary>Where the model's items lie.</summary>
    public LatentSpace Space => space.Value;

    /// <summary>What profiles may hold.</summary>
    public ProfileModel Profiles => profiles;

    private IdIndex Items => Fitted.Data.Interactions.Items;

    private IdIndex Users => Fitted.Data.Interactions.Users;

    /// <summary>Recommends items to one user.</summary>
    /// <exception cref="UnknownIdException">The user is not known.</exception>
    /// <exception cref="ArgumentException">The request says both who the user is and what she has, k is below 1, a rating lies
    /// off the scale, or the profile has an attribute or a value that there is not.</exception>
    public RecommendationList Recommend(RecommendationRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentOutOfRangeException.ThrowIfLessThan(request.K, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(request.Reasons);
        var (histories, profile, unknown) = Read(request);
        var buffer = ArrayPool<float>.Shared.Rent(Items.Count);
        try
        {
            var scores = buffer.AsMemory(0, Items.Count);
            var basis = Score(histories, profile, scores);
            return new RecommendationList(basis, Best(basis, histories, profile, scores.Span, request.K, request.Reasons), unknown);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(buffer);
        }
    }

    /// <summary>Why an item would be recommended: what in the history or the profile speaks for it, strongest first.</summary>
    /// <returns>A reason for each item of the history, or each attribute of a profile without one; none for popularity.</returns>
    /// <exception cref="ArgumentException">The user or the item is not known, or the user has the item already.</exception>
    public IReadOnlyList<Reason> Explain(RecommendationRequest request, string item)
    {
        ArgumentNullException.ThrowIfNull(request);
        var row = RowOf(Items, "item", item);
        var (histories, profile, _) = Read(request);
        return histories.Interactions.Contains(0, row)
            ? throw new ArgumentException($"The user has the item '{item}' already; items of the history are never recommended.")
            : Reasons(BasisOf(histories, profile), histories, profile, [row])[0];
    }

    /// <summary>The items most like an item.</summary>
    /// <exception cref="UnknownIdException">The item is not known.</exception>
    public IReadOnlyList<Neighbor> SimilarItems(string item, int k) =>
        [.. Space.SimilarItems(RowOf(Items, "item", item), k).Select(near => new Neighbor(Items[near.Item], Fitted.Data.ItemTitles[near.Item], near.Score))];

    /// <summary>The users most like a user.</summary>
    /// <exception cref="UnknownIdException">The user is not known.</exception>
    public IReadOnlyList<Neighbor> SimilarUsers(string user, int k) =>
        [.. Space.SimilarUsers(RowOf(Users, "user", user), k).Select(near => new Neighbor(Users[near.Item], Fitted.Data.UserNames[near.Item], near.Score))];

    private static int RowOf(IdIndex index, string kind, string id) => index.TryGetRow(id, out var row) ? row : throw new UnknownIdException(kind, id);

    private static bool CanFoldIn(FittedModel fitted)
    {
        var items = fitted.Model.ItemCount;
        if (items == 0)
        {
            return false;
        }

        try
        {
            fitted.Model.Score(Histories.OfNewUsers(InteractionMatrix.FromTriplets(1, items, [0], [0], [fitted.Interactions.Scale.Max], fitted.Interactions.Scale)), new float[items]);
            return true;
        }
        catch (NotSupportedException)
        {
            return false;
        }
    }

    private (Histories Histories, IReadOnlyDictionary<string, string> Profile, IReadOnlyList<string> UnknownItems) Read(RecommendationRequest request)
    {
        if (request.User is { } id)
        {
            var row = RowOf(Users, "user", id);
            return request.History.Count > 0 || request.Profile.Count > 0
                ? throw new ArgumentException("Give either a user that the model knows, or a history and a profile.")
                : (Histories.OfTraining(Fitted.Interactions).Select([row]), ProfileOf(row), []);
        }

        var scale = Fitted.Interactions.Scale;
        var ratings = new SortedDictionary<int, float>();
        var unknown = new List<string>();
        foreach (var (item, rating) in request.History)
        {
            if (rating is { } value && !scale.Contains(value))
            {
                throw new ArgumentException(FormattableString.Invariant($"The rating {value} of the item '{item}' is outside the scale {scale}."));
            }

            if (Items.TryGetRow(item, out var row))
            {
                ratings[row] = rating ?? scale.Max;
            }
            else
            {
                unknown.Add(item);
            }
        }

        var history = InteractionMatrix.FromTriplets(1, Items.Count, new int[ratings.Count], [.. ratings.Keys], [.. ratings.Values], scale);
        return (Histories.OfNewUsers(history), request.Profile, unknown);
    }

    private Dictionary<string, string> ProfileOf(int user) =>
        Fitted.Data.UserAttributes.Where(column => column.Value[user].Length > 0).ToDictionary(column => column.Key, column => column.Value[user]);

    private RecommendationBasis BasisOf(Histories histories, IReadOnlyDictionary<string, string> profile)
    {
        var shown = histories.Interactions.Count;
        return shown == 0 ? (profile.Count > 0 ? RecommendationBasis.Profile : RecommendationBasis.Popularity)
            : !FoldsIn && histories.TrainingRows[0] < 0 ? RecommendationBasis.SimilarItems
            : profile.Count > 0 && shown < ProfileMix.LongHistory ? RecommendationBasis.Hybrid
            : RecommendationBasis.Model;
    }

    private RecommendationBasis Score(Histories histories, IReadOnlyDictionary<string, string> profile, Memory<float> scores)
    {
        var basis = BasisOf(histories, profile);
        switch (basis)
        {
            case RecommendationBasis.Profile or RecommendationBasis.Popularity:
                profiles.Score(profile, scores.Span);
                break;
            case RecommendationBasis.SimilarItems:
                new Serving.SimilarItems(Space).Score(histories, scores);
                break;
            default:
                Fitted.Model.Score(histories, scores);
                break;
        }

        if (basis == RecommendationBasis.Hybrid)
        {
            ProfileMix.Mix(scores.Span, profiles, profile, histories.Interactions.Count, Fitted.Entry.IsMultinomial);
        }

        return basis;
    }

    private RecommendedItem[] Best(
        RecommendationBasis basis, Histories histories, IReadOnlyDictionary<string, string> profile, Span<float> scores, int k, int reasonCount)
    {
        // Before the items of the history are taken out, as they have a share of the probability.
        var isProbability = basis == RecommendationBasis.Model && Fitted.Entry.IsMultinomial;
        var highest = isProbability ? TensorPrimitives.Max<float>(scores) : 0;
        var sum = isProbability ? SumOfExponentials(scores, highest) : 0;
        var best = Ranking.TopK(scores, histories.Interactions.Columns(0), k, ties).Items;
        var ratings = basis is RecommendationBasis.Model or RecommendationBasis.Hybrid && Fitted.Model is IRatingPredictor predictor ? Ratings(predictor, histories, best) : null;
        var reasons = reasonCount > 0 ? Reasons(basis, histories, profile, [.. best.Select(place => place.Item)]) : null;
        return [.. best.Select((place, i) => new RecommendedItem(
            Items[place.Item],
            Fitted.Data.ItemTitles[place.Item],
            place.Score,
            ratings?[i],
            isProbability ? (float)(Math.Exp(place.Score - highest) / sum) : null,
            reasons is null ? [] : [.. reasons[i].Take(reasonCount)]))];
    }

    private static float[] Ratings(IRatingPredictor predictor, Histories histories, Recommendation[] items)
    {
        // Pairs are asked for in the order of rows.
        int[] order = [.. Enumerable.Range(0, items.Length).OrderBy(i => items[i].Item)];
        var pairs = InteractionMatrix.FromTriplets(1, predictor.ItemCount, new int[items.Length], Array.ConvertAll(order, i => items[i].Item), new float[items.Length]);
        var inOrder = new float[items.Length];
        predictor.Predict(histories, pairs, inOrder);
        var ratings = new float[items.Length];
        for (var i = 0; i < order.Length; i++)
        {
            ratings[order[i]] = inOrder[i];
        }

        return ratings;
    }

    private static double SumOfExponentials(ReadOnlySpan<float> scores, float highest)
    {
        var sum = 0.0;
        foreach (var score in scores)
        {
            sum += Math.Exp(score - highest);
        }

        return sum;
    }

    /// <summary>The reasons for each of some items.</summary>
    private IReadOnlyList<Reason>[] Reasons(RecommendationBasis basis, Histories histories, IReadOnlyDictionary<string, string> profile, int[] items)
    {
        if (basis is RecommendationBasis.Profile or RecommendationBasis.Popularity)
        {
            return Array.ConvertAll(items, item => (IReadOnlyList<Reason>)[.. profiles.Explain(profile, item)]);
        }

        var history = histories.Interactions.Columns(0).ToArray();
        var contributions = FoldsIn ? LeaveOneOut(histories.Interactions, items) : BySimilarity(histories.Interactions, items);
        return [.. items.Select((_, i) => (IReadOnlyList<Reason>)[.. history
            .Select((item, j) => new Reason(Items[item], Fitted.Data.ItemTitles[item], contributions[i, j]))
            .OrderByDescending(reason => reason.Contribution)])];
    }

    /// <summary>How much lower the score of each item is when one item of the history is taken out: [items x history].</summary>
    private float[,] LeaveOneOut(InteractionMatrix history, int[] items)
    {
        // Everybody as a new user: a model that keeps a vector of each training user would not notice what is taken out.
        var (columns, values) = (history.Columns(0).ToArray(), history.Values(0).ToArray());
        var contributions = new float[items.Length, columns.Length];
        var scores = new float[history.ColumnCount];
        var whole = new float[items.Length];
        Score(columns, values);
        for (var i = 0; i < items.Length; i++)
        {
            whole[i] = scores[items[i]];
        }

        for (var j = 0; j < columns.Length; j++)
        {
            Score([.. columns[..j], .. columns[(j + 1)..]], [.. values[..j], .. values[(j + 1)..]]);
            for (var i = 0; i < items.Length; i++)
            {
                contributions[i, j] = whole[i] - scores[items[i]];
            }
        }

        return contributions;

        void Score(int[] left, float[] ratings) =>
            Fitted.Model.Score(Histories.OfNewUsers(InteractionMatrix.FromTriplets(1, history.ColumnCount, new int[left.Length], left, ratings, history.Scale)), scores);
    }

    private float[,] BySimilarity(InteractionMatrix history, int[] items)
    {
        var columns = history.Columns(0);
        var contributions = new float[items.Length, columns.Length];
        for (var i = 0; i < items.Length; i++)
        {
            var similarities = Space.SimilaritiesTo(items[i]);
            for (var j = 0; j < columns.Length; j++)
            {
                contributions[i, j] = similarities[columns[j]] * Serving.SimilarItems.Weight(history.Values(0)[j], history.Scale);
            }
        }

        return contributions;
    }
}
