using System.Numerics.Tensors;
using AutoRec.Data;

namespace AutoRec.Distributed;

/// <summary>
/// Makes a log of what the processes of a group have read, each a share of the source: each gets all interactions of a run of users or
/// items, with the codes, values and order that one process would give them. No process has all interactions at any time.
/// </summary>
internal static class JointLog
{
    private const int MostEntries = 1 << 18; // that the fingerprint is made of at a time

    /// <summary>Reads a source.</summary>
    /// <param name="source">What to read, and how.</param>
    /// <param name="options">How to read it.</param>
    /// <param name="minRating">Makes likes of values of at least this and drops others; null for neither.</param>
    /// <param name="by">By what the log is cut.</param>
    /// <param name="parts">Into how many parts; each process gets a run of them.</param>
    /// <param name="group">The processes.</param>
    /// <param name="cancellation">Ends the read.</param>
    /// <exception cref="DataFileException">A file cannot be used as it is.</exception>
    /// <exception cref="NotSupportedException">The source or an option cannot be shared.</exception>
    public static ReadResult Read(
        string source,
        ReadOptions options,
        float? minRating,
        ShardBy by,
        int parts,
        IProcessGroup group,
        CancellationToken cancellation)
    {
        options.Filter.Validate();
        if (options.Filter is { SampleUsers: not null } or { UserCore: > 0 } or { ItemCore: > 0 })
        {
            throw new NotSupportedException(
                "--core and --sample-users look at the whole log, which no rank has. Leave them out, or start one process, without "
                + "mpirun.");
        }

        var parsed = OrderReader.ShopOf(source) is not null || ShardFolder.Is(source) ? null : RatingsSource.Parse(source);
        var read = parsed switch
        {
            RatingsSource.Files files => JointReading.Read(files, options, group, cancellation),
            RatingsSource.Parquet files => JointReading.Read(files, options, group, cancellation),
            _ => throw new NotSupportedException(
                $"{RatingsReader.NameOf(source)}: Several ranks read text or Parquet files of ratings, each a share. "
                + "Give a file or a pattern of files, or start one process, without mpirun."),
        };
        var columns = SourcePart.ColumnsOf(read, options, out var firstTime, out var outside);
        outside = group.Sum(outside);
        var report = SourcePart.ReportOf(
            parsed.Name,
            read,
            options,
            group.Sum(columns.Values.Length) + outside,
            group.OfAll(firstTime).FirstOrDefault(time => time is not null));

        var rule = SourcePart.FeedbackRuleOf(read[0], options); // From here on, what was read is kept in columns alone.

        // All interactions of a user and an item come to one process.
        columns = columns with
        {
            Users = JointIds.Agree(columns.Users, columns.UserRows, group),
            Items = JointIds.Agree(columns.Items, columns.ItemRows, group),
        };
        columns = columns.SentTo(ShareOf(LeafSplit.Cut(Counts(columns, by, group), group.Size)), group);
        columns = Duplicates.Settle(CanonicalOrder.SortByRows(columns), options.Duplicates, out var duplicates);
        report = report.With(
            options.Duplicates, new((int)group.Sum(duplicates.Merged), (int)group.Sum(duplicates.DecidedByValue)));

        var feedback = FeedbackOf(ref columns, rule, group);
        feedback = DataSets.FeedbackBeside(source, options) ?? feedback;
        var dropped = new List<Dropped>();
        if (options.Filter.MinRating is { } least)
        {
            dropped.Add(new Dropped(options.Filter.BelowReason, KeepFrom(least, ref columns, group)));
        }

        columns = WithoutUnusedIds(columns, group);
        var odd = OddData.Of(group.OfAll(OddData.Of(columns.UserRows, columns.Values, columns.Timestamps)));
        var notes = group.OfFirst(() => SourcePart.DataNotesOf(odd, feedback, columns.Users, columns.Items).ToArray());
        if (minRating is { } positive)
        {
            KeepFrom(positive, ref columns, group);
            columns.Values.AsSpan().Fill(1);
            feedback = feedback.OfPositives(positive);
        }

        // Codes of users and items that are left; a process takes whole parts.
        columns = WithoutUnusedIds(columns, group);
        var cut = LeafSplit.Cut(Counts(columns, by, group), parts);
        var share = ShareOf(
            [.. Enumerable.Range(0, group.Size).Select(rank => cut[ProcessGroup.Share(parts, rank, group.Size).First]), cut[^1]]);
        columns = CanonicalOrder.SortByRows(columns.SentTo(share, group));
        var log = Interactions.OfShare(columns, feedback, share, WholeOf(columns, share, group));
        return new ReadResult(log, report with
        {
            DataNotes = notes,
            Dropped = options.Filter.WithWindow(outside, dropped),
        });

        LogShare ShareOf(int[] starts) => new(by, starts, group.Rank);
    }

    /// <summary>The number of interactions of each user or item, of those of all processes.</summary>
    private static int[] Counts(InteractionColumns columns, ShardBy of, IProcessGroup group) => group.Sum(of == ShardBy.User
        ? Codes.Count(columns.UserRows, columns.Users.Count)
        : Codes.Count(columns.ItemRows, columns.Items.Count));

