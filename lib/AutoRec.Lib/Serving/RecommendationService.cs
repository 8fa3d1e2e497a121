using System.Buffers;
using System.Numerics.Tensors;
using AutoRec.Catalog;
using AutoRec.Data;
using AutoRec.Native;
using AutoRec.Scoring;

namespace AutoRec.Serving;

/// <summary>
/// Answers requests with a fitted model: recommendations, reasons and similar items. Safe for use by several threads at once.
/// </summary>
public sealed class RecommendationService
{
    // Reasons take long; a small batch lets answers come early.
    private const int UsersWithReasons = 16;

    // Of a model that finds the best without a product over all items, of which a large batch would make more.
    private const int ScoresInCache = 1 << 21;

    private readonly ServedModel served;
    private readonly Histories training; // of all users, once: a request would take four bytes for each
    private readonly Explainer explainer;
    private readonly TieOrder ties;
    private readonly RuleBook rules;

    /// <summary>Makes a service.</summary>
    /// <param name="fitted">The model.</param>
    public RecommendationService(FittedModel fitted)
    {
        ArgumentNullException.ThrowIfNull(fitted);
        Fitted = fitted;
        training = Histories.OfTraining(fitted.Interactions);
        var profiles = new ProfileModel(fitted.Interactions, fitted.Data.UserAttributes);
        served = new ServedModel(fitted.Entry, fitted.Model, fitted.Interactions, profiles, fitted.ProfileWeights);
        explainer = new Explainer(fitted, served);
        ties = TieOrder.Of(fitted.Interactions.ColumnCount, seed: 42);
        rules = new RuleBook(fitted.Data, fitted.Interactions, () => served.Space);
    }

    /// <summary>The model.</summary>
    public FittedModel Fitted { get; }

    /// <summary>Whether the model scores users it was not fitted to. If not, they are served by similar items.</summary>
    public bool FoldsIn => served.FoldsIn;

    /// <summary>What the probabilities of recommended items are.</summary>
    // The class of the model would do as well, but to look for it loads libtorch, whatever the model is.
    public ProbabilityKind Probabilities => Fitted.Entry.IsMultinomial ? ProbabilityKind.NextItem
        : Fitted.Model is IInteractionLogits { IsSigmoid: true } ? ProbabilityKind.Interaction
        : ProbabilityKind.None;

    /// <summary>The space of the model's items.</summary>
    public LatentSpace Space => served.Space;

    /// <summary>The attributes of profiles and their values.</summary>
    public ProfileModel Profiles => served.Profiles;

    private IdIndex Items => Fitted.Data.Interactions.Items;

    private IdIndex Users => Fitted.Data.Interactions.Users;

    /// <summary>Whether the model was fitted to a user.</summary>
    public bool Knows(string user) => Users.TryGetRow(user, out _);

    /// <summary>Why nothing is recommended to a user by id; null if it is.</summary>
    internal ArgumentException? WhyUnanswered(string user) => !Users.TryGetRow(user, out var row) ? new UnknownIdException("user", user)
        : Fitted.ServedUsers is { } here && (row < here.First || row >= here.End)
            ? new UserElsewhereException(user, Users[here.First], Users[here.End - 1])
        : null;

    /// <summary>The id of a user who is given by id or by name. The case of a name does not matter.</summary>
    /// <exception cref="UnknownIdException">The model knows no such user.</exception>
    /// <exception cref="ArgumentException">Several users have the name; the message lists their ids.</exception>
    public string FindUser(string idOrName)
    {
        ArgumentNullException.ThrowIfNull(idOrName);
        if (Knows(idOrName))
        {
            return idOrName;
        }

        var (names, asked) = (Fitted.Data.UserNames, idOrName.Trim());
        int[] rows = [.. Enumerable.Range(0, names.Count).Where(row => names[row].Equals(asked, StringComparison.OrdinalIgnoreCase))];
        return rows switch
        {
            [var row] => Users[row],
            [] => throw new UnknownIdException(
                "user", idOrName, CloseName.Suggestion(idOrName, names.Where((name, row) => name != Users[row]))),
            _ => throw new ArgumentException(FormattableString.Invariant($"{rows.Length:N0} users are called '{idOrName}'. ")
                + $"Give the id of one of them: {string.Join(", ", rows.Select(row => Users[row]))}."),
        };
    }

