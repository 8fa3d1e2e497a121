namespace AutoRec.Serving;

/// <summary>
/// Asks for recommendations for one user: a user the model knows, by id, or anybody else by a history, a profile, both or neither.
/// </summary>
public sealed record RecommendationRequest
{
    /// <summary>The id of a user the model was fitted to; null for anybody else. Default null.</summary>
    public string? User { get; init; }

    /// <summary>
    /// The history of a user the model does not know: item ids and ratings, which are read by the same rule as those of the data
    /// (<see cref="Data.Feedback"/>). A model that ranks items knows the user by the positive ones; none of them is recommended. If an item
    /// occurs more than once, its last rating counts. Default: empty.
    /// </summary>
    public IReadOnlyList<ItemRating> History { get; init; } = [];

    /// <summary>
    /// The profile of a user the model does not know: attributes and values, such as <c>gender</c> and <c>F</c>. Attributes may be left
    /// out. Default: empty.
    /// </summary>
    public IReadOnlyDictionary<string, string> Profile { get; init; } = new Dictionary<string, string>();

    /// <summary>The number of items to recommend, at least 1. Default 10.</summary>
    public int K { get; init; } = 10;

    /// <summary>
    /// The number of reasons to give with each item, at least 0. Default 0. Reasons are expensive: the model scores the user once more
    /// for each item of the history.
    /// </summary>
    public int Reasons { get; init; }

    /// <summary>What may be recommended. Default: every item that the user does not have.</summary>
    public RecommendationRules Rules { get; init; } = new();
}

/// <summary>An item of a history.</summary>
/// <param name="Item">The item's id.</param>
/// <param name="Rating">The rating or quantity; null if it is not known, which counts as the highest rating of the scale, or as the lowest
/// count that is positive.</param>
public sealed record ItemRating(string Item, float? Rating = null);

/// <summary>The exception for a user or an item that the model does not know.</summary>
/// <param name="kind">What was asked for: <c>user</c> or <c>item</c>.</param>
/// <param name="id">The id that was asked for.</param>
/// <param name="suggestion">What may have been meant, in a sentence after a blank. Default: nothing.</param>
public sealed class UnknownIdException(string kind, string id, string suggestion = "")
    : ArgumentException($"The model does not know the {kind} '{id}'.{suggestion}")
{
    /// <summary>The id that was asked for.</summary>
    public string Id { get; } = id;
}

/// <summary>The exception for a user of the model who is not among those that it was loaded for.</summary>
/// <param name="id">The id that was asked for.</param>
/// <param name="first">The first user that is here.</param>
/// <param name="last">The last.</param>
internal sealed class UserElsewhereException(string id, string first, string last)
    : ArgumentException($"The user '{id}' is not served here: this server has the users '{first}' to '{last}'. Ask the server that has the "
        + "user.");
