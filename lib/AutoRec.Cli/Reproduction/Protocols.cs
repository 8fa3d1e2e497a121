using System.Globalization;
using AutoRec.Data;
using AutoRec.Evaluation;
using AutoRec.Experiments;
using AutoRec.Splitting;

namespace AutoRec.Cli.Reproduction;

/// <summary>The protocols that published figures were measured by, on data that can be had.</summary>
internal static class Protocols
{
    /// <summary>Random 5-fold cross-validation, as the Surprise library prints.</summary>
    public static Protocol MovieLens100KFolds { get; } = new(
        "ml-100k-5-fold",
        "MovieLens 100K, random 5-fold cross-validation, RMSE",
        "All ratings, drawn into five folds at random; each fold is predicted from the other four. "
            + "RMSE over the ratings of a fold, averaged over folds.",
        "rmse,mae",
        (data, seed) => new KFoldSplitter(5).Splits(data.Log("ml-100k"), seed)
            .Select(split => Fold.Of(split, new RandomSplitter(0.8), seed)))
    {
        ValidationMetric = "rmse",
    };

    /// <summary>The folds that come with the data.</summary>
    public static Protocol MovieLens100KFiles { get; } = new(
        "ml-100k-u1-u5",
        "MovieLens 100K, the folds u1 to u5 of the archive, RMSE",
        "Training and test files as they come with the data. The folds are disjoint but not random: users are tested in blocks. "
            + "RMSE averaged over folds.",
        "rmse,mae",
        (data, seed) => Enumerable.Range(1, 5).Select(fold => Fold.Of(FilesOfFold(data, fold), new RandomSplitter(0.8), seed)))
    {
        ValidationMetric = "rmse",
    };

    /// <summary>The protocol of AutoRec's paper.</summary>
    public static Protocol MovieLens1MRatings { get; } = new(
        "ml-1m-90-10",
        "MovieLens 1M, random 90/10, RMSE",
        "All ratings; a tenth, drawn at random, is predicted from the rest. Predictions are clipped to 1..5.",
        "rmse,mae",
        (data, seed) => [Fold.Of(new RandomSplitter(0.9).Split(data.Log("ml-1m"), seed), new RandomSplitter(0.9), seed)])
    {
        ValidationMetric = "rmse",
    };

    /// <summary>The protocol of the comparison by Ferrari Dacrema et al.</summary>
    public static Protocol MovieLens1MTopN { get; } = new(
        "ml-1m-80-20",
        "MovieLens 1M, random 80/20, every rating positive, whole catalogue ranked",
        "Every rating is a positive, whatever its value; a fifth, drawn at random, is held out. "
            + "A held-out item is to be found among all items that are not in the user's training part. "
            + "NDCG-full divides by the ideal of all the user's test items, as the published figures do; NDCG by that of the first ten.",
        "precision@10,recall@10,ndcg-full@10,ndcg@10",
        (data, seed) => [Fold.Of(new RandomSplitter(0.8).Split(Positives(data), seed), new RandomSplitter(0.8), seed)])
    {
        ValidationMetric = "ndcg-full@10",
    };

    /// <summary>Strong generalisation after Liang et al. 2018.</summary>
    public static Protocol MovieLens1MStrong { get; } = new(
        "ml-1m-strong",
        "MovieLens 1M, 600 new users, 75 % of their items folded in, 25 % to be found",
        "Ratings of 4 and 5 are positives, of users with at least five; "
            + "4,834 users are trained on, 600 are for validation and 600 for testing. "
            + "The model gets 75 % of a test user's items and ranks the rest of the catalogue (items of the training users).",
        "ndcg@100,ndcg@10,calibrated-recall@20,calibrated-recall@50,precision@10",
        (data, _) => [StrongFold(data, findsLowRatings: false)])
    {
        IsFixed = true,
    };

    /// <summary>The protocol that the notebooks of Microsoft Recommenders have.</summary>
    public static Protocol MovieLens1MStrongWithLowRatings { get; } = new(
        "ml-1m-strong-low-ratings",
        "MovieLens 1M, the same 600 new users, 25 % of their items and all that they rated below 4 to be found",
        "As above, but the items that a held-out user rated below 4 count as relevant too, besides the 25 % of those rated 4 or 5. "
            + "The notebooks of Microsoft Recommenders measure so: they write these ratings into the matrix that their metrics read. "
            + "These figures are for comparison with theirs only.",
        "ndcg@100,ndcg@10,calibrated-recall@20,calibrated-recall@50,precision@10",
        (data, _) => [StrongFold(data, findsLowRatings: true)])
    {
        IsFixed = true,
    };

