using AutoRec.Catalog;
using AutoRec.Data;
using AutoRec.Training;

namespace AutoRec.Experiments;

/// <summary>A kept model together with new interactions: what a training that continues learns from and starts with.</summary>
public sealed record Continuation
{
    private Continuation(FittedModel kept, LoadedData loaded, IReadOnlyList<int> added)
    {
        Kept = kept;
        Loaded = loaded;
        Added = added;
    }

    /// <summary>The kept model.</summary>
    public FittedModel Kept { get; }

    /// <summary>All interactions, those that the model was fitted to and the new ones, with what is known of users and items.</summary>
    public LoadedData Loaded { get; }

    /// <summary>The positions of the new interactions, and of those with a new value.</summary>
    public IReadOnlyList<int> Added { get; }

    /// <summary>Joins new interactions to those that a model was fitted to.</summary>
    /// <param name="kept">The model.</param>
    /// <param name="added">
    /// The new interactions alone, or all with the old ones included: that is recognised. Of a pair that is known already the new value
    /// counts; counts add up.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The model cannot continue, nothing is new, no id is known to the model, or values are not of its kind.
    /// </exception>
    public static Continuation Of(FittedModel kept, LoadedData added)
    {
        ArgumentNullException.ThrowIfNull(kept);
        ArgumentNullException.ThrowIfNull(added);
        Check(kept);
        var (old, fresh) = (kept.Data.Interactions, added.Data.Interactions);
        if (old.Feedback.Kind != FeedbackKind.Likes && added.Data.Report?.ReadAs?.Columns.Rating == "-")
        {
            throw new ArgumentException($"The model was fitted to {old.Feedback}, and --data has no ratings. "
                + "If a column holds them, name it: --columns rating=NAME.");
        }

        if (!fresh.Users.Any(user => old.Users.TryGetRow(user, out _)) && !fresh.Items.Any(item => old.Items.TryGetRow(item, out _)))
        {
            throw new ArgumentException($"The model knows no user and no item of --data: it has users such as '{old.Users[0]}' and items "
                + $"such as '{old.Items[0]}', --data has '{fresh.Users[0]}' and '{fresh.Items[0]}'. Check --columns, or leave out --from.");
        }

        var merge = LogMerge.Of(old, fresh);
        var data = kept.Data.WithMore(added.Data, merge.Log);
        if (kept.Entry.CreateTrainer(kept.Options, out _).UsesItemFeatures)
        {
            data = DataSets.WithOtherItems(data);
        }

        return new Continuation(kept, LoadedData.Of(data) with { Notes = [.. added.Notes, .. Notes(merge, old)] }, merge.Added);
    }

    /// <summary>Where a training starts: with the weights of the model.</summary>
    internal WarmStart Start()
    {
        var (old, all) = (Kept.Data.Interactions, Loaded.Data.Interactions);
        return new WarmStart(Kept.Entry.Save(Kept.Model), Rows(all.Users, old.Users), Rows(all.Items, old.Items));

        static int[] Rows(IdIndex all, IdIndex known) => [.. all.Select(id => known.TryGetRow(id, out var row) ? row : -1)];
    }

    private static void Check(FittedModel kept)
    {
        if (kept.Entry.Continues == ContinuationKind.None)
        {
            var others = ModelCatalog.All.Where(entry => entry.Continues != ContinuationKind.None).Select(entry => entry.Name);
            throw new ArgumentException($"A model '{kept.Entry.Name}' cannot be continued. Train it anew on all interactions. "
                + $"Models that can: {string.Join(", ", others)}.");
        }

        if (kept.Options.ContainsKey("half-life"))
        {
            throw new ArgumentException("The model weighs interactions by age (half-life), and a model folder does not keep their times. "
                + "Train it anew on all interactions.");
        }
    }

    private static IEnumerable<string> Notes(LogMerge merge, Interactions old)
    {
        if (merge.IsWhole)
        {
            yield return FormattableString.Invariant($"--data holds all {old.Count:N0} interactions that the model was fitted to; ")
                + "it is taken as the whole log";
        }

        yield return FormattableString.Invariant($"{merge.Added.Count - merge.Changed:N0} interactions are new, ")
            + FormattableString.Invariant($"{merge.Changed:N0} have a new value; ")
            + FormattableString.Invariant($"{merge.Log.Users.Count - old.Users.Count:N0} users and ")
            + FormattableString.Invariant($"{merge.Log.Items.Count - old.Items.Count:N0} items are new");
    }
}
