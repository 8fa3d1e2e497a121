using System.Globalization;
using System.Numerics.Tensors;
using AutoRec.Data;

namespace AutoRec.Serving;

/// <summary>
/// Recommends by profile alone: an item scores higher if users who share an attribute have it more often than all users do, where to have
/// an item is to have a positive interaction with it. With p(i) the share of users who have item i, and c(i, a) of the n(a) users with the
/// attribute value a, score(i) = ln p(i) + sum over the attributes of ln((c(i, a) + s p(i)) / ((n(a) + s) p(i))): naive Bayes, smoothed by
/// s users who have items as all users do. With an empty profile the score is that of popularity.
/// </summary>
/// <remarks>
/// Attributes may be of any kind. Numbers with more than 12 different values are cut into five groups of about as many users; otherwise
/// each value is a group. Users whose value is not known are in no group, and users without an interaction are not counted.
/// </remarks>
public sealed class ProfileModel
{
    /// <summary>s, in users.</summary>
    private const double Smoothing = 50;
    private const int GroupsOfNumbers = 5;
    private const int ManyValues = 12;

    private readonly IReadOnlyDictionary<string, IReadOnlyList<string>> attributes;
    private readonly Dictionary<string, Column> columns;
    private readonly float[] popularity; // ln p(i): [items]

