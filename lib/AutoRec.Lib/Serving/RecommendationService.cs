using System.Buffers;
using System.Numerics.Tensors;
using AutoRec.Catalog;
using AutoRec.Data;
using AutoRec.Scoring;

namespace AutoRec.Serving;

/// <summary>
/// Answers requests with a fitted model: recommendations, reasons and similar items. Safe for use by several threads at once.
/// </summary>
public sealed class RecommendationService
{
    private readonly ServedModel served;
    private readonly Explainer explainer;
    private readonly TieOrder ties;

    /// <summary>Makes a service.</summary>
    /// <param name="fitted">The model.</param>
    public RecommendationService(FittedModel fitted)
    {
        ArgumentNullException.ThrowIfNull(fitted);
        Fitted = fitted;
        var profiles = new ProfileModel(fitted.Interactions, fitted.Data.UserAttributes);
        served = new ServedModel(fitted.Entry, fitted.Model, fitted.Interactions, profiles, fitted.ProfileWeights);
        explainer = new Explainer(fitted, served);
        ties = TieOrder.Of(fitted.Interactions.ColumnCount, seed: 42);
    }

    /// <summary>The model.</summary>
    public FittedModel Fitted { get; }

    /// <summary>Whether the model scores users it was not fitted to. If not, they are served by similar items.</summary>
    public bool FoldsIn => served.FoldsIn;

    /// <summary>The space of the model's items.</summary>
    public LatentSpace Space => served.Space;

    /// <summary>The attributes of profiles and their values.</summary>
    public ProfileModel Profiles => served.Profiles;

    private IdIndex Items => Fitted.Data.Interactions.Items;

    private IdIndex Users => Fitted.Data.Interactions.Users;

