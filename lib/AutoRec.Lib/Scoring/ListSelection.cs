namespace AutoRec.Scoring;

/// <summary>
/// Selects the items of a list one after the other, where rules are about the list as a whole. With diversity d each place goes to the item
/// i that has the highest (1 - d) r(i) - d max over the items j before it of cos(i, j): maximal marginal relevance (Carbonell and Goldstein
/// 1998), whose lambda is 1 - d. r(i) is the score, brought to 0 for the lowest and 1 for the highest of the candidates. Of equal items the
/// one with the higher score comes first. An item whose group is full is passed over.
/// </summary>
internal static class ListSelection
{
    /// <summary>The candidates of diversity: the items with the highest scores.</summary>
    public const int Candidates = 500;

    private const int More = 4; // times as many candidates, where groups are full before the list is

    /// <summary>Selects the items of a list.</summary>
    /// <param name="scores">One score an item; items that must not be in the list have minus infinity.</param>
    /// <param name="k">How many are wanted; fewer come back when fewer may be together.</param>
    /// <param name="ties">The order of items with equal scores.</param>
    /// <param name="rules">The rules.</param>
    public static Recommendation[] Select(ReadOnlySpan<float> scores, int k, TieOrder ties, ListRules rules)
    {
        for (var count = Math.Max(Candidates, (long)More * k); ; count *= More)
        {
            var candidates = TopSelection.Highest(scores, (int)Math.Min(count, Array.MaxLength), ties);
            var list = AmongCandidates(candidates, k, rules);
            if (list.Length == k || candidates.Length < count)
            {
                return list;
            }
        }
    }

    private static Recommendation[] AmongCandidates(Recommendation[] candidates, int k, ListRules rules)
    {
        int[] items = Array.ConvertAll(candidates, candidate => candidate.Item);
        var (list, isOut) = (new List<Recommendation>(Math.Min(k, items.Length)), new bool[items.Length]);
        var counts = rules.Limits.Select(limit => new int[limit.GroupCount]).ToArray();
        var nearest = new float[items.Length]; // the highest similarity to an item of the list
        Array.Fill(nearest, float.NegativeInfinity);
        var toLast = new float[items.Length];
        while (list.Count < k && Next() is >= 0 and var next)
        {
            isOut[next] = true;
            list.Add(candidates[next]);
            for (var i = 0; i < counts.Length; i++)
            {
                foreach (var group in rules.Limits[i].Of(items[next]))
                {
                    counts[i][group]++;
                }
            }

            if (rules.Diversity > 0 && list.Count < k)
            {
                rules.Similarity!().Similarities(items[next], items, toLast);
                for (var i = 0; i < nearest.Length; i++)
                {
                    nearest[i] = Math.Max(nearest[i], toLast[i]);
                }
            }
        }

        return [.. list];

        int Next()
        {
            var (next, highest) = (-1, 0.0);
            for (var i = 0; i < items.Length; i++)
            {
                isOut[i] |= IsFull(items[i]); // Groups only fill up.
                if (isOut[i])
                {
                    continue;
                }

                if (rules.Diversity == 0)
                {
                    return i;
                }

                var value = ((1 - rules.Diversity) * Relevance(i)) - (list.Count == 0 ? 0 : rules.Diversity * nearest[i]);
                if (next < 0 || value > highest)
                {
                    (next, highest) = (i, value);
                }
            }

            return next;
        }

        double Relevance(int i)
        {
            double low = candidates[^1].Score, high = candidates[0].Score;
            return high > low ? (candidates[i].Score - low) / (high - low) : 1;
        }

        bool IsFull(int item)
        {
            for (var i = 0; i < counts.Length; i++)
            {
                foreach (var group in rules.Limits[i].Of(item))
                {
                    if (counts[i][group] >= rules.Limits[i].Most)
                    {
                        return true;
                    }
                }
            }

            return false;
        }
    }
}