    /// <summary>Counts who has what.</summary>
    /// <param name="interactions">[users x items].</param>
    /// <param name="attributes">The attributes by name: a value for each user, empty if it is not known: [users].</param>
    public ProfileModel(InteractionMatrix interactions, IReadOnlyDictionary<string, IReadOnlyList<string>> attributes)
    {
        ArgumentNullException.ThrowIfNull(interactions);
        ArgumentNullException.ThrowIfNull(attributes);
        this.attributes = attributes;
        var counts = new int[interactions.ColumnCount];
        int[] users = [.. Enumerable.Range(0, interactions.RowCount).Where(user => CountPositives(interactions, user, counts) > 0)];

        // Half a user more, so that an item nobody has comes last and not at minus infinity.
        popularity = Array.ConvertAll(counts, count => (float)Math.Log((count + 0.5) / (users.Length + 1)));
        columns = attributes.ToDictionary(
            column => column.Key, column => Column.Of(column.Value, users, interactions, popularity), StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Popularity alone, for data without attributes of users.</summary>
    internal static ProfileModel WithoutAttributes(InteractionMatrix interactions) =>
        new(interactions, new Dictionary<string, IReadOnlyList<string>>());

    /// <summary>The names of the attributes.</summary>
    public IReadOnlyCollection<string> Attributes => columns.Keys;

    /// <summary>The values, or groups of values, of an attribute.</summary>
    /// <exception cref="KeyNotFoundException">There is no such attribute.</exception>
    public IReadOnlyCollection<string> Values(string attribute) => columns[attribute].Logarithms.Keys;

    /// <summary>The group that a value of an attribute is in; null if it is in none.</summary>
    /// <exception cref="KeyNotFoundException">There is no such attribute.</exception>
    public string? GroupOf(string attribute, string value) => columns[attribute].GroupOf(value);

    /// <summary>Scores all items.</summary>
    /// <param name="profile">Attributes and their values, or groups of values as <see cref="Values"/> gives them. Attributes that are
    /// left out or empty do not count.</param>
    /// <param name="scores">Receives the scores: [items].</param>
    /// <exception cref="ArgumentException">There is no such attribute, or it has no such value.</exception>
    public void Score(IReadOnlyDictionary<string, string> profile, Span<float> scores)
    {
        ScorePopularity(scores);
        foreach (var (_, ratios) in Find(profile))
        {
            TensorPrimitives.Add(scores, ratios, scores);
        }
    }

    /// <summary>Checks that a profile has no unknown attribute or value.</summary>
    /// <exception cref="ArgumentException">It has one.</exception>
    internal void Check(IReadOnlyDictionary<string, string> profile)
    {
        foreach (var unused in Find(profile))
        {
        }
    }

    /// <summary>Scores all items by popularity: ln p(i).</summary>
    internal void ScorePopularity(Span<float> scores) => popularity.CopyTo(scores);

    /// <summary>The profile of a user of the data set: the values that other users have too.</summary>
    /// <param name="user">The user's row in the data set, or -1 for a user who is not part of it and has no profile.</param>
    internal IReadOnlyDictionary<string, string> ProfileOf(int user) => attributes
        .Where(column => user >= 0 && user < column.Value.Count && columns[column.Key].GroupOf(column.Value[user]) is not null)
        .ToDictionary(column => column.Key, column => column.Value[user]);

    /// <summary>How much each attribute of a profile speaks for an item, strongest first.</summary>
    internal IEnumerable<Reason> Explain(IReadOnlyDictionary<string, string> profile, int item) =>
        Find(profile).Select(found => new Reason(null, found.Title, found.Ratios[item])).OrderByDescending(reason => reason.Contribution);

    private IEnumerable<(string Title, float[] Ratios)> Find(IReadOnlyDictionary<string, string> profile)
    {
        foreach (var (name, value) in profile)
        {
            if (!columns.TryGetValue(name, out var column))
            {
                throw new ArgumentException(columns.Count == 0
                    ? $"Attribute '{name}' is unknown: the data of this model has no profiles. Leave out the profile."
                    : $"Attribute '{name}' is unknown. Attributes of profiles: {string.Join(", ", columns.Keys)}.");
            }

            if (value.Length > 0)
            {
                var group = column.GroupOf(value)
                    ?? throw new ArgumentException($"Attribute '{name}' must be {column.Expected}; got '{value}'.");
                yield return ($"{name}: {group}", column.Logarithms[group]);
            }
        }
    }

    /// <summary>An attribute: its groups, and for each the logarithms of how much more often its users have an item.</summary>
    // In place: a copy of the positives may be as large as the model.
    private static int CountPositives(InteractionMatrix interactions, int user, int[] counts)
    {
        var items = interactions.Columns(user);
        var values = interactions.Values(user);
        var count = 0;
        for (var i = 0; i < items.Length; i++)
        {
            if (interactions.Feedback.IsPositive(values[i]))
            {
                counts[items[i]]++;
                count++;
            }
        }

        return count;
    }

    private sealed record Column(double[]? Cuts, Dictionary<string, float[]> Logarithms)
    {
        public string Expected => Cuts is null ? $"one of {string.Join(", ", Logarithms.Keys)}" : "a number";

        public static Column Of(IReadOnlyList<string> values, int[] users, InteractionMatrix interactions, float[] popularity)
        {
            var cuts = CutsOf([.. users.Select(user => values[user])]);
            var groups = users.Select(user => (Group: Group(values[user], cuts), User: user))
                .Where(entry => entry.Group is not null)
                .GroupBy(entry => entry.Group!, entry => entry.User);
            var ordered = cuts is null
                ? groups.OrderBy(group => group.Key, StringComparer.Ordinal)
                : groups.OrderBy(group => double.Parse(values[group.First()], NumberStyles.Float, CultureInfo.InvariantCulture));
            return new Column(cuts, ordered.ToDictionary(group => group.Key, group => Ratios([.. group], interactions, popularity)));
        }

        public string? GroupOf(string value) =>
            Logarithms.ContainsKey(value) ? value : Group(value, Cuts) is { } group && Logarithms.ContainsKey(group) ? group : null;

        private static float[] Ratios(int[] users, InteractionMatrix interactions, float[] popularity)
        {
            var counts = new int[popularity.Length];
            Array.ForEach(users, user => CountPositives(interactions, user, counts));

            return [.. counts.Select((count, item) =>
            {
                var share = Math.Exp(popularity[item]);
                return (float)Math.Log((count + (Smoothing * share)) / ((users.Length + Smoothing) * share));
            })];
        }

        /// <summary>The lower ends of the groups of a column of numbers; null for a column of words or of few numbers.</summary>
        private static double[]? CutsOf(string[] values)
        {
            var numbers = new List<double>();
            foreach (var value in values.Where(value => value.Length > 0))
            {
                if (!double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number))
                {
                    return null;
                }

                numbers.Add(number);
            }

            numbers.Sort();
            return numbers.Distinct().Count() <= ManyValues
                ? null
                : [.. Enumerable.Range(0, GroupsOfNumbers).Select(group => numbers[group * numbers.Count / GroupsOfNumbers]).Distinct()];
        }

        private static string? Group(string value, double[]? cuts)
        {
            if (value.Length == 0 || cuts is null)
            {
                return value.Length == 0 ? null : value;
            }

            if (!double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            {
                return null;
            }

            var place = Math.Max(0, Array.FindLastIndex(cuts, cut => number >= cut));
            return place == cuts.Length - 1
                ? FormattableString.Invariant($"{cuts[place]} and more")
                : FormattableString.Invariant($"{(place == 0 ? "" : $"{cuts[place]} to ")}below {cuts[place + 1]}");
        }
    }
}