    /// <summary>Recommends items to one user.</summary>
    /// <exception cref="UnknownIdException">The model does not know the user.</exception>
    /// <exception cref="ArgumentException">The request has both a known user and a history or a profile, k is below 1, a rating is off the
    /// scale, or the profile has an unknown attribute or value.</exception>
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
            var score = served.Score(histories, profile, scores);
            var best = Best(score.Basis, histories, scores.Span, request.K);
            var items = request.Reasons == 0 ? best : WithReasons(best, score, histories, profile, request.Reasons);
            return new RecommendationList(score.Basis, items, unknown);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(buffer);
        }
    }

    /// <summary>
    /// Explains why an item would be recommended to a user: what in the history and the profile speaks for it, strongest first.
    /// </summary>
    /// <returns>A reason for each item of the history and each attribute of the profile that counts; none for popularity.</returns>
    /// <exception cref="ArgumentException">The model does not know the user or the item, or the item is in the user's history.</exception>
    public IReadOnlyList<Reason> Explain(RecommendationRequest request, string item)
    {
        ArgumentNullException.ThrowIfNull(request);
        var row = RowOf(Items, "item", item);
        var (histories, profile, _) = Read(request);
        if (histories.Interactions.Contains(0, row))
        {
            throw new ArgumentException($"The user has the item '{item}' already; items of the history are never recommended.");
        }

        var score = served.Score(histories, profile, new float[Items.Count]);
        return explainer.Explain(score, histories, profile, [row])[0];
    }

    /// <summary>Finds the items most similar to an item, most similar first.</summary>
    /// <exception cref="UnknownIdException">The model does not know the item.</exception>
    public IReadOnlyList<Neighbor> SimilarItems(string item, int k) =>
        Neighbors(Space.SimilarItems(RowOf(Items, "item", item), k), Items, Fitted.Data.ItemTitles);

    /// <summary>Finds the users most similar to a user, most similar first.</summary>
    /// <exception cref="UnknownIdException">The model does not know the user.</exception>
    public IReadOnlyList<Neighbor> SimilarUsers(string user, int k) =>
        Neighbors(Space.SimilarUsers(RowOf(Users, "user", user), k), Users, Fitted.Data.UserNames);

    private static Neighbor[] Neighbors(IReadOnlyList<Recommendation> near, IdIndex ids, IReadOnlyList<string> titles) =>
        [.. near.Select(place => new Neighbor(ids[place.Item], titles[place.Item], place.Score))];

    private static int RowOf(IdIndex index, string kind, string id) =>
        index.TryGetRow(id, out var row) ? row : throw new UnknownIdException(kind, id);

    private (Histories Histories, IReadOnlyDictionary<string, string> Profile, IReadOnlyList<string> UnknownItems) Read(
        RecommendationRequest request)
    {
        if (request.User is { } id)
        {
            var row = RowOf(Users, "user", id);
            return request.History.Count > 0 || request.Profile.Count > 0
                ? throw new ArgumentException("Give either a user that the model knows, or a history and a profile.")
                : (Histories.OfTraining(Fitted.Interactions).Select([row]), Profiles.ProfileOf(row), []);
        }

        Profiles.Check(request.Profile);
        var feedback = Fitted.Interactions.Feedback;
        var values = new SortedDictionary<int, float>();
        var unknown = new List<string>();
        foreach (var (item, rating) in request.History)
        {
            var value = feedback.Read(rating) ?? throw new ArgumentException(FormattableString.Invariant(
                $"The rating {rating} of the item '{item}' is outside the scale {(feedback.Original ?? feedback).Scale}."));
            if (Items.TryGetRow(item, out var row))
            {
                values[row] = value;
            }
            else
            {
                unknown.Add(item);
            }
        }

        var history = InteractionMatrix.FromTriplets(1, Items.Count, new int[values.Count], [.. values.Keys], [.. values.Values], feedback);
        return (Histories.OfNewUsers(history), request.Profile, unknown);
    }

    private RecommendedItem[] Best(RecommendationBasis basis, Histories histories, Span<float> scores, int k)
    {
        // Before the items of the history are taken out, as they have a share of the probability.
        var isProbability = basis == RecommendationBasis.Model && Fitted.Entry.IsMultinomial;
        var highest = isProbability ? TensorPrimitives.Max<float>(scores) : 0;
        var sum = isProbability ? SumOfExponentials(scores, highest) : 0;
        var best = Ranking.TopK(scores, histories.Interactions.Columns(0), k, ties).Items;
        var usesModel = basis is RecommendationBasis.Model or RecommendationBasis.Hybrid && (FoldsIn || histories.TrainingRows[0] >= 0);
        var hasRatings = usesModel && histories.Interactions.Feedback.HasRatings;
        var ratings = hasRatings && Fitted.Model is IRatingPredictor predictor ? Ratings(predictor, histories, best) : null;
        return [.. best.Select((place, i) => new RecommendedItem(
            Items[place.Item],
            Fitted.Data.ItemTitles[place.Item],
            place.Score,
            ratings?[i],
            isProbability ? (float)(Math.Exp(place.Score - highest) / sum) : null,
            []))];
    }

    private RecommendedItem[] WithReasons(
        RecommendedItem[] items, ServedScore score, Histories histories, IReadOnlyDictionary<string, string> profile, int count)
    {
        var reasons = explainer.Explain(score, histories, profile, Array.ConvertAll(items, item => Items.RowOf(item.Item)));
        return [.. items.Select((item, i) => item with { Reasons = [.. reasons[i].Take(count)] })];
    }

    private static float[] Ratings(IRatingPredictor predictor, Histories histories, Recommendation[] items)
    {
        // Pairs are asked for in the order of rows.
        int[] order = [.. Enumerable.Range(0, items.Length).OrderBy(i => items[i].Item)];
        var rows = Array.ConvertAll(order, i => items[i].Item);
        var pairs = InteractionMatrix.FromTriplets(1, predictor.ItemCount, new int[items.Length], rows, new float[items.Length]);
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
}
