using System.Collections;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace AutoRec.Models;

/// <summary>
/// The numbers of units of consecutive layers, written <c>252-128-64</c>; in code <c>LayerWidths widths = [252, 128, 64]</c>.
/// </summary>
[CollectionBuilder(typeof(LayerWidths), nameof(Of))]
internal sealed class LayerWidths : IReadOnlyList<int>, IEquatable<LayerWidths>
{
    internal const string Expected = "one or more whole numbers from 1 to 100000 joined by hyphens, such as 252-128-64";

    private readonly int[] widths;

    private LayerWidths(int[] widths) => this.widths = widths;

    /// <summary>The number of layers, at least 1.</summary>
    public int Count => widths.Length;

    /// <summary>The units of a layer.</summary>
    public int this[int index] => widths[index];

    /// <summary>The widths of layers.</summary>
    /// <exception cref="ArgumentException">There are no widths, or one is not between 1 and 100,000.</exception>
    public static LayerWidths Of(ReadOnlySpan<int> widths) => !widths.IsEmpty && !widths.ContainsAnyExceptInRange(1, 100_000)
        ? new LayerWidths(widths.ToArray())
        : throw new ArgumentException($"Layer widths must be {Expected}; got '{string.Join('-', widths.ToArray())}'.", nameof(widths));

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    /// <exception cref="FormatException">A part is not a whole number.</exception>
    public static LayerWidths Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Of(Array.ConvertAll(text.Split('-'), part => int.Parse(part, NumberStyles.None, CultureInfo.InvariantCulture)));
    }

    /// <inheritdoc/>
    public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)widths).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public bool Equals(LayerWidths? other) => other is not null && widths.AsSpan().SequenceEqual(other.widths);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as LayerWidths);

    /// <inheritdoc/>
    public override int GetHashCode() => widths.Aggregate(0, HashCode.Combine);

    /// <inheritdoc/>
    public override string ToString() => string.Join('-', widths);
}
