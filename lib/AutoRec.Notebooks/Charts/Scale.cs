
namespace AutoRec.Notebooks;

/// <summary>From an axis's values to pixels.</summary>
internal sealed class Scale
{
    private readonly AxisSpec axis;
    private readonly double from;
    private readonly double to;
    private readonly double start;
    private readonly double end;

    /// <param name="axis">What is measured.</param>
    /// <param name="values">All that must find a place.</param>
    /// <param name="start">The pixel of the low end.</param>
    /// <param name="end">The pixel of the high end.</param>
    /// <param name="flush">Whether the axis ends where the values end, without air.</param>
    public Scale(AxisSpec axis, IEnumerable<double> values, double start, double end, bool flush)
    {
        this.axis = axis;
        (this.start, this.end) = axis.FromTop ? (end, start) : (start, end);
        if (axis.Categories is { } categories)
        {
            (from, to) = (-0.5, categories.Count - 0.5);
            Ticks = [.. categories.Select((name, i) => ((double)i, name))];
            return;
        }

        var usable = values.Append(axis.Include ?? double.NaN)
            .Where(value => double.IsFinite(value) && (!axis.IsLog || value > 0)).ToArray();
        var (low, high) = usable.Length == 0 ? (axis.IsLog ? 1 : 0, 1) : (usable.Min(), usable.Max());
        if (axis.IsLog)
        {
            (low, high) = low == high ? (low / 2, high * 2) : (low, high);
            var air = flush ? 1 : Math.Pow(high / low, 0.04);
            (from, to) = (Math.Log10(low / air), Math.Log10(high * air));
            Ticks = AutoRec.Notebooks.Ticks.Log(low / air, high * air);
            return;
        }

        (low, high) = low == high ? (low - Half(low), high + Half(high)) : (low, high);
        var margin = flush ? 0 : (high - low) * 0.05;
        (from, to) = (low == axis.Include ? low : low - margin, high == axis.Include ? high : high + margin);
        Ticks = axis.IsTime ? AutoRec.Notebooks.Ticks.Time(from, to) : AutoRec.Notebooks.Ticks.Linear(from, to, 6);

        static double Half(double value) => value == 0 ? 1 : Math.Abs(value) / 2;
    }

    public IReadOnlyList<(double At, string Text)> Ticks { get; }

    /// <summary>The pixel of a value; of one that has none on this axis (zero on a logarithmic one), the low end's.</summary>
    public double this[double value]
    {
        get
        {
            var position = axis.IsLog ? (value > 0 ? Math.Log10(value) : from) : value;
            return start + ((position - from) / (to - from) * (end - start));
        }
    }

    /// <summary>The width of one category, or of one unit, in pixels.</summary>
    public double Unit => Math.Abs(end - start) / (to - from);
}
