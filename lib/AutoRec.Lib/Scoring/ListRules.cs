using AutoRec.Data;

namespace AutoRec.Scoring;

/// <summary>How alike items are.</summary>
internal interface IItemSimilarity
{
    /// <summary>The similarity, -1 to 1, of an item to each of some others.</summary>
    void Similarities(int item, ReadOnlySpan<int> others, Span<float> similarities);
}

/// <summary>At most so many items of a list may be in one group.</summary>
/// <param name="Offsets">Where the groups of each item begin in <paramref name="Groups"/>, and where the last ones end: [items + 1].
/// </param>
/// <param name="Groups">The groups of each item, 0 to <paramref name="GroupCount"/> - 1; an item may be in none or in several.</param>
/// <param name="GroupCount">The number of groups.</param>
/// <param name="Most">The most items of a group.</param>
internal sealed record GroupLimit(int[] Offsets, int[] Groups, int GroupCount, int Most)
{
    /// <summary>The groups of an item.</summary>
    public ReadOnlySpan<int> Of(int item) => Groups.AsSpan(Offsets[item]..Offsets[item + 1]);
}

/// <summary>Which items may be in a list, and which may be in it together: rules made for the items of a model.</summary>
internal sealed record ListRules
{
    /// <summary>No rule: every item that the user has not seen may be in the list.</summary>
    public static ListRules None { get; } = new();

    /// <summary>
    /// The addend of the scores: 0 for an item that may be in a list, minus infinity for another: [items]. Null allows all.
    /// </summary>
    public float[]? Mask { get; init; }

    /// <summary>Whether positive items of the history may be in the list.</summary>
    public bool IncludesSeen { get; init; }

    /// <summary>How many items of a group may be in a list.</summary>
    public IReadOnlyList<GroupLimit> Limits { get; init; } = [];

    /// <summary>How much the items of a list should differ, 0 to 1; see <see cref="ListSelection"/>.</summary>
    public double Diversity { get; init; }

    /// <summary>How alike items are; required where <see cref="Diversity"/> is above 0.</summary>
    public Func<IItemSimilarity>? Similarity { get; init; }

    /// <summary>Whether a list holds the items with the highest scores of all that are not left out.</summary>
    public bool AllowsAll => Mask is null && !IsAboutLists;

    /// <summary>Whether an item's place depends on the other items of the list.</summary>
    public bool IsAboutLists => Limits.Count > 0 || Diversity > 0;

    /// <summary>These rules for lists of some items alone.</summary>
    /// <param name="candidates">The items; null for all.</param>
    /// <param name="itemCount">The number of all items.</param>
    public ListRules Among(IReadOnlyList<int>? candidates, int itemCount)
    {
        if (candidates is null)
        {
            return this;
        }

        var mask = new float[itemCount];
        Array.Fill(mask, float.NegativeInfinity);
        foreach (var item in candidates)
        {
            mask[item] = Mask?[item] ?? 0;
        }

        return this with { Mask = mask };
    }

    /// <summary>The items of a user's history that must not be in the list.</summary>
    public ReadOnlySpan<int> LeftOut(InteractionMatrix histories, int user)
    {
        var seen = histories.Columns(user);
        if (!IncludesSeen)
        {
            return seen;
        }

        var values = histories.Values(user);
        var disliked = new List<int>();
        for (var i = 0; i < seen.Length; i++)
        {
            if (!histories.Feedback.IsPositive(values[i]))
            {
                disliked.Add(seen[i]);
            }
        }

        return disliked.ToArray();
    }
}
