namespace AutoRec.Data;

/// <summary>Joins new interactions to those of a kept log.</summary>
internal sealed record LogMerge
{
    private LogMerge(Interactions log, int[] added, int changed, bool isWhole)
    {
        Log = log;
        Added = added;
        Changed = changed;
        IsWhole = isWhole;
    }

    /// <summary>All interactions, without times.</summary>
    public Interactions Log { get; }

    /// <summary>The positions in it of those that are new or have another value than before.</summary>
    public IReadOnlyList<int> Added { get; }

    /// <summary>How many of them were known with another value.</summary>
    public int Changed { get; }

    /// <summary>Whether the new interactions hold all kept ones: they are the whole log, and not what came after.</summary>
    public bool IsWhole { get; }

    /// <summary>
    /// Joins two logs. Of a pair in both the new value counts; counts add up, unless the new log is the whole one.
    /// </summary>
    /// <param name="kept">The kept log, whose feedback the result has.</param>
    /// <param name="added">The new interactions.</param>
    /// <exception cref="ArgumentException">It cannot be told whether the new log is the whole one, or nothing in it is new.</exception>
    public static LogMerge Of(Interactions kept, Interactions added)
    {
        if (kept.Feedback.Kind == FeedbackKind.Likes)
        {
            // Their one value, such as 5.
            added = added.WithValues([.. Enumerable.Repeat(kept.Feedback.Scale.Max, added.Count)], kept.Feedback);
        }

        var logs = Interactions.Align([kept, added]);
        var (old, fresh) = (logs[0], logs[1]);
        var common = Common(old, fresh);
        var isWhole = common == old.Count && old.Count > 0;
        if (!isWhole && common > old.Count / 2)
        {
            throw new ArgumentException(FormattableString.Invariant($"--data holds {common:N0} of the {old.Count:N0} interactions that ")
                + "the model was fitted to. It must hold the new interactions alone, or all of them, the old ones included. To train on "
                + "what it holds, leave out --from.");
        }

        var addsUp = kept.Feedback.Kind == FeedbackKind.Counts && !isWhole;
        var (users, items, values, positions) = (new List<int>(), new List<int>(), new List<float>(), new List<int>());
        var changed = 0;
        for (int i = 0, j = 0; i < old.Count || j < fresh.Count;)
        {
            var order = i == old.Count ? 1 : j == fresh.Count ? -1 : Compare(old, i, fresh, j);
            var (log, at) = order < 0 ? (old, i) : (fresh, j);
            var value = order == 0 && addsUp ? old.Values[i] + fresh.Values[j] : log.Values[at];
            if (order > 0 || (order == 0 && value != old.Values[i]))
            {
                positions.Add(values.Count);
                changed += order == 0 ? 1 : 0;
            }

            users.Add(log.UserRows[at]);
            items.Add(log.ItemRows[at]);
            values.Add(value);
            i += order <= 0 ? 1 : 0;
            j += order >= 0 ? 1 : 0;
        }

        if (positions.Count == 0)
        {
            throw new ArgumentException("--data holds no interaction that is new to the model, so there is nothing to continue with.");
        }

        var columns = new InteractionColumns(old.Users, old.Items, [.. users], [.. items], [.. values], null);
        var merged = Interactions.Of(columns, DuplicateRule.KeepLast, new FeedbackRule(), out _).WithFeedback(kept.Feedback);
        return new LogMerge(merged, [.. positions], changed, isWhole);
    }

    private static int Common(Interactions old, Interactions fresh)
    {
        var common = 0;
        for (int i = 0, j = 0; i < old.Count && j < fresh.Count;)
        {
            var order = Compare(old, i, fresh, j);
            common += order == 0 ? 1 : 0;
            i += order <= 0 ? 1 : 0;
            j += order >= 0 ? 1 : 0;
        }

        return common;
    }

    private static int Compare(Interactions one, int i, Interactions other, int j) =>
        one.UserRows[i].CompareTo(other.UserRows[j]) is not 0 and var order ? order : one.ItemRows[i].CompareTo(other.ItemRows[j]);
}
