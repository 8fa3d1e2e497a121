using System.Numerics;

namespace AutoRec.Notebooks;

/// <summary>A named row of points for a line or scatter chart.</summary>
/// <param name="Name">What the legend says.</param>
/// <param name="X">Horizontal positions.</param>
/// <param name="Y">Vertical positions, as many; NaN leaves a gap.</param>
public sealed record Series(string Name, IReadOnlyList<double> X, IReadOnlyList<double> Y)
{
    /// <summary>Makes a series of any kind of numbers.</summary>
    /// <exception cref="ArgumentException">The two differ in length.</exception>
    public static Series Of<TX, TY>(string name, IEnumerable<TX> x, IEnumerable<TY> y)
        where TX : INumber<TX>
        where TY : INumber<TY>
    {
        var (xs, ys) = (Numbers.ToDoubles(x), Numbers.ToDoubles(y));
        return xs.Length == ys.Length
            ? new Series(name, xs, ys)
            : throw new ArgumentException($"The series '{name}' has {xs.Length} x values and {ys.Length} y values.");
    }
}
