
namespace AutoRec.Notebooks;

/// <summary>What a chart shows, before anyone draws it: both renderers, static and interactive, read this.</summary>
internal sealed record ChartSpec
{
    public required string Title { get; init; }

    public required AxisSpec X { get; init; }

    public required AxisSpec Y { get; init; }

    public required IReadOnlyList<Mark> Marks { get; init; }

    /// <summary>One sentence with the chart's key numbers, for those who cannot see it.</summary>
    public required string Summary { get; init; }

    public int Height { get; init; } = 360;
}

/// <summary>An axis.</summary>
/// <param name="Label">The quantity and its unit.</param>
internal sealed record AxisSpec(string Label)
{
    public bool IsLog { get; init; }

    /// <summary>Names at positions 0, 1, 2, ...; null for numbers.</summary>
    public IReadOnlyList<string>? Categories { get; init; }

    /// <summary>Whether categories run from the top, as rows of a table do.</summary>
    public bool FromTop { get; init; }

    /// <summary>A value that must be inside, such as the zero that bars stand on.</summary>
    public double? Include { get; init; }

    /// <summary>Positions are seconds since 1970 and ticks are dates.</summary>
    public bool IsTime { get; init; }
}

internal abstract record Mark;

/// <summary>Points joined by a line, or not.</summary>
internal sealed record PointsMark(Series Series, int Style, bool Joined, bool Dots) : Mark;

/// <summary>One bar a category; across when the categories stand on the y axis.</summary>
internal sealed record BarsMark(IReadOnlyList<double> Values, bool Across) : Mark;

/// <summary>Bars between edges; one edge more than heights.</summary>
internal sealed record StepsMark(IReadOnlyList<double> Edges, IReadOnlyList<double> Heights) : Mark;

/// <summary>Estimates with their confidence intervals, one a category on the y axis.</summary>
internal sealed record IntervalsMark(IReadOnlyList<double> Estimates, IReadOnlyList<double> Low, IReadOnlyList<double> High) : Mark;

/// <summary>Coloured cells [rows x columns] on two axes of categories.</summary>
internal sealed record CellsMark(double[,] Values, string Unit) : Mark
{
    private readonly double[] known = [.. Values.Cast<double>().Where(double.IsFinite).DefaultIfEmpty(0)];

    /// <summary>Whether there are values on both sides of zero, so that zero is the middle of the colours.</summary>
    public bool Diverging => known.Min() < 0 && known.Max() > 0;

    public double Low => Diverging ? -High : known.Min();

    public double High => Diverging ? known.Max(Math.Abs) : known.Max();
}

/// <summary>A line across the chart at a value of the x axis, with a word beside it.</summary>
internal sealed record RuleMark(double X, string Label) : Mark;