    /// <summary>Recommends items to one user.</summary>
    /// <exception cref="UnknownIdException">The model does not know the user.</exception>
    /// <exception cref="ArgumentException">The request has both a known user and a history or a profile, k is below 1, a rating is off the
    /// scale, the profile has an unknown attribute or value, or a rule names what is not there.</exception>
    public RecommendationList Recommend(RecommendationRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentOutOfRangeException.ThrowIfLessThan(request.K, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(request.Reasons);
        var prepared = rules.Prepare(request.Rules);
        var (histories, profile, unknown) = Read(request);
        var buffer = ArrayPool<float>.Shared.Rent(Items.Count);
        try
        {
            var batch = new ScoredBatch(0, histories, buffer.AsMemory(0, Items.Count));
            return Answer(batch, _ => profile, request.K, request.Reasons, prepared, default)[0] with { UnknownItems = unknown };
        }
        finally
        {
            ArrayPool<float>.Shared.Return(buffer);
        }
    }

    /// <summary>Recommends items to many users that the model knows, in their order. Users are scored in batches, as answers are
    /// read.</summary>
    /// <param name="users">The ids of the users.</param>
    /// <param name="k">The number of items to recommend to each, at least 1.</param>
    /// <param name="reasons">The number of reasons to give with each item; see <see cref="RecommendationRequest.Reasons"/>. Default
    /// 0.</param>
    /// <param name="rules">What may be recommended; null allows every item that the user does not have. Default null.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="UnknownIdException">The model does not know one of the users.</exception>
    /// <exception cref="ArgumentException">A rule names what is not there.</exception>
    public IEnumerable<RecommendationList> Recommend(
        IReadOnlyList<string> users,
        int k,
        int reasons = 0,
        RecommendationRules? rules = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(users);
        return InBatches(users, k, reasons, rules ?? new RecommendationRules(), int.MaxValue, cancellation)
            .SelectMany(batch => batch.Answer());
    }

    /// <summary>
    /// The same in the batches that users are scored in, at most so many together, of which those that are wanted can be answered.
    /// </summary>
    internal IEnumerable<AnswerBatch> InBatches(
        IReadOnlyList<string> users, int k, int reasons, RecommendationRules rules, int most, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(reasons);
        var prepared = this.rules.Prepare(rules);
        int[] rows = [.. users.Select(ServedRowOf)];
        most = Math.Min(
            most,
            reasons > 0 ? UsersWithReasons
                : Fitted.Model is IBestScorer && prepared.Lists.AllowsAll ? Math.Max(1, ScoresInCache / Math.Max(1, Items.Count))
                : int.MaxValue);
        return Ranking.Batches(Items.Count, training.Select(rows), cancellation, most).Select(batch => new AnswerBatch(
            batch.Users.Count,
            () => Answer(batch, user => Profiles.ProfileOf(batch.Users.UserRows[user]), k, reasons, prepared, cancellation)));
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

        var score = served.Score(histories, _ => profile, new float[Items.Count])[0];
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

    private int ServedRowOf(string user) => WhyUnanswered(user) is { } error ? throw error : RowOf(Users, "user", user);

    private (Histories Histories, IReadOnlyDictionary<string, string> Profile, IReadOnlyList<string> UnknownItems) Read(
        RecommendationRequest request)
    {
        if (request.User is { } id)
        {
            var row = ServedRowOf(id);
            return request.History.Count > 0 || request.Profile.Count > 0
                ? throw new ArgumentException("Give either a user that the model knows, or a history and a profile.")
                : (training.Select([row]), Profiles.ProfileOf(row), []);
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

    private RecommendationList[] Answer(
        ScoredBatch batch,
        Func<int, IReadOnlyDictionary<string, string>> profileOf,
        int k,
        int reasons,
        PreparedRules rules,
        CancellationToken cancellation)
    {
        var histories = batch.Users;
        var wanted = reasons == 0 && rules.Lists.AllowsAll && Probabilities != ProbabilityKind.NextItem
            ? Ranking.Wanted(histories, k)
            : null;
        var scores = served.Score(histories, profileOf, batch.Scores, wanted);
        var lists = new RecommendedItem[histories.Count][];
        Parallel.For(0, lists.Length, ComputeThreads.Options, user =>
            lists[user] = Best(scores[user].Basis, batch, user, k, rules.Lists));
        AddRatings(lists, histories, scores);
        if (reasons > 0)
        {
            var parallel = ComputeThreads.Options;
            parallel.CancellationToken = cancellation;
            Parallel.For(0, lists.Length, parallel, user =>
                lists[user] = WithReasons(lists[user], scores[user], histories.Select([user]), profileOf(user), reasons));
        }

        return [.. lists.Select((items, user) => new RecommendationList(
            scores[user].Basis, items, [], items.Length == 0 ? rules.WhyEmpty(histories.Interactions, user) : null))];
    }

    private RecommendedItem[] Best(RecommendationBasis basis, ScoredBatch batch, int user, int k, ListRules rules)
    {
        // Before items are taken out, as they have a share of the probability.
        var scores = batch.ScoresOf(user);
        var kind = basis == RecommendationBasis.Model ? Probabilities : ProbabilityKind.None;
        var highest = kind == ProbabilityKind.NextItem ? TensorPrimitives.Max<float>(scores) : 0;
        var sum = kind == ProbabilityKind.NextItem ? SumOfExponentials(scores, highest) : 0;
        return Array.ConvertAll(Ranking.TopK(scores, batch.Users.Interactions, user, k, ties, rules).Items, place => new RecommendedItem(
            Items[place.Item],
            Fitted.Data.ItemTitles[place.Item],
            place.Score,
            Rating: null,
            kind switch
            {
                ProbabilityKind.NextItem => (float)(Math.Exp(place.Score - highest) / sum),
                ProbabilityKind.Interaction => 1 / (1 + MathF.Exp(-place.Score)),
                _ => null,
            },
            []));
    }

    private RecommendedItem[] WithReasons(
        RecommendedItem[] items, ServedScore score, Histories histories, IReadOnlyDictionary<string, string> profile, int count)
    {
        var reasons = explainer.Explain(score, histories, profile, Array.ConvertAll(items, item => Items.RowOf(item.Item)));
        return [.. items.Select((item, i) => item with { Reasons = [.. reasons[i].Take(count)] })];
    }

    // The predicted ratings of the recommended items, where the model predicts ratings and the scores are the model's.
    private void AddRatings(RecommendedItem[][] lists, Histories histories, ServedScore[] scores)
    {
        if (Fitted.Model is not IRatingPredictor predictor || !histories.Interactions.Feedback.HasRatings)
        {
            return;
        }

        int[] users = [.. Enumerable.Range(0, lists.Length).Where(user =>
            scores[user].Basis is RecommendationBasis.Model or RecommendationBasis.Hybrid
            && (FoldsIn || histories.TrainingRows[user] >= 0))];
        var asked = users.SelectMany((user, row) => lists[user].Select(item => (Row: row, Item: Items.RowOf(item.Item)))).ToArray();
        var pairs = InteractionMatrix.FromTriplets(
            users.Length,
            predictor.ItemCount,
            Array.ConvertAll(asked, pair => pair.Row),
            Array.ConvertAll(asked, pair => pair.Item),
            new float[asked.Length]);
        var ratings = new float[pairs.Count];
        predictor.Predict(histories.Select(users), pairs, ratings);
        foreach (var (row, user) in users.Index())
        {
            lists[user] = Array.ConvertAll(lists[user], item => item with
            {
                Rating = ratings[pairs.Offsets[row] + pairs.Columns(row).BinarySearch(Items.RowOf(item.Item))],
            });
        }
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

/// <summary>Users who are scored together.</summary>
/// <param name="Users">How many.</param>
/// <param name="Answer">Scores them. All batches use the same room, one at a time.</param>
internal readonly record struct AnswerBatch(int Users, Func<RecommendationList[]> Answer);
