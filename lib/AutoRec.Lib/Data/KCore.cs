namespace AutoRec.Data;

/// <summary>
/// The k-core of a bipartite graph (Seidman 1983): the largest part of a log in which each user has at least k interactions
/// and each item at least l. It does not depend on the order in which users and items are taken away.
/// </summary>
internal static class KCore
{
    /// <summary>Which interactions are in the core; takes time and memory in proportion to the log.</summary>
    public static bool[] Find(Interactions log, int perUser, int perItem)
    {
        var (users, items) = (log.UserRows, log.ItemRows);
        var ofUser = new Grouped(users.AsSpan(), log.Users.Count);
        var ofItem = new Grouped(items.AsSpan(), log.Items.Count);
        var kept = new bool[log.Count];
        Array.Fill(kept, true);
        var waiting = new Stack<(bool IsUser, int Row)>(); // those with too few, whose interactions are still to be taken away
        for (var user = 0; user < log.Users.Count; user++)
        {
            Push(true, user, ofUser.Counts[user], perUser);
        }

        for (var item = 0; item < log.Items.Count; item++)
        {
            Push(false, item, ofItem.Counts[item], perItem);
        }

        while (waiting.TryPop(out var node))
        {
            foreach (var i in node.IsUser ? ofUser[node.Row] : ofItem[node.Row])
            {
                if (!kept[i])
                {
                    continue;
                }

                kept[i] = false;

                // Each comes to the stack once: at the start, or when its count falls below the limit by this one.
                if (node.IsUser && --ofItem.Counts[items[i]] == perItem - 1)
                {
                    waiting.Push((false, items[i]));
                }
                else if (!node.IsUser && --ofUser.Counts[users[i]] == perUser - 1)
                {
                    waiting.Push((true, users[i]));
                }
            }
        }

        return kept;

        void Push(bool isUser, int row, int count, int least)
        {
            if (count < least && count > 0)
            {
                waiting.Push((isUser, row));
            }
        }
    }

    /// <summary>The positions of each row's interactions, and how many of them are left.</summary>
    private sealed class Grouped
    {
        private readonly int[] offsets;
        private readonly int[] positions;

        public Grouped(ReadOnlySpan<int> rows, int rowCount)
        {
            Counts = Codes.Count(rows, rowCount);
            offsets = new int[rowCount + 1];
            for (var row = 0; row < rowCount; row++)
            {
                offsets[row + 1] = offsets[row] + Counts[row];
            }

            positions = new int[rows.Length];
            var next = offsets.AsSpan(0, rowCount).ToArray();
            for (var i = 0; i < rows.Length; i++)
            {
                positions[next[rows[i]]++] = i;
            }
        }

        public int[] Counts { get; }

        public ReadOnlySpan<int> this[int row] => positions.AsSpan(offsets[row], offsets[row + 1] - offsets[row]);
    }
}
