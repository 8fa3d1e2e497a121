using AutoRec.Scoring;

namespace AutoRec.Persistence;

/// <summary>What a fitted model consists of: named arrays of numbers, each with a shape.</summary>
public sealed class ModelState
{
    private readonly Dictionary<string, (Array Values, int[] Shape)> arrays = new(StringComparer.Ordinal);

    /// <summary>The names, in the order in which arrays were added.</summary>
    public IReadOnlyCollection<string> Names => arrays.Keys;

    /// <summary>The arrays, in the order in which they were added; values are <c>float[]</c> or <c>int[]</c>.</summary>
    internal IEnumerable<(string Name, Array Values, int[] Shape)> Arrays =>
        arrays.Select(array => (array.Key, array.Value.Values, array.Value.Shape));

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
    public float[] Floats(string name) => Get<float[]>(name);

    /// <summary>The whole numbers of that name.</summary>
    /// <exception cref="InvalidDataException">There are none of that name, or they are not whole numbers.</exception>
    public int[] Ints(string name) => Get<int[]>(name);

    /// <summary>The shape of the array of that name.</summary>
    /// <exception cref="InvalidDataException">There is none of that name.</exception>
    public IReadOnlyList<int> Shape(string name) => Find(name).Shape;

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
        foreach (var (name, values, shape) in other.Arrays)
        {
            AddArray(prefix + name, values, shape);
        }

        return this;
    }

    /// <summary>The arrays whose names begin with <paramref name="prefix"/>, without it.</summary>
    internal ModelState Part(string prefix)
    {
        var part = new ModelState();
        foreach (var (name, values, shape) in Arrays.Where(array => array.Name.StartsWith(prefix, StringComparison.Ordinal)))
        {
            part.AddArray(name[prefix.Length..], values, shape);
        }

        return part;
    }

    private ModelState AddArray(string name, Array values, int[] shape)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(values);
        shape = shape is { Length: > 0 } ? shape : [values.Length];
        if (shape.Aggregate(1L, (product, length) => product * length) != values.Length)
        {
            throw new ArgumentException(
                $"'{name}' has {values.Length} numbers, which is not the shape [{string.Join(" x ", shape)}].", nameof(shape));
        }

        if (!arrays.TryAdd(name, (values, shape)))
        {
            throw new ArgumentException($"'{name}' is there already.", nameof(name));
        }

        return this;
    }

    private T Get<T>(string name)
        where T : class =>
        Find(name).Values as T ?? throw new InvalidDataException($"The model's '{name}' holds numbers of another type.");

    private (Array Values, int[] Shape) Find(string name) =>
        arrays.TryGetValue(name, out var array)
            ? array
            : throw new InvalidDataException($"The model has no '{name}'; it has {string.Join(", ", Names)}.");
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
