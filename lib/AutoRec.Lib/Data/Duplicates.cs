using System.Numerics.Tensors;

namespace AutoRec.Data;

/// <summary>Interactions in columns, before duplicates are settled.</summary>
internal sealed record InteractionColumns(IdIndex Users, IdIndex Items, int[] UserRows, int[] ItemRows, float[] Values, long[]? Timestamps);

/// <summary>Settles (user, item) pairs that come more than once.</summary>
internal static class Duplicates
{
    /// <summary>Makes a log of columns. An interaction stands where its pair came first.</summary>
    public static Interactions Settle(InteractionColumns columns, DuplicateRule rule, RatingScale? scale, out int duplicates)
    {
        var (users, items, userRows, itemRows, values, timestamps) = columns;
        var winners = Winners(columns, rule, out duplicates);
        if (winners is not null)
        {
            userRows = Take(userRows, winners);
            itemRows = Take(itemRows, winners);
            values = Take(values, winners);
            timestamps = timestamps is null ? null : Take(timestamps, winners);
        }

        var observed = values.Length == 0 ? default : new RatingScale(TensorPrimitives.Min(values), TensorPrimitives.Max(values));
        return new Interactions(users, items, userRows, itemRows, values, timestamps, scale ?? observed);
    }

    /// <summary>The position that stands for each pair, in the order in which pairs come first; null when no pair comes twice.</summary>
    private static int[]? Winners(InteractionColumns columns, DuplicateRule rule, out int duplicates)
    {
        var (users, items, userRows, itemRows, values, timestamps) = columns;
        duplicates = 0;
        int[]? winner = null; // of the pair that comes first here, or -1 where it came before
        var lastUser = new int[items.Count]; // the user, + 1, with whom an item was met last, and where it was first met with that user
        var firstMet = new int[items.Count];
        foreach (var i in ByUser(userRows, users.Count))
        {
            var item = itemRows[i];
            if (lastUser[item] != userRows[i] + 1)
            {
                lastUser[item] = userRows[i] + 1;
                firstMet[item] = i;
                continue;
            }

            winner ??= [.. Enumerable.Range(0, values.Length)];
            ref var standing = ref winner[firstMet[item]];
            if (rule == DuplicateRule.Sum)
            {
                values[i] += values[standing];
                standing = i;
            }
            else if (timestamps is null || timestamps[i] >= timestamps[standing])
            {
                standing = i;
            }

            winner[i] = -1;
            duplicates++;
        }

        if (winner is null)
        {
            return null;
        }

        var kept = 0;
        foreach (var position in winner)
        {
            winner[kept] = position;
            kept += position >= 0 ? 1 : 0;
        }

        return winner[..kept];
    }

    private static T[] Take<T>(T[] column, int[] positions)
    {
        var taken = new T[positions.Length];
        for (var i = 0; i < taken.Length; i++)
        {
            taken[i] = column[positions[i]];
        }

        return taken;
    }

    /// <summary>All positions, those of each user together and in order (a counting sort).</summary>
    private static int[] ByUser(int[] userRows, int userCount)
    {
        var next = new int[userCount + 1];
        foreach (var user in userRows)
        {
            next[user + 1]++;
        }

        for (var user = 0; user < userCount; user++)
        {
            next[user + 1] += next[user];
        }

        var sorted = new int[userRows.Length];
        for (var i = 0; i < userRows.Length; i++)
        {
            sorted[next[userRows[i]]++] = i;
        }

        return sorted;
    }
}
