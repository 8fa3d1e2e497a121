using AutoRec.Distributed;
using AutoRec.Scoring;

namespace AutoRec.Persistence;

/// <summary>What a fitted model consists of: named arrays of numbers, each with a shape.</summary>
public sealed class ModelState
{
    private readonly Dictionary<string, StateArray> arrays = new(StringComparer.Ordinal);

    /// <summary>The names, in the order in which arrays were added.</summary>
    public IReadOnlyCollection<string> Names => arrays.Keys;

    /// <summary>The arrays, in the order in which they were added.</summary>
    internal IEnumerable<(string Name, StateArray Array)> Arrays => arrays.Select(array => (array.Key, array.Value));

    /// <summary>Adds an array of numbers.</summary>
    /// <param name="name">A name that is not taken.</param>
    /// <param name="values">The numbers, row after row.</param>
    /// <param name="shape">The length of each dimension; none given means one dimension.</param>
    /// <exception cref="ArgumentException">The name is taken, or the shape does not multiply to the number of values.</exception>
    public ModelState Add(string name, float[] values, params int[] shape) => AddArray(name, values, shape);

    /// <inheritdoc cref="Add(string, float[], int[])"/>
    public ModelState Add(string name, int[] values, params int[] shape) => AddArray(name, values, shape);

    /// <summary>The numbers of that name.</summary>
    /// <exception cref="InvalidDataException">There are none of that name, or they are whole numbers.</exception>
    public float[] Floats(string name)
    {
        var own = Get<float[]>(name);
        return Find(name) is { Rows: { } rows } array ? rows.Gather(own, array.Width) : own;
    }

    /// <summary>The whole numbers of that name.</summary>
    /// <exception cref="InvalidDataException">There are none of that name, or they are not whole numbers.</exception>
    public int[] Ints(string name) => Get<int[]>(name);

    /// <summary>The shape of the array of that name.</summary>
    /// <exception cref="InvalidDataException">There is none of that name.</exception>
    public IReadOnlyList<int> Shape(string name) => Find(name).Shape;

    /// <summary>Adds an array whose rows lie on several processes: [rows] or [rows x numbers of a row].</summary>
    /// <param name="name">A name that is not taken.</param>
    /// <param name="own">The numbers of the rows of this process.</param>
    /// <param name="rows">How they lie.</param>
    /// <param name="width">The numbers of a row; null for a single one.</param>
    internal ModelState Add(string name, float[] own, LeafSplit rows, int? width = null) => AddRows(name, own, rows, width);

    /// <inheritdoc cref="Add(string, float[], LeafSplit, int?)"/>
    internal ModelState Add(string name, int[] own, LeafSplit rows, int? width = null) => AddRows(name, own, rows, width);

