using AutoRec.Data;
using AutoRec.Experiments;

namespace AutoRec.Cli.Report;

/// <summary>
/// The part of one's own data that a report is about. Its notebooks fit models some hundred times, several in time of items^3, which on
/// millions of interactions takes hours.
/// </summary>
internal static class ReportedPart
{
    private const int MostInteractions = 200_000;
    private const int MostItems = 20_000;
    private const int ItemsOfPart = 5_000;
    private const int UsersOfPart = 10_000; // networks of whole rows take time of users x items
    private const int Core = 5;
    private const double LeastShare = 0.1; // of the interactions that there is room for, in a core

    /// <summary>
    /// Takes the 5-core, of its users as many as there is room for, 10,000 at most, of what these have the 5,000 most popular items, and
    /// the 5-core of that; data that are not large, or filtered as somebody asked, as they are. A core that leaves little is not taken. A
    /// note says what was left out, and how to have it otherwise.
    /// </summary>
    /// <param name="loaded">The data.</param>
    /// <param name="asked">The filter that they were read with.</param>
    /// <param name="most">The most interactions, unless somebody chose a part. Default 200,000.</param>
    /// <param name="mostItems">The most items, as well. Default 20,000.</param>
    public static LoadedData Of(
        LoadedData loaded, InteractionFilter asked, int most = MostInteractions, int mostItems = MostItems)
    {
        var all = loaded.Data.Interactions;
        if (!asked.IsEmpty || (all.Count <= most && all.Items.Count <= mostItems))
        {
            return loaded;
        }

        var (log, how) = (all, new List<string>());
        TakeCore();
        if (log.Count > most || log.Users.Count > UsersOfPart)
        {
            var users = Math.Clamp((int)Math.Min(UsersOfPart, (long)log.Users.Count * most / log.Count), 1, log.Users.Count);
            var others = how.Count > 0 ? "other users" : "users";
            how.Add(FormattableString.Invariant($"all but {users:N0} of the {log.Users.Count:N0} {others}, drawn at random"));
            log = new InteractionFilter { SampleUsers = users }.Apply(log, out _);
        }

        if (Math.Min(mostItems, ItemsOfPart) is var room && log.Items.Count > room)
        {
            var counts = log.ItemRows.ToArray().CountBy(item => item).OrderByDescending(item => item.Value).ThenBy(item => item.Key);
            var kept = counts.Take(room).Select(item => item.Key).ToHashSet();
            log = log.Where(interaction => kept.Contains(log.ItemRows[interaction]));
            how.Add(FormattableString.Invariant($"all but the {room:N0} most popular items"));
        }

        TakeCore();
        var note = FormattableString.Invariant($"this report is about {log.Count:N0} of {all.Count:N0} interactions, ")
            + $"so that it takes minutes. Left out were {string.Join("; then ", how)}. Choose another part with --core and --sample-users; "
            + FormattableString.Invariant($"--sample-users {all.Users.Count} takes all");
        return loaded with { Data = DataSets.WithInteractions(loaded.Data, log), Notes = [.. loaded.Notes, note] };

        // Unless little would be left.
        void TakeCore()
        {
            var core = new InteractionFilter { UserCore = Core, ItemCore = Core }.Apply(log, out _);
            if (core.Count < log.Count && core.Count >= LeastShare * Math.Min(log.Count, most))
            {
                log = core;
                how.Add($"users and items with fewer than {Core} interactions");
            }
        }
    }
}