    /// <summary>The protocol of He et al. 2017.</summary>
    public static Protocol MovieLens1MLeaveOneOut { get; } = new(
        "ml-1m-ncf",
        "MovieLens 1M, the last item of each user among 99 sampled negatives",
        "Every rating is a positive. The last item of each user is held out and ranked among the 99 items without a rating "
            + "that He et al. (2017) drew and published. A metric on sampled negatives can order models otherwise than "
            + "the same metric on the whole catalogue (Krichene and Rendle, KDD 2020): "
            + "these figures are for comparison with published ones only. "
            + "156 of the 597,960 negatives are the held-out item itself and left out.",
        "hit-rate@10,ndcg@10",
        (data, seed) => [LeaveOneOutFold(data, seed)])
    {
        IsFixed = true,
        ValidationMetric = "ndcg@10",
    };

    private static Interactions Positives(DataFolder data) =>
        data.Keep("ml-1m positives", () => data.Log("ml-1m").ToPositives(0));

    private static Split FilesOfFold(DataFolder data, int fold) => data.Keep($"ml-100k u{fold}", () =>
    {
        var parts = Interactions.Align([Read($"u{fold}.base"), Read($"u{fold}.test")]);
        return Split.Of(parts[0], parts[1]);

        Interactions Read(string file) => RatingsReader.Read(
            data.File("ml-100k", file),
            new ReadOptions { Scale = RatingScale.OneToFive }).Interactions;
    });

    private static Fold StrongFold(DataFolder data, bool findsLowRatings)
    {
        const string Folder = "multvae-recommenders-ml1m";
        var trainUsers = data.Lines("ml-1m", "splits", Folder, "train_users.txt").ToHashSet();
        var log = data.Log("ml-1m");
        var train = log.Where(i => trainUsers.Contains(log.Users[log.UserRows[i]])).ToPositives(4);
        string[] files = ["test_tr.tsv", "test_te.tsv", "validation_tr.tsv", "validation_te.tsv"];
        var read = files.Select(Positives).ToArray();
        if (findsLowRatings)
        {
            (read[1], read[3]) = (WithLowRatings(read[1]), WithLowRatings(read[3]));
        }

        var parts = Interactions.Align([train, .. read]);
        if (parts[0].Items.Count - train.Items.Count is > 0 and var more)
        {
            throw new DataFileException(
                data.File("ml-1m", "splits", Folder, files[0]),
                $"{more} items of held-out users are not items of the training users.");
        }

        return Fold.Of(Split.OfNewUsers(parts[0], parts[1], parts[2]), () => Split.OfNewUsers(parts[0], parts[3], parts[4]));

        // These items, and what the same users rated below 4 among the items of the training users.
        Interactions WithLowRatings(Interactions targets)
        {
            var matrix = targets.ToMatrix();
            return log.Where(i =>
            {
                var item = log.Items[log.ItemRows[i]];
                return targets.Users.TryGetRow(log.Users[log.UserRows[i]], out var user) && (log.Values[i] < 4
                    ? train.Items.TryGetRow(item, out _)
                    : targets.Items.TryGetRow(item, out var row) && matrix.Contains(user, row));
            }).ToPositives(0);
        }

        Interactions Positives(string file) => RatingsReader.Read(
            data.File("ml-1m", "splits", Folder, file),
            new ReadOptions { Columns = new ColumnNames("user_id", "movie_id", "rating") })
            .Interactions.ToPositives(0);
    }

    private static Fold LeaveOneOutFold(DataFolder data, int seed)
    {
        var log = Positives(data);
        var movieOf = data.Lines("ml-1m", "splits", "ncf-loo", "ncf_item_map.tsv").Skip(1)
            .Select(line => line.Split('\t')).ToDictionary(fields => fields[0], fields => log.Items.RowOf(fields[1]));
        var candidates = new SampledCandidates[log.Users.Count];
        foreach (var line in data.Lines("ml-1m", "splits", "ncf-loo", "ml-1m.test.negative"))
        {
            // (user,positive) and the negatives between tabs; user 0 is the user 1 of the ratings file.
            var fields = line.Split('\t');
            var pair = fields[0].Trim('(', ')').Split(',');
            var number = int.Parse(pair[0], NumberStyles.None, CultureInfo.InvariantCulture) + 1;
            var user = log.Users.RowOf(number.ToString(CultureInfo.InvariantCulture));
            candidates[user] = new SampledCandidates(movieOf[pair[1]], [.. fields[1..].Select(item => movieOf[item])]);
        }

        if (Array.IndexOf(candidates, null) is >= 0 and var missing)
        {
            throw new DataFileException(
                data.File("ml-1m", "splits", "ncf-loo", "ml-1m.test.negative"),
                $"The user {log.Users[missing]} of the ratings file is not in it.");
        }

        var isHeldOut = Enumerable.Range(0, log.Count).ToLookup(i => candidates[log.UserRows[i]].Positive == log.ItemRows[i]);
        var split = Split.Of(log.Select([.. isHeldOut[false]]), log.Select([.. isHeldOut[true]]));
        return Fold.Of(split, new LeaveOneOutSplitter(), seed) with
        {
            MeasureLists = (model, metrics) => SampledRanking.Rank(model, split.Test.Histories, candidates, metrics).PerUser,
        };
    }
}
