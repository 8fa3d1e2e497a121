using System.Globalization;

namespace AutoRec.Notebooks;

/// <summary>The key numbers of each kind of chart in a sentence: the picture's alternative text.</summary>
internal static class Summaries
{
    private const int MostNames = 12;

    public static string Bars(string quantity, IReadOnlyList<string> names, IReadOnlyList<double> values) =>
        $"{quantity} by category: "
        + string.Join("; ", names.Zip(values, (name, value) => $"{name}: {Numbers.Short(value)}").Take(MostNames)) + More(names.Count);

    public static string Values(string count, IReadOnlyCollection<double> values, int leftOut)
    {
        if (values.Count == 0)
        {
            return $"no {count}";
        }

        var sorted = values.Order().ToArray();
        var median = (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
        var left = leftOut > 0 ? $"; {Numbers.Short(leftOut)} without a place on the axis left out" : "";
        return $"{Numbers.Short(sorted.Length)} {count}, from {Numbers.Short(sorted[0])} to {Numbers.Short(sorted[^1])}, "
            + $"median {Numbers.Short(median)}, mean {Numbers.Short(sorted.Average())}{left}";
    }

    public static string Lines(IReadOnlyList<Series> series) => string.Join("; ", series.Select(one =>
    {
        var known = Enumerable.Range(0, one.X.Count).Where(i => double.IsFinite(one.Y[i])).ToArray();
        if (known.Length == 0)
        {
            return $"{one.Name} without values";
        }

        var low = known.MinBy(i => one.Y[i]);
        var high = known.MaxBy(i => one.Y[i]);
        return $"{one.Name} from {Numbers.Short(one.Y[known[0]])} to {Numbers.Short(one.Y[known[^1]])} ".TrimStart()
            + $"(lowest {Numbers.Short(one.Y[low])}, highest {Numbers.Short(one.Y[high])})";
    }));

    public static string Points(IReadOnlyList<Series> series, int most) => string.Join("; ", series.Select(one =>
        (one.Name.Length > 0 ? one.Name + ": " : "") + $"{Numbers.Short(one.X.Count)} points"
        + (one.X.Count > most ? $" ({Numbers.Short(most)} of them drawn)" : "") + $", x from {Range(one.X)}, y from {Range(one.Y)}"));

    public static string Cells(string unit, IReadOnlyList<string> columns, IReadOnlyList<string> rows, double[,] values)
    {
        var cells = from row in Enumerable.Range(0, rows.Count)
                    from column in Enumerable.Range(0, columns.Count)
                    where double.IsFinite(values[row, column])
                    select (Name: $"{rows[row]} / {columns[column]}", Value: values[row, column]);
        var sorted = cells.OrderBy(cell => cell.Value).ToArray();
        return sorted.Length == 0
            ? "no values"
            : $"{unit}, {rows.Count} rows and {columns.Count} columns: lowest {Numbers.Short(sorted[0].Value)} ({sorted[0].Name}), "
                + $"highest {Numbers.Short(sorted[^1].Value)} ({sorted[^1].Name})";
    }

    public static string LongTail(string items, string interactions, double[] shares)
    {
        var count = shares.Length - 1;
        return count == 0
            ? $"no {items}"
            : $"of {Numbers.Short(count)} {items}, " + string.Join(", ", new[] { 1, 10, 50 }.Select(percent =>
                $"the top {percent} % hold "
                + $"{Numbers.Short(Math.Round(100 * shares[(int)Math.Ceiling(count * percent / 100.0)], 1))} % of {interactions}"));
    }

    public static string Intervals(
        IReadOnlyList<string> labels, IReadOnlyList<double> estimates, IReadOnlyList<double> low, IReadOnlyList<double> high) =>
        string.Join("; ", labels.Select((label, i) => $"{label} {Fixed(estimates[i])} [{Fixed(low[i])}, {Fixed(high[i])}]").Take(MostNames))
        + More(labels.Count);

    // An estimate and its ends are compared, so none of them is written with an exponent. (Adding zero leaves no -0.)
    private static string Fixed(double value) => (Math.Round(value, 4) + 0.0).ToString("#,0.####", CultureInfo.InvariantCulture);

    private static string Range(IReadOnlyList<double> values)
    {
        var known = values.Where(double.IsFinite).DefaultIfEmpty(double.NaN).ToArray();
        return $"{Numbers.Short(known.Min())} to {Numbers.Short(known.Max())}";
    }

    private static string More(int count) => count > MostNames ? $", and {count - MostNames} more" : "";
}
