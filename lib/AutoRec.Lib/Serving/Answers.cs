
namespace AutoRec.Serving;

/// <summary>What recommendations were made from.</summary>
public enum Basis
{
    /// <summary>The model, by the user's history.</summary>
    Model,

    /// <summary>The items most like those of the history, for a new user of a model that knows only the users it was fitted to.</summary>
    SimilarItems,

    /// <summary>The model and the profile together, for a history that is short.</summary>
    Hybrid,

    /// <summary>What users with a similar profile have.</summary>
    Profile,

    /// <summary>What most users have.</summary>
    Popularity,
}

/// <summary>Whom recommendations are asked for: a user that the model knows, or anybody by a history, a profile, both or neither.</summary>
public sealed record Request
{
    /// <summary>The id of a user that the model knows; null for others.</summary>
    public string? User { get; init; }

    /// <summary>What a user that the model does not know has: item ids and ratings. An item that comes again counts with its last rating.</summary>
    public IReadOnlyList<ItemRating> History { get; init; } = [];

    /// <summary>What is known of a user that the model does not know, such as <c>gender</c> F; none, or only some, of the attributes may be given.</summary>
    public IReadOnlyDictionary<string, string> Profile { get; init; } = new Dictionary<string, string>();

    /// <summary>How many items, at least 1. Default 10.</summary>
    public int K { get; init; } = 10;

    /// <summary>How many reasons to give with each item; default 0. Each takes as long as some recommendations.</summary>
    public int Reasons { get; init; }
}

/// <summary>An item of a history.</summary>
/// <param name="Item">The item's id.</param>
/// <param name="Rating">The rating or quantity; null where it is not known, which counts as the highest on the scale.</param>
public sealed record ItemRating(string Item, float? Rating = null);

/// <summary>Recommendations.</summary>
/// <param name="Basis">What they were made from.</param>
/// <param name="Items">Best first; no item of the history is among them.</param>
/// <param name="UnknownItems">Items of the history that the model does not know, which were left out.</param>
public sealed record Answer(Basis Basis, IReadOnlyList<RecommendedItem> Items, IReadOnlyList<string> UnknownItems);

/// <summary>A recommended item.</summary>
/// <param name="Item">Its id.</param>
/// <param name="Title">Its title; the id where none is known.</param>
/// <param name="Score">What it was ordered by; only the order of the scores of one answer means something.</param>
/// <param name="Rating">The predicted rating, on the scale; null unless the model predicts ratings.</param>
/// <param name="Probability">The probability, 0 to 1, that a next item would be this one; null unless the model has such.</param>
/// <param name="Reasons">Why, strongest first, as far as it was asked for.</param>
public sealed record RecommendedItem(string Item, string Title, float Score, float? Rating, float? Probability, IReadOnlyList<Reason> Reasons);

/// <summary>What speaks for an item.</summary>
/// <param name="Item">An item of the history, or null where an attribute of the profile is the reason.</param>
/// <param name="Title">Its title, or the attribute and its value, such as <c>age: 25-34</c>.</param>
/// <param name="Contribution">How much lower the score is without it; below 0 where it speaks against.</param>
public sealed record Reason(string? Item, string Title, float Contribution);

/// <summary>Something similar.</summary>
/// <param name="Id">The id of an item or a user.</param>
/// <param name="Title">The title or name.</param>
/// <param name="Similarity">The cosine, -1 to 1.</param>
public sealed record Neighbor(string Id, string Title, float Similarity);

/// <summary>A user or an item is asked for that the model does not know.</summary>
/// <param name="kind">What it is: user or item.</param>
/// <param name="id">Its id.</param>
public sealed class UnknownIdException(string kind, string id) : ArgumentException($"The model knows no {kind} '{id}'.")
{
    /// <summary>The id.</summary>
    public string Id { get; } = id;
}