    private static Feedback FeedbackOf(ref InteractionColumns columns, FeedbackRule rule, IProcessGroup group)
    {
        if (rule.Kind == FeedbackKind.Likes)
        {
            columns.Values.AsSpan().Fill(1);
        }

        var values = columns.Values;
        float[] ends = values.Length == 0 ? [] : [TensorPrimitives.Min<float>(values), TensorPrimitives.Max<float>(values)];
        ends = [.. group.OfAll(ends).SelectMany(ofOne => ofOne)];
        var deciding = rule.Deciding(values, new RatingScale(ends.Min(), ends.Max()));
        return rule.Decide([.. group.OfAll(deciding).SelectMany(ofOne => ofOne)]);
    }

    // Returns how many are left out.
    private static long KeepFrom(float least, ref InteractionColumns columns, IProcessGroup group)
    {
        var (users, items, values, times) = (columns.UserRows, columns.ItemRows, columns.Values, columns.Timestamps);
        int[] kept = [.. Enumerable.Range(0, values.Length).Where(i => values[i] >= least)];
        columns = columns with
        {
            UserRows = Array.ConvertAll(kept, i => users[i]),
            ItemRows = Array.ConvertAll(kept, i => items[i]),
            Values = Array.ConvertAll(kept, i => values[i]),
            Timestamps = times is null ? null : Array.ConvertAll(kept, i => times[i]),
        };
        return group.Sum(values.Length - kept.Length);
    }

    private static InteractionColumns WithoutUnusedIds(InteractionColumns columns, IProcessGroup group)
    {
        return columns with
        {
            Users = Used(columns.Users, ShardBy.User, columns.UserRows),
            Items = Used(columns.Items, ShardBy.Item, columns.ItemRows),
        };

        IdIndex Used(IdIndex ids, ShardBy of, int[] rows)
        {
            var counts = Counts(columns, of, group);
            int[] used = [.. Enumerable.Range(0, counts.Length).Where(code => counts[code] > 0)];
            if (used.Length == ids.Count)
            {
                return ids;
            }

            var codes = new int[ids.Count];
            for (var code = 0; code < used.Length; code++)
            {
                codes[used[code]] = code;
            }

            foreach (ref var row in rows.AsSpan())
            {
                row = codes[row];
            }

            return group.Rank == 0 ? ids.Select(used) : IdIndex.OfUnknown(used.Length);
        }
    }

    // Interactions are in order, here and in the whole log: by user, and by item within a user.
    private static WholeLog WholeOf(InteractionColumns columns, LogShare share, IProcessGroup group)
    {
        var (own, before) = (Codes.Count(columns.UserRows, columns.Users.Count), new int[columns.Users.Count]);

        // Where a user's interactions lie on several processes, those of processes before this one come first.
        var ofAll = SharedRatings.Sum(own.Length, isOnAll: true, group, (sums, first, end) =>
        {
            for (var user = first; user < end; user++)
            {
                before[user] = (int)sums[user];
                sums[user] += own[user];
            }
        });
        var count = Sizes.Of("interactions", (long)ofAll.Sum(), 1);
        var positions = new int[columns.Values.Length];
        for (var (user, place, start) = (0, 0, 0); user < own.Length; start += (int)ofAll[user++])
        {
            for (var i = 0; i < own[user]; i++)
            {
                positions[place++] = start + before[user] + i;
            }
        }

        var fingerprint = Fingerprint(columns, ofAll, group);
        return new WholeLog(count, fingerprint, share.IsByUser ? [positions.FirstOrDefault()] : positions);
    }

    /// <summary>The fingerprint of a log, which process 0 makes of the interactions of some users at a time.</summary>
    /// <param name="columns">The interactions of this process, in order; the ids are those of process 0.</param>
    /// <param name="ofUsers">The number of interactions of each user on all processes.</param>
    /// <param name="group">The processes.</param>
    /// <param name="mostEntries">The most interactions at a time, but for a user who has more; tests make it small.</param>
    public static string Fingerprint(
        InteractionColumns columns, double[] ofUsers, IProcessGroup group, int mostEntries = MostEntries)
    {
        using var hash = group.Rank == 0 ? new LogHash(columns.Users, columns.Items) : null;
        for (var (user, place) = (0, 0); user < ofUsers.Length;)
        {
            for (var entries = 0.0; user < ofUsers.Length && (entries == 0 || entries + ofUsers[user] <= mostEntries); user++)
            {
                entries += ofUsers[user];
            }

            var first = place;
            while (place < columns.UserRows.Length && columns.UserRows[place] < user)
            {
                place++;
            }

            var counts = new int[group.Size];
            counts[0] = place - first;
            var received = group.AllGather(place - first);
            received = group.Rank == 0 ? received : new int[group.Size];
            var users = SharedRatings.Exchange(columns.UserRows[first..place], counts, received, group);
            var items = SharedRatings.Exchange(columns.ItemRows[first..place], counts, received, group);
            var values = SharedRatings.Exchange(columns.Values[first..place], counts, received, group);
            long[] order = [.. users.Zip(items, (user, item) => ((long)user << 32) | (uint)item)];
            order.AsSpan().Sort(values.AsSpan());
            hash?.Add(Array.ConvertAll(order, key => (int)(key >> 32)), Array.ConvertAll(order, key => (int)key), values);
        }

        return group.OfFirst(() => hash!.End());
    }
}
