namespace AutoRec.Data;

/// <summary>
/// What is known of users or items besides their ratings, as numbers: a sparse matrix with a row for each user or item
/// and a column for each feature.
/// </summary>
public static class SideFeatures
{
    private const int Knots = 11; // deciles and both ends

    /// <summary>
    /// What a data set knows of its items besides ids and titles, as numbers between 0 and 1: a feature for each category and for each
    /// value of each other column. A column of more than eleven different numbers, such as a price or a year, has a feature for each of its
    /// deciles instead, between which a number counts in proportion (a piecewise linear function of it).
    /// </summary>
    /// <param name="data">The data set.</param>
    /// <returns>[items x features]; without features if only ids and titles are known.</returns>
    public static InteractionMatrix OfItems(DataSet data)
    {
        ArgumentNullException.ThrowIfNull(data);
        var (items, features, values, count) = (new List<int>(), new List<int>(), new List<float>(), 0);
        foreach (var column in ItemColumn.Describing(data))
        {
            var numbers = column.Numbers();
            var knots = numbers is null || numbers.Count(double.IsFinite) <= Knots ? [] : KnotsOf(column, numbers);
            for (var item = 0; item < data.Interactions.Items.Count; item++)
            {
                foreach (var code in column.Codes.AsSpan(column.Offsets[item]..column.Offsets[item + 1]))
                {
                    if (knots.Length == 0)
                    {
                        Add(item, code, 1);
                    }
                    else if (double.IsFinite(numbers![code]))
                    {
                        var (knot, share) = Place(knots, numbers[code]);
                        Add(item, knot, 1 - share);
                        Add(item, knot + 1, share);
                    }
                }
            }

            count += knots.Length == 0 ? column.Count : knots.Length;
        }

        return InteractionMatrix.FromTriplets(
            data.Interactions.Items.Count, count, items.ToArray(), features.ToArray(), values.ToArray());

        void Add(int item, int feature, double value)
        {
            if (value > 0)
            {
                items.Add(item);
                features.Add(count + feature);
                values.Add((float)value);
            }
        }
    }

    /// <summary>Says that a model requires features of items which the data do not have.</summary>
    internal static string WhyMissing(string model) =>
        $"The model '{model}' recommends items without history by their features, and only ids and titles of items are known. "
        + "Give a table of items with a category or other columns (--item-file FILE).";

    /// <summary>
    /// A feature for each label that occurs, such as a genre or <c>age=18-24</c>, in ordinal order: 1 where a row has it.
    /// </summary>
    /// <param name="labels">The labels of each row; a row may have none, and those that occur twice count once.</param>
    /// <returns>[rows x labels].</returns>
    public static InteractionMatrix OneHot(IReadOnlyList<IEnumerable<string>> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        var sets = labels.Select(row => row.ToHashSet(StringComparer.Ordinal)).ToArray();
        var columns = sets.SelectMany(row => row).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
            .Select((label, column) => (label, column)).ToDictionary(pair => pair.label, pair => pair.column, StringComparer.Ordinal);
        var entries = sets.SelectMany((row, index) => row.Select(label => (Row: index, Column: columns[label]))).ToArray();
        return InteractionMatrix.FromTriplets(
            sets.Length,
            columns.Count,
            Array.ConvertAll(entries, entry => entry.Row),
            Array.ConvertAll(entries, entry => entry.Column),
            Array.ConvertAll(entries, _ => 1f));
    }

    /// <summary>The numbers of a table, zeros left out.</summary>
    /// <param name="table">[rows x features].</param>
    /// <exception cref="ArgumentException">A number is not finite.</exception>
    public static InteractionMatrix FromTable(float[,] table)
    {
        ArgumentNullException.ThrowIfNull(table);
        var entries = from row in Enumerable.Range(0, table.GetLength(0))
                      from column in Enumerable.Range(0, table.GetLength(1))
                      where table[row, column] != 0
                      select (Row: row, Column: column, Value: table[row, column]);
        var list = entries.ToArray();
        if (Array.Find(list, entry => !float.IsFinite(entry.Value)) is { Value: not 0 } wrong)
        {
            throw new ArgumentException(
                $"The feature in row {wrong.Row}, column {wrong.Column} is {wrong.Value}, not a finite number.", nameof(table));
        }

        return InteractionMatrix.FromTriplets(
            table.GetLength(0),
            table.GetLength(1),
            Array.ConvertAll(list, entry => entry.Row),
            Array.ConvertAll(list, entry => entry.Column),
            Array.ConvertAll(list, entry => entry.Value));
    }

    // The lowest number, the deciles over items, and the highest; those that differ.
    private static double[] KnotsOf(ItemColumn column, double[] numbers)
    {
        double[] ofItems = [.. column.Codes.Select(code => numbers[code]).Where(double.IsFinite).Order()];
        return [.. Enumerable.Range(0, Knots).Select(knot => ofItems[(int)((ofItems.Length - 1L) * knot / (Knots - 1))]).Distinct()];
    }

    // The knot at or below a number, and how far it is from it to the next, 0 to 1.
    private static (int Knot, double Share) Place(double[] knots, double number)
    {
        var after = Array.FindIndex(knots, knot => knot > number);
        return after < 0 ? (knots.Length - 1, 0) : (after - 1, (number - knots[after - 1]) / (knots[after] - knots[after - 1]));
    }
}
