using System.Numerics;
using AutoRec.Evaluation;
using AutoRec.Training;

namespace AutoRec.Notebooks;

/// <summary>
/// The charts that the notebooks use. Each method returns a <see cref="Figure"/>; end a cell with it to show it. Axis
/// labels name the quantity and its unit.
/// </summary>
public static class Chart
{
    private const int MostLinePoints = 400;
    private const int MostScatterPoints = 500;

    /// <summary>One bar a category. Bars lie down when their labels would not fit beside each other.</summary>
    /// <param name="title">What the chart shows.</param>
    /// <param name="categories">What the categories are.</param>
    /// <param name="quantity">What is measured, with its unit.</param>
    /// <param name="labels">The categories.</param>
    /// <param name="values">One value a category.</param>
    public static Figure Bar<T>(string title, string categories, string quantity, IEnumerable<string> labels, IEnumerable<T> values)
        where T : INumber<T>
    {
        var (names, numbers) = (labels.ToArray(), Numbers.ToDoubles(values));
        RequireSameLength(title, names.Length, numbers.Length);
        var across = names.Sum(name => name.Length + 1) > 90;
        var (category, value) = (new AxisSpec(categories) { Categories = names, FromTop = across }, new AxisSpec(quantity) { Include = 0 });
        return new Figure(new ChartSpec
        {
            Title = title,
            X = across ? value : category,
            Y = across ? category : value,
            Marks = [new BarsMark(numbers, across)],
            Height = across ? 96 + (names.Length * 22) : 340,
            Summary = Summaries.Bars(quantity, names, numbers),
        });
    }

