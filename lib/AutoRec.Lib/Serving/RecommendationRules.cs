using System.Globalization;

namespace AutoRec.Serving;

/// <summary>
/// Rules for recommendations, which decide before the list is made what may be in it: the list has the best items of those allowed, and not
/// what is left of a list. All rules hold together; their order does not matter. Without rules, the list has the items with the highest
/// scores that are not in the user's history.
/// </summary>
public sealed record RecommendationRules
{
    /// <summary>Ids of items that are not recommended. Default: empty.</summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>Ids of the only items that are recommended; null allows all. Default null.</summary>
    public IReadOnlyList<string>? Only { get; init; }

    /// <summary>
    /// Conditions on columns of the table of items, such as <c>category=Books</c> or <c>price&lt;20</c>: a column, one of <c>=</c>,
    /// <c>!=</c>, <c>&lt;</c>, <c>&lt;=</c>, <c>&gt;</c> and <c>&gt;=</c>, and a value. All of them must hold. Names and values match
    /// whatever their case, numbers are written with a point. In a column with several values (<c>Action|Comedy</c>) one that fits is
    /// enough; <c>!=</c> holds if none is equal. An item whose value is not known, or is not a number where numbers are compared, fits
    /// <c>!=</c> alone. Default: empty.
    /// </summary>
    public IReadOnlyList<string> Where { get; init; } = [];

    /// <summary>
    /// Whether items of the history may be recommended again: those that are positive, as what a user dislikes never is. Default false.
    /// </summary>
    public bool IncludeSeen { get; init; }

    /// <summary>The least number of users who have an item in the training data. Default 0.</summary>
    public int MinUsers { get; init; }

    /// <summary>
    /// The most users who have an item in the training data, such as 0 for a list of new items; null for any number. Default null.
    /// </summary>
    public int? MaxUsers { get; init; }

    /// <summary>
    /// By column of the table of items, the most items of a list that may have the same value: <c>category</c> and 2. An item with several
    /// values counts for each, one without a value for none. Default: empty.
    /// </summary>
    public IReadOnlyDictionary<string, int> AtMost { get; init; } = new Dictionary<string, int>();

    /// <summary>
    /// How much the items of a list should differ, 0 to 1: maximal marginal relevance (Carbonell and Goldstein 1998). Each place goes to
    /// the item i that has the highest (1 - d) r(i) - d max over the items j before it of cos(i, j), where d is the diversity, r(i) the
    /// score, brought to 0 for the lowest and 1 for the highest of the candidates, and the cosine that of <see cref="LatentSpace"/>.
    /// Candidates are the 500 allowed items with the highest scores, or 4 times the length of the list if that is more. 0 orders by score
    /// alone, 1 by the differences after the first item. Default 0.
    /// </summary>
    public double Diversity { get; init; }

    /// <summary>Whether there is no rule.</summary>
    public bool IsEmpty => Exclude.Count == 0 && Only is null && Where.Count == 0 && AtMost.Count == 0
        && !IncludeSeen && MinUsers == 0 && MaxUsers is null && Diversity == 0;

    /// <summary>The rules in words: <c>category=Books, at least 20 users, diversity 0.3</c>.</summary>
    public override string ToString()
    {
        string[] parts =
        [
            .. Exclude.Count > 0 ? [Named.Exclude(this)] : Array.Empty<string>(),
            .. Only is null ? Array.Empty<string>() : [Named.Only(this)],
            .. Where,
            .. MinUsers > 0 ? [Named.MinUsers(this)] : Array.Empty<string>(),
            .. MaxUsers is null ? Array.Empty<string>() : [Named.MaxUsers(this)],
            .. AtMost.Select(limit => $"at most {limit.Value.ToString(CultureInfo.InvariantCulture)} of the same {limit.Key}"),
            .. Diversity > 0 ? [FormattableString.Invariant($"diversity {Diversity}")] : Array.Empty<string>(),
            .. IncludeSeen ? ["items of the history included"] : Array.Empty<string>(),
        ];
        return parts.Length == 0 ? "none" : string.Join(", ", parts);
    }

    /// <summary>What rules that count are called.</summary>
    internal static class Named
    {
        public static string Exclude(RecommendationRules rules) => $"exclude ({Items(rules.Exclude.Count)})";

        public static string Only(RecommendationRules rules) => $"only ({Items(rules.Only!.Count)})";

        public static string MinUsers(RecommendationRules rules) => $"at least {Users(rules.MinUsers)}";

        public static string MaxUsers(RecommendationRules rules) => $"at most {Users(rules.MaxUsers!.Value)}";

        private static string Users(int count) => FormattableString.Invariant($"{count:N0} user{(count == 1 ? "" : "s")}");

        private static string Items(int count) => FormattableString.Invariant($"{count:N0} item{(count == 1 ? "" : "s")}");
    }
}
