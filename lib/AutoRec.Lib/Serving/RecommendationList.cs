namespace AutoRec.Serving;

/// <summary>Says what the recommendations for a user were made from.</summary>
public enum RecommendationBasis
{
    /// <summary>The model, by the user's history.</summary>
    Model,

    /// <summary>The items most similar to the history, for a new user of a model that scores only the users it was fitted to.</summary>
    SimilarItems,

    /// <summary>The scores by history and the profile, mixed.</summary>
    Hybrid,

    /// <summary>What users with a similar profile have.</summary>
    Profile,

    /// <summary>What most users have.</summary>
    Popularity,
}

/// <summary>Says what the probabilities of recommended items are.</summary>
public enum ProbabilityKind
{
    /// <summary>The model gives scores or ratings, whose order alone means something.</summary>
    None,

    /// <summary>The softmax of the scores of all items: the probability that the user's next item is this one.</summary>
    NextItem,

    /// <summary>
    /// The sigmoid of the score, for an autoencoder with a sigmoid output: the expected value of the interaction, as a share of the highest
    /// value in the data. Of likes this is the probability that the user has the item.
    /// </summary>
    Interaction,
}

/// <summary>The recommendations for one user.</summary>
/// <param name="Basis">What they were made from.</param>
/// <param name="Items">The recommended items, best first. Items of the history are among them only if the rules say so.</param>
/// <param name="UnknownItems">Items of the history that the model does not know. They were ignored.</param>
/// <param name="WhyEmpty">Why there is no item, in a sentence; null if there is one.</param>
public sealed record RecommendationList(
    RecommendationBasis Basis, IReadOnlyList<RecommendedItem> Items, IReadOnlyList<string> UnknownItems, string? WhyEmpty = null);

/// <summary>A recommended item.</summary>
/// <param name="Item">Its id.</param>
/// <param name="Title">Its title; its id if the title is not known.</param>
/// <param name="Score">The score that the list is ordered by, if rules do not ask for diversity. Scores of different lists cannot be
/// compared.</param>
/// <param name="Rating">The predicted rating, on the scale of the data; null if the model does not predict ratings.</param>
/// <param name="Probability">The probability, 0 to 1, see <see cref="ProbabilityKind"/>; null if the model does not give probabilities, or
/// the list was not made by the model alone.</param>
/// <param name="Reasons">What speaks for the item, strongest first, as many as were asked for.</param>
public sealed record RecommendedItem(
    string Item, string Title, float Score, float? Rating, float? Probability, IReadOnlyList<Reason> Reasons);

/// <summary>What speaks for an item: an item of the history, or an attribute of the profile.</summary>
/// <param name="Item">The id of an item of the history; null if the reason is an attribute of the profile.</param>
/// <param name="Title">The item's title, or the attribute and its value, such as <c>age: 25-34</c>.</param>
/// <param name="Contribution">How much lower the score is without it; below 0 if it speaks against the item.</param>
public sealed record Reason(string? Item, string Title, float Contribution);

/// <summary>An item or a user that is similar to another.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Title">Its title or name.</param>
/// <param name="Similarity">The cosine similarity, -1 to 1.</param>
public sealed record Neighbor(string Id, string Title, float Similarity);
