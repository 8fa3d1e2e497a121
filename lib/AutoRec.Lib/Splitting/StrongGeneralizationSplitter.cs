using AutoRec.Data;

namespace AutoRec.Splitting;

/// <summary>
/// Holds out whole users: the model never sees them in training, gets a part of their interactions (the fold-in) when
/// it is tested, and must find the rest (Liang et al., WWW 2018). Held-out users keep their row of the training matrix,
/// which is empty; <see cref="HeldOut.Histories"/> has one row for each of them, in the order of their rows.
/// </summary>
/// <param name="heldOutUsers">How many users are held out; they are drawn from those with at least two interactions.</param>
/// <param name="foldInShare">The share of a held-out user's interactions that is folded in, between 0 and 1, drawn at
/// random; at least one interaction is folded in and at least one is left to find.</param>
public sealed class StrongGeneralizationSplitter(
    int heldOutUsers, double foldInShare = StrongGeneralizationSplitter.DefaultFoldInShare) : ISplitter
{
    internal const double DefaultFoldInShare = 0.8;

    private readonly int heldOutUsers = heldOutUsers > 0
        ? heldOutUsers
        : throw new ArgumentOutOfRangeException(nameof(heldOutUsers), heldOutUsers, "The number of users to hold out must be at least 1.");

    private readonly double foldInShare = SplitParts.CheckShare(foldInShare);

    /// <summary>How many users are held out.</summary>
    public int HeldOutUsers => heldOutUsers;

    /// <summary>The share of a held-out user's interactions that is folded in.</summary>
    public double FoldInShare => foldInShare;

    /// <inheritdoc/>
    public string Name => foldInShare == DefaultFoldInShare
        ? FormattableString.Invariant($"strong:{heldOutUsers}")
        : FormattableString.Invariant($"strong:{heldOutUsers}:{foldInShare}");

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">Too few users have two interactions, or none would be left to train on.</exception>
    public Split Split(Interactions log, int seed)
    {
        ArgumentNullException.ThrowIfNull(log);
        var positionsOf = new List<int>?[log.Users.Count];
        for (var i = 0; i < log.Count; i++)
        {
            (positionsOf[log.UserRows[i]] ??= []).Add(i);
        }

        int[] candidates = [.. Enumerable.Range(0, positionsOf.Length).Where(user => positionsOf[user]?.Count > 1)];
        var active = positionsOf.Count(positions => positions is not null);
        if (heldOutUsers > candidates.Length || heldOutUsers >= active)
        {
            throw new ArgumentException(
                $"{heldOutUsers} users cannot be held out: {candidates.Length} of the {active} users have two interactions or more, "
                + "and at least one user must be left to train on.",
                nameof(log));
        }

        var random = new Random(seed);
        random.Shuffle(candidates);
        var heldOut = candidates.AsSpan(0, heldOutUsers);
        heldOut.Sort();

        List<int> foldIn = [];
        List<int> targets = [];
        foreach (var user in heldOut)
        {
            int[] positions = [.. positionsOf[user]!];
            positionsOf[user] = null;
            random.Shuffle(positions);
            var foldInCount = SplitParts.TrainCount(positions.Length, foldInShare);
            foldIn.AddRange(positions[..foldInCount]);
            targets.AddRange(positions[foldInCount..]);
        }

        int[] train = [.. Enumerable.Range(0, log.Count).Where(i => positionsOf[log.UserRows[i]] is not null)];
        foldIn.Sort();
        targets.Sort();
        return Splitting.Split.OfNewUsers(log.Select(train), log.Select(foldIn), log.Select(targets));
    }
}
