using AutoRec.Data;
using AutoRec.Experiments;

namespace AutoRec.Cli.Report;

/// <summary>
/// The part of one's own data that a report is about. Its notebooks fit models some hundred times, which on millions of interactions takes
/// hours; an order of models that holds on a part with as many interactions of each user holds on the whole, as a rule.
/// </summary>
internal static class ReportedPart
{
    /// <summary>The most interactions, unless somebody chose a part.</summary>
    public const int MostInteractions = 200_000;

    private const int Core = 5;
    private const double LeastShare = 0.1; // of the interactions that there is room for, in a core

    /// <summary>
    /// Takes the 5-core, of its users as many as there is room for, and the 5-core of what these have; data that are not larger, or filtered as
    /// somebody asked, as they are. A core that leaves little is not taken. A note says what was left out, and how to have it otherwise.
    /// </summary>
    /// <param name="loaded">The data.</param>
    /// <param name="asked">The filter that they were read with.</param>
    /// <param name="most">The most interactions. Default <see cref="MostInteractions"/>.</param>
    public static LoadedData Of(LoadedData loaded, InteractionFilter asked, int most = MostInteractions)
    {
        var all = loaded.Data.Interactions;
        if (!asked.IsEmpty || all.Count <= most)
        {
            return loaded;
        }

        var (log, how) = (all, new List<string>());
        TakeCore();
        if (log.Count > most)
        {
            var users = Math.Max(1, (int)((long)log.Users.Count * most / log.Count));
            how.Add(FormattableString.Invariant($"{users:N0} of the {log.Users.Count:N0} {(how.Count > 0 ? "other " : "")}users were drawn at random"));
            log = new InteractionFilter { SampleUsers = users }.Apply(log, out _);
            TakeCore(); // Most items of a large catalogue have next to no interactions of the users drawn.
        }

        var note = FormattableString.Invariant($"this report is about {log.Count:N0} of {all.Count:N0} interactions, so that it takes minutes: ")
            + string.Join(", then ", how)
            + FormattableString.Invariant($". Choose another part with --core and --sample-users; --sample-users {all.Users.Count} takes all");
        return loaded with { Data = DataSets.WithInteractions(loaded.Data, log), Notes = [.. loaded.Notes, note] };

        // Unless little would be left.
        void TakeCore()
        {
            var core = new InteractionFilter { UserCore = Core, ItemCore = Core }.Apply(log, out _);
            if (core.Count < log.Count && core.Count >= LeastShare * Math.Min(log.Count, most))
            {
                log = core;
                how.Add($"users and items with fewer than {Core} interactions were left out");
            }
        }
    }
}