    /// <summary>Adds an array of a state.</summary>
    internal ModelState Add(string name, StateArray array)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return arrays.TryAdd(name, array) ? this : throw new ArgumentException($"'{name}' is there already.", nameof(name));
    }

    /// <summary>The numbers of an array for the rows of this process.</summary>
    internal float[] OwnFloats(string name, LeafSplit rows) => OwnOf(Get<float[]>(name), Find(name), rows);

    /// <inheritdoc cref="OwnFloats"/>
    internal int[] OwnInts(string name, LeafSplit rows) => OwnOf(Get<int[]>(name), Find(name), rows);

    /// <summary>The numbers of rows and columns of the array of that name.</summary>
    /// <exception cref="InvalidDataException">There is none of that name, or it does not have two dimensions.</exception>
    internal (int Rows, int Columns) Size(string name) => Shape(name) is [var rows, var columns]
        ? (rows, columns)
        : throw new InvalidDataException($"The model's '{name}' must be [rows x columns]; got [{string.Join(" x ", Shape(name))}].");

    /// <summary>Throws unless an array has the given shape, before memory is taken for what depends on it.</summary>
    /// <exception cref="InvalidDataException">There is none of that name, or it has another shape.</exception>
    internal ModelState Require(string name, params int[] shape) => Shape(name).SequenceEqual(shape)
        ? this
        : throw new InvalidDataException(
            $"The model's '{name}' must be [{string.Join(" x ", shape)}]; got [{string.Join(" x ", Shape(name))}].");

    /// <summary>Adds all arrays of another state, each with <paramref name="prefix"/> before its name.</summary>
    internal ModelState AddAll(string prefix, ModelState other)
    {
        foreach (var (name, array) in other.Arrays)
        {
            Add(prefix + name, array);
        }

        return this;
    }

    /// <summary>The arrays whose names begin with <paramref name="prefix"/>, without it.</summary>
    internal ModelState Part(string prefix)
    {
        var part = new ModelState();
        foreach (var (name, array) in Arrays.Where(array => array.Name.StartsWith(prefix, StringComparison.Ordinal)))
        {
            part.Add(name[prefix.Length..], array);
        }

        return part;
    }

    private ModelState AddArray(string name, Array values, int[] shape)
    {
        ArgumentNullException.ThrowIfNull(values);
        shape = shape is { Length: > 0 } ? shape : [values.Length];
        if (shape.Aggregate(1L, (product, length) => product * length) != values.Length)
        {
            throw new ArgumentException(
                $"'{name}' has {values.Length} numbers, which is not the shape [{string.Join(" x ", shape)}].", nameof(shape));
        }

        return Add(name, new StateArray(values, shape));
    }

    private ModelState AddRows(string name, Array own, LeafSplit rows, int? width) => (long)rows.Own * (width ?? 1) == own.Length
        ? Add(name, new StateArray(own, width is { } numbers ? [rows.Count, numbers] : [rows.Count])
        {
            Rows = rows,
        })
        : throw new ArgumentException($"'{name}' has {own.Length} numbers for {rows.Own} rows.", nameof(own));

    private static T[] OwnOf<T>(T[] values, StateArray array, LeafSplit rows)
    {
        if (array.Rows is not null || rows.Group.Size == 1)
        {
            return values;
        }

        var width = rows.Count == 0 ? 1 : values.Length / rows.Count;
        return width * rows.Count == values.Length
            ? values[(rows.First * width)..(rows.End * width)]
            : throw new InvalidDataException($"An array has {values.Length} numbers for {rows.Count} rows.");
    }

    private T Get<T>(string name)
        where T : class =>
        Find(name).Values as T ?? throw new InvalidDataException($"The model's '{name}' holds numbers of another type.");

    private StateArray Find(string name) =>
        arrays.TryGetValue(name, out var array)
            ? array
            : throw new InvalidDataException($"The model has no '{name}'; it has {string.Join(", ", Names)}.");
}

/// <summary>An array of a model.</summary>
/// <param name="Values">A <c>float[]</c> or <c>int[]</c>: all numbers, or those of this process's rows.</param>
/// <param name="Shape">The length of each dimension, of all rows.</param>
internal sealed record StateArray(Array Values, int[] Shape)
{
    /// <summary>How rows lie in leaves and on processes; null where they do not.</summary>
    public LeafSplit? Rows { get; init; }

    /// <summary>Where the numbers begin in the values. Default 0.</summary>
    public int Start { get; init; }

    /// <summary>The numbers of a row.</summary>
    public int Width => Shape.Length == 1 ? 1 : Shape[1];

    /// <summary>The number of numbers of all rows.</summary>
    public long Length => Shape.Aggregate(1L, (product, length) => product * length);
}

/// <summary>A fitted model that can be taken apart into arrays and put together again, with the very same scores.</summary>
/// <typeparam name="TSelf">The model.</typeparam>
public interface IPersistentModel<TSelf> : IRecommender
    where TSelf : IPersistentModel<TSelf>
{
    /// <summary>The arrays that make up the model.</summary>
    ModelState Save();

    /// <summary>Puts a model together.</summary>
    /// <exception cref="InvalidDataException">An array is missing or has another type or shape than it must have.</exception>
    static abstract TSelf Load(ModelState state);
}
