using System.Collections.Concurrent;
using System.Text.Json;
using AutoRec.Data;
using AutoRec.Scoring;

namespace AutoRec.Serving;

/// <summary>Makes rules ready for the items of a data set, once for all users of a request.</summary>
/// <param name="data">What is known of the items.</param>
/// <param name="train">The training data: [users x items].</param>
/// <param name="similarity">How alike items are; asked for when a list is made with diversity.</param>
internal sealed class RuleBook(DataSet data, InteractionMatrix train, Func<IItemSimilarity> similarity)
{
    private readonly ConcurrentDictionary<string, ItemColumn> columns = [];
    private readonly Lazy<int[]> usersPerItem = new(train.CountByColumn);
    private readonly PreparedRules none = new(ListRules.None, train.ColumnCount, []);
    private readonly ConcurrentDictionary<string, PreparedRules> recent = []; // a server is asked by the same few rules again and again

    /// <summary>Makes rules ready.</summary>
    /// <exception cref="ArgumentException">The rules name an item, a column or a value that is not there, or a number is out of
    /// range.</exception>
    public PreparedRules Prepare(RecommendationRules rules)
    {
        const int MostKept = 16;
        if (rules.IsEmpty)
        {
            return none;
        }

        Check(rules);
        if (recent.Count >= MostKept)
        {
            recent.Clear();
        }

        return recent.GetOrAdd(JsonSerializer.Serialize(rules), _ => Make(rules));
    }

    private PreparedRules Make(RecommendationRules rules)
    {
        var isAllowed = new bool[train.ColumnCount];
        Array.Fill(isAllowed, true);
        var steps = new List<(string Rule, int Left)>();
        if (rules.Only is { } only)
        {
            var isIn = Items("only", only);
            Keep(RecommendationRules.Named.Only(rules), item => isIn[item]);
        }

        if (rules.Exclude.Count > 0)
        {
            var isIn = Items("exclude", rules.Exclude);
            Keep(RecommendationRules.Named.Exclude(rules), item => !isIn[item]);
        }

        foreach (var condition in rules.Where)
        {
            var (column, comparison, value) = ItemColumn.Parse(condition);
            var fits = Column(column).Fit(comparison, value);
            Keep(condition.Trim(), item => fits[item]);
        }

        if (rules.MinUsers > 0)
        {
            Keep(RecommendationRules.Named.MinUsers(rules), item => usersPerItem.Value[item] >= rules.MinUsers);
        }

        if (rules.MaxUsers is { } most)
        {
            Keep(RecommendationRules.Named.MaxUsers(rules), item => usersPerItem.Value[item] <= most);
        }

        var lists = new ListRules
        {
            Mask = steps.Count == 0 ? null : Array.ConvertAll(isAllowed, isAllowed => isAllowed ? 0 : float.NegativeInfinity),
            IncludesSeen = rules.IncludeSeen,
            Limits = [.. rules.AtMost.Select(limit => LimitOf(Column(limit.Key), limit.Value))],
            Diversity = rules.Diversity,
            Similarity = similarity,
        };
        return new PreparedRules(lists, isAllowed.Length, steps);

        void Keep(string rule, Func<int, bool> keeps)
        {
            var left = 0;
            for (var item = 0; item < isAllowed.Length; item++)
            {
                isAllowed[item] &= keeps(item);
                left += isAllowed[item] ? 1 : 0;
            }

            steps.Add((rule, left));
        }
    }

    private static void Check(RecommendationRules rules)
    {
        if (!(rules.Diversity is >= 0 and <= 1))
        {
            throw new ArgumentException(FormattableString.Invariant($"Diversity must be between 0 and 1; got {rules.Diversity}."));
        }

        if (rules.MinUsers < 0)
        {
            throw new ArgumentException($"The least number of users must be at least 0; got {rules.MinUsers}.");
        }

        if (rules.MaxUsers < rules.MinUsers)
        {
            throw new ArgumentException(
                $"The most users of an item must be at least 0 and the least number of users, {rules.MinUsers}; got {rules.MaxUsers}.");
        }

        if (rules.Only is { Count: 0 })
        {
            throw new ArgumentException("The rule 'only' names no item. Name at least one, or leave the rule out.");
        }

        if (rules.AtMost.FirstOrDefault(limit => limit.Value < 1) is { Key: { } column, Value: var most })
        {
            throw new ArgumentException($"The most items of the same '{column}' must be at least 1; got {most}.");
        }
    }

    private static GroupLimit LimitOf(ItemColumn column, int most) => new(column.Offsets, column.Codes, column.Count, most);

    private ItemColumn Column(string name) => columns.GetOrAdd(Layout.Plain(name), _ => ItemColumn.Of(data, name));

    private bool[] Items(string rule, IReadOnlyList<string> ids)
    {
        const int Named = 5;
        var (index, isIn) = (data.Interactions.Items, new bool[train.ColumnCount]);
        string[] unknown = [.. ids.Where(id => !index.TryGetRow(id, out _)).Distinct(StringComparer.Ordinal)];
        if (unknown.Length > 0)
        {
            var names = string.Join(", ", unknown.Take(Named).Select(id => $"'{id}'"));
            var more = unknown.Length > Named ? FormattableString.Invariant($" and {unknown.Length - Named:N0} more") : "";
            throw new ArgumentException(
                $"The rule '{rule}' names {(unknown.Length == 1 ? "an item" : "items")} that the model does not know: {names}{more}."
                + (unknown.Length == 1 ? CloseName.Suggestion(unknown[0], index) : ""));
        }

        foreach (var id in ids)
        {
            isIn[index.RowOf(id)] = true;
        }

        return isIn;
    }
}

/// <summary>Rules that are ready for use.</summary>
/// <param name="Lists">The rules as lists are made by them.</param>
/// <param name="ItemCount">The number of items.</param>
/// <param name="Steps">How many items are left after each rule, one after the other.</param>
internal sealed record PreparedRules(ListRules Lists, int ItemCount, IReadOnlyList<(string Rule, int Left)> Steps)
{
    /// <summary>The number of items that are allowed.</summary>
    public int Left => Steps.Count == 0 ? ItemCount : Steps[^1].Left;

    /// <summary>Why a user's list is empty, in a sentence.</summary>
    /// <param name="histories">The histories of a batch of users.</param>
    /// <param name="user">The user's position in the batch.</param>
    public string WhyEmpty(InteractionMatrix histories, int user)
    {
        var unseen = Left;
        foreach (var item in Lists.LeftOut(histories, user))
        {
            unseen -= Lists.Mask is not { } mask || mask[item] == 0 ? 1 : 0;
        }

        var last = Left == 0 ? "" : unseen > 0 ? Invariant($", and the model has no score for the {unseen:N0} that the user does not have")
            : Lists.IncludesSeen ? ", and the user dislikes all of these"
            : ", and the user has all of these";
        return Steps.Count == 0
            ? Invariant($"The list is empty: the model has {ItemCount:N0} items{last}.")
            : Invariant($"The list is empty: of {ItemCount:N0} items, ")
                + string.Join(", ", Steps.Select(step => Invariant($"'{step.Rule}' leaves {step.Left:N0}"))) + $"{last}.";

        static string Invariant(FormattableString text) => FormattableString.Invariant(text);
    }
}