    /// <summary>How many values fall into each bin. Whole numbers get bins that hold whole numbers.</summary>
    /// <param name="title">What the chart shows.</param>
    /// <param name="quantity">What the values are, with their unit.</param>
    /// <param name="count">What is counted, such as <c>users</c>.</param>
    /// <param name="values">The values.</param>
    /// <param name="bins">About how many bins, at least 1.</param>
    /// <param name="logX">
    /// Bins of equal width on a logarithmic axis; leaves out values of zero and less, and the text says how many.
    /// </param>
    public static Figure Histogram<T>(string title, string quantity, string count, IEnumerable<T> values, int bins = 30, bool logX = false)
        where T : INumber<T>
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 1);
        var all = Numbers.ToDoubles(values);
        var shown = all.Where(value => double.IsFinite(value) && (!logX || value > 0)).ToArray();
        var edges = Binning.Edges(shown, bins, logX);
        return new Figure(new ChartSpec
        {
            Title = title,
            X = new AxisSpec(quantity) { IsLog = logX },
            Y = new AxisSpec(count) { Include = 0 },
            Marks = [new StepsMark(edges, Binning.Count(shown, edges))],
            Summary = Summaries.Values(count, shown, all.Length - shown.Length),
        });
    }

    /// <summary>Lines, one a series.</summary>
    /// <param name="title">What the chart shows.</param>
    /// <param name="x">The horizontal quantity, with its unit.</param>
    /// <param name="y">The vertical quantity, with its unit.</param>
    /// <param name="series">The lines.</param>
    /// <param name="logX">A logarithmic horizontal axis.</param>
    /// <param name="logY">A logarithmic vertical axis.</param>
    public static Figure Line(string title, string x, string y, IReadOnlyList<Series> series, bool logX = false, bool logY = false) =>
        new(Lines(title, new AxisSpec(x) { IsLog = logX }, new AxisSpec(y) { IsLog = logY }, series));

    /// <summary>A line over time.</summary>
    /// <param name="title">What the chart shows.</param>
    /// <param name="y">The vertical quantity, with its unit.</param>
    /// <param name="series">The lines; x is in seconds since 1970-01-01 UTC.</param>
    public static Figure Time(string title, string y, IReadOnlyList<Series> series) =>
        new(Lines(title, new AxisSpec("time (UTC)") { IsTime = true }, new AxisSpec(y) { Include = 0 }, series));

    /// <summary>Points. At most 500 are drawn for each series, evenly taken; the text says so.</summary>
    /// <param name="title">What the chart shows.</param>
    /// <param name="x">The horizontal quantity, with its unit.</param>
    /// <param name="y">The vertical quantity, with its unit.</param>
    /// <param name="series">The points.</param>
    /// <param name="logX">A logarithmic horizontal axis.</param>
    /// <param name="logY">A logarithmic vertical axis.</param>
    public static Figure Scatter(string title, string x, string y, IReadOnlyList<Series> series, bool logX = false, bool logY = false) =>
        new(new ChartSpec
        {
            Title = title,
            X = new AxisSpec(x) { IsLog = logX },
            Y = new AxisSpec(y) { IsLog = logY },
            Marks = [.. series.Select((one, i) => new PointsMark(Binning.Thin(one, MostScatterPoints), i, Joined: false, Dots: true))],
            Summary = Summaries.Points(series, MostScatterPoints),
        });

    /// <summary>A table of numbers as colours.</summary>
    /// <param name="title">What the chart shows.</param>
    /// <param name="x">What the columns are.</param>
    /// <param name="y">What the rows are.</param>
    /// <param name="columns">The column names.</param>
    /// <param name="rows">The row names, from the top.</param>
    /// <param name="values">[rows x columns]; NaN leaves a cell empty.</param>
    /// <param name="unit">What the numbers are.</param>
    public static Figure HeatMap(
        string title, string x, string y, IReadOnlyList<string> columns, IReadOnlyList<string> rows, double[,] values, string unit)
    {
        RequireSameLength(title, rows.Count, values.GetLength(0));
        RequireSameLength(title, columns.Count, values.GetLength(1));
        return new Figure(new ChartSpec
        {
            Title = title,
            X = new AxisSpec(x) { Categories = columns },
            Y = new AxisSpec(y) { Categories = rows, FromTop = true },
            Marks = [new CellsMark(values, unit)],
            Height = 110 + (Math.Clamp(rows.Count, 4, 24) * 22),
            Summary = Summaries.Cells(unit, columns, rows, values),
        });
    }

    /// <summary>The part of a matrix in which most is known, as colours.</summary>
    /// <param name="title">What the chart shows.</param>
    /// <param name="x">What the columns are.</param>
    /// <param name="y">What the rows are.</param>
    /// <param name="corner">The part of the matrix.</param>
    /// <param name="unit">What the numbers are.</param>
    /// <param name="most">Higher numbers are shown as this one. Default: no limit.</param>
    public static Figure HeatMap(
        string title, string x, string y, MatrixCorner corner, string unit, double most = double.PositiveInfinity)
    {
        ArgumentNullException.ThrowIfNull(corner);
        var values = (double[,])corner.Values.Clone();
        for (var row = 0; row < values.GetLength(0); row++)
        {
            for (var column = 0; column < values.GetLength(1); column++)
            {
                values[row, column] = Math.Min(values[row, column], most);
            }
        }

        string[] columns = [.. corner.Columns.Select(column => $"{column}")];
        return HeatMap(title, x, y, columns, [.. corner.Rows.Select(row => $"{row}")], values, unit);
    }

    /// <summary>
    /// What share of all interactions the most popular items hold together: the further the curve lies above the
    /// diagonal, on which all are alike, the longer the tail.
    /// </summary>
    /// <param name="title">What the chart shows.</param>
    /// <param name="items">What is counted, such as <c>movies</c>.</param>
    /// <param name="interactions">What is shared out, such as <c>ratings</c>.</param>
    /// <param name="counts">The number of interactions of each item, in any order.</param>
    public static Figure LongTail(string title, string items, string interactions, IEnumerable<int> counts)
    {
        var sorted = counts.OrderByDescending(count => count).ToArray();
        var shares = Binning.CumulativeShares(sorted);
        var percent = Enumerable.Range(0, sorted.Length + 1).Select(i => 100.0 * i / Math.Max(1, sorted.Length));
        Series[] series =
        [
            Series.Of($"most popular {items} first", percent, shares.Select(share => 100 * share)),
            new("if all were alike", [0, 100], [0, 100]),
        ];
        var spec = Lines(title, new AxisSpec($"share of {items} (%)"), new AxisSpec($"share of {interactions} (%)"), series);
        return new Figure(spec with { Summary = Summaries.LongTail(items, interactions, shares) });
    }

    /// <summary>
    /// The validation measure after each epoch, with the training error beside it where both are the same measure, and
    /// the epoch that was chosen.
    /// </summary>
    /// <param name="title">What the chart shows.</param>
    /// <param name="history">A neural model's <c>TrainingHistory</c>.</param>
    /// <param name="test">The same measure on the test part after each epoch, see <see cref="WatchedValidation"/>; null where nobody
    /// watched. Default null.</param>
    public static Figure TrainingCurve(string title, IReadOnlyList<EpochReport> history, IReadOnlyList<double>? test = null)
    {
        ArgumentOutOfRangeException.ThrowIfZero(history.Count);
        var last = history[^1];
        var epochs = history.Select(report => report.Epoch).ToArray();
        var series = new List<Series>();
        if (last.Validation is null || last.ValidationMetric == last.TrainMetric)
        {
            series.Add(Series.Of("training", epochs, history.Select(report => report.TrainError)));
        }

        if (last.Validation is not null)
        {
            series.Add(Series.Of("validation", epochs, history.Select(report => report.Validation ?? double.NaN)));
        }

        if (test is not null)
        {
            series.Add(Series.Of("test", epochs, test));
        }

        var chosen = history.LastOrDefault(report => report.IsBest && report.Validation is not null);
        return new Figure(Lines(
            title,
            new AxisSpec("epoch"),
            new AxisSpec(MetricLabel.WithUnit(last.ValidationMetric ?? last.TrainMetric)),
            series,
            chosen is null ? [] : [new RuleMark(chosen.Epoch, $"chosen: epoch {chosen.Epoch}")]));
    }

    /// <summary>The training error of each epoch, for models that train on another measure than they are chosen by.</summary>
    /// <param name="title">What the chart shows.</param>
    /// <param name="history">A neural model's <c>TrainingHistory</c>.</param>
    public static Figure TrainingError(string title, IReadOnlyList<EpochReport> history)
    {
        ArgumentOutOfRangeException.ThrowIfZero(history.Count);
        var training = Series.Of("training", history.Select(report => report.Epoch), history.Select(report => report.TrainError));
        return Line(title, "epoch", MetricLabel.WithUnit(history[0].TrainMetric), [training]);
    }

    /// <summary>Estimates with their confidence intervals; zero, where it is near, is drawn as a line.</summary>
    /// <param name="title">What the chart shows.</param>
    /// <param name="quantity">What is estimated, with its unit.</param>
    /// <param name="labels">What is compared.</param>
    /// <param name="estimates">One estimate a label.</param>
    /// <param name="low">The intervals' low ends.</param>
    /// <param name="high">The intervals' high ends.</param>
    public static Figure Intervals(
        string title,
        string quantity,
        IReadOnlyList<string> labels,
        IReadOnlyList<double> estimates,
        IReadOnlyList<double> low,
        IReadOnlyList<double> high)
    {
        RequireSameLength(title, labels.Count, estimates.Count);
        RequireSameLength(title, low.Count, high.Count);
        RequireSameLength(title, labels.Count, high.Count);
        return new Figure(new ChartSpec
        {
            Title = title,
            X = new AxisSpec(quantity) { Include = 0 },
            Y = new AxisSpec("") { Categories = labels, FromTop = true },
            Marks = [new IntervalsMark(estimates, low, high)],
            Height = 110 + (labels.Count * 30),
            Summary = Summaries.Intervals(labels, estimates, low, high),
        });
    }

    /// <summary>Differences of models with their 95 % confidence intervals, by paired comparison: see <see cref="Intervals"/>.</summary>
    /// <param name="title">What the chart shows.</param>
    /// <param name="metric">The metric and what is subtracted from what, such as "difference in RMSE".</param>
    /// <param name="labels">The models.</param>
    /// <param name="comparisons">One comparison a model.</param>
    public static Figure Differences(
        string title, string metric, IReadOnlyList<string> labels, IReadOnlyList<PairedComparison> comparisons) => Intervals(
        title,
        metric,
        labels,
        [.. comparisons.Select(comparison => comparison.Difference)],
        [.. comparisons.Select(comparison => comparison.Low)],
        [.. comparisons.Select(comparison => comparison.High)]);

    /// <summary>Differences of models with their 95 % confidence intervals, by paired comparison: see <see cref="Intervals"/>.</summary>
    /// <param name="title">What the chart shows.</param>
    /// <param name="metric">The metric and what is subtracted from what, such as "difference in RMSE".</param>
    /// <param name="comparisons">One comparison a model, by its name.</param>
    public static Figure Differences(string title, string metric, IReadOnlyDictionary<string, PairedComparison> comparisons)
    {
        ArgumentNullException.ThrowIfNull(comparisons);
        return Differences(title, metric, [.. comparisons.Keys], [.. comparisons.Values]);
    }

    /// <summary>A metric of ranked lists over their length, one line a model, on a logarithmic axis.</summary>
    /// <param name="title">What the chart shows.</param>
    /// <param name="metric">The metric without a cut-off, such as <c>precision</c>.</param>
    /// <param name="evaluations">The evaluation of each model, by its name, in which the metric was measured at all cut-offs.</param>
    /// <param name="cutOffs">The list lengths K.</param>
    public static Figure AtCutOffs(
        string title,
        string metric,
        IReadOnlyDictionary<string, RankingEvaluation> evaluations,
        IReadOnlyList<int> cutOffs) => new(Lines(
        title,
        new AxisSpec("K (items shown)") { IsLog = true },
        new AxisSpec(MetricLabel.WithUnit(metric + "@K")) { Include = 0 },
        [.. evaluations.Select(model => Series.Of(model.Key, cutOffs, cutOffs.Select(k => model.Value[$"{metric}@{k}"])))]));

    private static ChartSpec Lines(
        string title, AxisSpec x, AxisSpec y, IReadOnlyList<Series> series, params IReadOnlyList<Mark> more) => new()
        {
            Title = title,
            X = x,
            Y = y,
            Marks =
            [
                .. series.Select((one, i) => new PointsMark(Binning.Thin(one, MostLinePoints), i, Joined: true, Dots: one.X.Count <= 20)),
                .. more,
            ],
            Summary = Summaries.Lines(series),
        };

    private static void RequireSameLength(string title, int one, int other)
    {
        if (one != other)
        {
            throw new ArgumentException($"The chart '{title}' was given {one} names or ends for {other} values.");
        }
    }
}
