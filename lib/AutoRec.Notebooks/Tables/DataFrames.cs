using System.Numerics;
using AutoRec.Evaluation;
using AutoRec.Scoring;
using Microsoft.Data.Analysis;

namespace AutoRec.Notebooks;

/// <summary>Makes the columns of data frames, the notebooks' kind of table.</summary>
public static class DataFrames
{
    /// <summary>A data frame of columns.</summary>
    /// <exception cref="ArgumentException">The columns differ in length.</exception>
    public static DataFrame Of(params DataFrameColumn[] columns) => new(columns);

    /// <summary>A row for each model and a column for each metric of its ranked lists.</summary>
    /// <param name="evaluations">The evaluation of each model, by its name.</param>
    /// <param name="metrics">Metrics that were measured, such as <c>ndcg@10</c>.</param>
    public static DataFrame OfMetrics(IReadOnlyDictionary<string, RankingEvaluation> evaluations, params IReadOnlyList<string> metrics) =>
        new(
        [
            Column("model", evaluations.Keys),
            .. metrics.Select(metric => Column(MetricLabel.Of(metric), evaluations.Values.Select(evaluation => evaluation[metric]))),
        ]);

    /// <summary>A ranked list: a row for each place, with the item's title and more columns.</summary>
    /// <param name="name">The name of the column of titles.</param>
    /// <param name="list">The list, best first.</param>
    /// <param name="titles">The titles of all items, by their rows.</param>
    /// <param name="more">More columns, in the order of the list.</param>
    public static DataFrame OfList(
        string name, IReadOnlyList<Recommendation> list, IReadOnlyList<string> titles, params IReadOnlyList<DataFrameColumn> more)
    {
        ArgumentNullException.ThrowIfNull(list);
        return new(
        [
            Column("place", Enumerable.Range(1, list.Count)),
            Column(name, list.Select(place => titles[place.Item])),
            .. more,
        ]);
    }

    /// <summary>A column of numbers.</summary>
    public static DataFrameColumn Column<T>(string name, IEnumerable<T> values)
        where T : unmanaged, INumber<T> => new PrimitiveDataFrameColumn<T>(name, values);

    /// <summary>A column of text.</summary>
    public static DataFrameColumn Column(string name, IEnumerable<string> values) => new StringDataFrameColumn(name, values);
}
