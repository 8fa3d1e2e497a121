using AutoRec.Catalog;
using AutoRec.Data;

namespace AutoRec.Serving;

/// <summary>
/// Finds what speaks for items: how much lower their score would be without each item of the history and each attribute of the profile.
/// </summary>
/// <param name="fitted">The model.</param>
/// <param name="served">The model as users are served by it.</param>
internal sealed class Explainer(FittedModel fitted, ServedModel served)
{
    /// <summary>The reasons for each of some items, strongest first.</summary>
    /// <param name="score">What the user's scores were made from.</param>
    /// <param name="histories">The user.</param>
    /// <param name="profile">The user's profile.</param>
    /// <param name="items">The rows of the items.</param>
    public IReadOnlyList<Reason>[] Explain(ServedScore score, Histories histories, IReadOnlyDictionary<string, string> profile, int[] items)
    {
        var known = served.KnownBy(histories).Interactions;
        int[] history = score.HistoryScale == 0 ? [] : [.. known.Columns(0)];
        var contributions = history.Length == 0 ? new float[items.Length, 0]
            : served.FoldsIn ? LeaveOneOut(known, items)
            : BySimilarity(known, items);
        return [.. items.Select((item, i) => Reasons(item, j => contributions[i, j]))];

        IReadOnlyList<Reason> Reasons(int item, Func<int, float> contribution)
        {
            var byHistory = history.Select((other, j) => OfHistory(other, contribution(j) * score.HistoryScale));
            IEnumerable<Reason> byProfile = score.ProfileScale == 0 ? []
                : served.Profiles.Explain(profile, item).Select(reason => Scaled(reason, score.ProfileScale));
            return [.. byHistory.Concat(byProfile).OrderByDescending(reason => reason.Contribution)];
        }
    }

    private static Reason Scaled(Reason reason, float scale) => reason with { Contribution = reason.Contribution * scale };

    private Reason OfHistory(int item, float contribution) =>
        new(fitted.Data.Interactions.Items[item], fitted.Data.ItemTitles[item], contribution);

    // [items x history]
    private float[,] LeaveOneOut(InteractionMatrix history, int[] items)
    {
        // Everybody as a new user: a model that keeps a vector of each training user would not notice what is taken out.
        var (columns, values) = (history.Columns(0).ToArray(), history.Values(0).ToArray());
        var contributions = new float[items.Length, columns.Length];
        var scores = new float[history.ColumnCount];
        Score(columns, values);
        var whole = Array.ConvertAll(items, item => scores[item]);
        for (var j = 0; j < columns.Length; j++)
        {
            Score([.. columns[..j], .. columns[(j + 1)..]], [.. values[..j], .. values[(j + 1)..]]);
            for (var i = 0; i < items.Length; i++)
            {
                contributions[i, j] = whole[i] - scores[items[i]];
            }
        }

        return contributions;

        void Score(int[] left, float[] ratings)
        {
            var row = InteractionMatrix.FromTriplets(1, history.ColumnCount, new int[left.Length], left, ratings, history.Feedback);
            fitted.Model.Score(Histories.OfNewUsers(row), scores);
        }
    }

    // [items x history]
    private float[,] BySimilarity(InteractionMatrix history, int[] items)
    {
        var columns = history.Columns(0);
        var contributions = new float[items.Length, columns.Length];
        for (var i = 0; i < items.Length; i++)
        {
            var similarities = served.Space.SimilaritiesTo(items[i]);
            for (var j = 0; j < columns.Length; j++)
            {
                contributions[i, j] = similarities[columns[j]] * SimilarItems.Weight(history.Values(0)[j], history.Scale);
            }
        }

        return contributions;
    }
}
