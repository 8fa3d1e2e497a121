using System.Globalization;
using System.Numerics.Tensors;
using AutoRec.Data;

namespace AutoRec.Serving;

/// <summary>
/// Recommends by profile alone, for users without a history: an item counts as far as users who share an attribute have it
/// more often than all users do. With p(i) the share of users who have item i, c(i, a) of the n(a) users with the attribute value a,
/// score(i) = ln p(i) + sum over the attributes of ln((c(i, a) + s p(i)) / ((n(a) + s) p(i))): naive Bayes, in
/// which s users without a bias towards anything draw small groups to the popularity of items.
/// </summary>
/// <remarks>Any columns will do: one of numbers with many values is cut into five groups of about as many users, each other
/// value is a group of its own, and users whose value is not known count for no group.</remarks>
public sealed class ProfileModel
{
    /// <summary>s, in users.</summary>
    private const double Smoothing = 50;
    private const int Groups = 5;
    private const int ManyValues = 12;

    private readonly Dictionary<string, Column> columns;
    private readonly float[] popularity; // ln p(i): [items]

    /// <summary>Counts.</summary>
    /// <param name="interactions">[users x items].</param>
    /// <param name="attributes">The columns by name: a value for each user, empty where it is not known.</param>
    public ProfileModel(InteractionMatrix interactions, IReadOnlyDictionary<string, IReadOnlyList<string>> attributes)
    {
        ArgumentNullException.ThrowIfNull(interactions);
        ArgumentNullException.ThrowIfNull(attributes);
        var byItem = interactions.Transpose();

        // Half a user more, so that an item nobody has comes last and not at minus infinity.
        popularity = [.. Enumerable.Range(0, byItem.RowCount).Select(item => (float)Math.Log((byItem.RowLength(item) + 0.5) / (interactions.RowCount + 1)))];
        columns = attributes.ToDictionary(column => column.Key, column => Column.Of(column.Value, interactions, popularity), StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The names of the attributes.</summary>
    public IReadOnlyCollection<string> Attributes => columns.Keys;

    /// <summary>The values, or groups of values, of an attribute.</summary>
    public IReadOnlyCollection<string> Values(string attribute) => columns[attribute].Logarithms.Keys;

    /// <summary>The value, or group of values, that a user's value of an attribute counts for; null where it counts for none.</summary>
    /// <exception cref="KeyNotFoundException">There is no such attribute.</exception>
    public string? GroupOf(string attribute, string value) => columns[attribute].GroupOf(value);

    /// <summary>Scores all items.</summary>
    /// <param name="profile">Attributes and their values, or groups of values as <see cref="Values"/> has them; those not given, and empty ones,
    /// count for nothing.</param>
    /// <param name="scores">Receives the scores: [items].</param>
    /// <exception cref="ArgumentException">There is no such attribute, or it has no such value.</exception>
    public void Score(IReadOnlyDictionary<string, string> profile, Span<float> scores)
    {
        popularity.CopyTo(scores);
        AddRatios(profile, scores);
    }

    /// <summary>Adds the sum over the attributes, without ln p(i), to scores: [items].</summary>
    internal void AddRatios(IReadOnlyDictionary<string, string> profile, Span<float> scores)
    {
        foreach (var (_, ratios) in Find(profile))
        {
            TensorPrimitives.Add(scores, ratios, scores);
        }
    }

    /// <summary>How much each attribute of a profile speaks for an item, strongest first.</summary>
    internal IEnumerable<Reason> Explain(IReadOnlyDictionary<string, string> profile, int item) =>
        Find(profile).Select(found => new Reason(null, found.Title, found.Ratios[item])).OrderByDescending(reason => reason.Contribution);

    private IEnumerable<(string Title, float[] Ratios)> Find(IReadOnlyDictionary<string, string> profile)
    {
        foreach (var (name, value) in profile)
        {
            if (!columns.TryGetValue(name, out var column))
            {
                throw new ArgumentException($"The profile has no '{name}'; it can have {string.Join(", ", columns.Keys)}.");
            }

            if (value.Length > 0)
            {
                var group = column.GroupOf(value) ?? throw new ArgumentException($"'{value}' is no {name}; expected {column.Expected}.");
                yield return ($"{name}: {group}", column.Logarithms[group]);
            }
        }
    }

    /// <summary>An attribute: its groups, and for each the logarithms of how much more its users have an item.</summary>
    private sealed record Column(double[]? Cuts, Dictionary<string, float[]> Logarithms)
    {
        public string Expected => Cuts is null ? $"one of {string.Join(", ", Logarithms.Keys)}" : "a number";

        public static Column Of(IReadOnlyList<string> values, InteractionMatrix interactions, float[] popularity)
        {
            var cuts = CutsOf(values);
            var groups = values.Select((value, user) => (Group: Group(value, cuts), User: user)).Where(entry => entry.Group is not null).GroupBy(entry => entry.Group!, entry => entry.User);
            var ordered = cuts is null
                ? groups.OrderBy(group => group.Key, StringComparer.Ordinal)
                : groups.OrderBy(group => double.Parse(values[group.First()], NumberStyles.Float, CultureInfo.InvariantCulture));
            return new Column(cuts, ordered.ToDictionary(group => group.Key, group => Ratios([.. group], interactions, popularity)));
        }

        public string? GroupOf(string value) => Logarithms.ContainsKey(value) ? value : Group(value, Cuts) is { } group && Logarithms.ContainsKey(group) ? group : null;

        private static float[] Ratios(int[] users, InteractionMatrix interactions, float[] popularity)
        {
            var counts = new float[popularity.Length];
            foreach (var user in users)
            {
                foreach (var item in interactions.Columns(user))
                {
                    counts[item]++;
                }
            }

            return [.. counts.Select((count, item) =>
            {
                var share = Math.Exp(popularity[item]);
                return (float)Math.Log((count + (Smoothing * share)) / ((users.Length + Smoothing) * share));
            })];
        }

        /// <summary>Where the groups of a column of numbers begin; null for one of words or of few numbers.</summary>
        private static double[]? CutsOf(IReadOnlyList<string> values)
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
            return numbers.Distinct().Count() <= ManyValues ? null
                : [.. Enumerable.Range(0, Groups).Select(group => numbers[group * numbers.Count / Groups]).Distinct()];
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
