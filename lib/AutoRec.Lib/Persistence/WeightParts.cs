using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AutoRec.Data;
using AutoRec.Distributed;

namespace AutoRec.Persistence;

/// <summary>
/// The weights of a model in several files, by the convention of safetensors: <c>weights-00001-of-00009</c> has the arrays that are not
/// split, each of the others the rows of a leaf (<see cref="LeafSplit"/>), as arrays <c>name.0</c> to <c>name.7</c>; an index says in which
/// file an array is. So the files depend on the data alone, and every process writes those of its leaves.
/// </summary>
internal static partial class WeightParts
{
    /// <summary>The number of files: one for all leaves, and one for each.</summary>
    public const int Count = 1 + LeafSplit.LeafCount;

    /// <summary>The bytes of split weights from which they are written in parts where nobody says how.</summary>
    public const long LargeBytes = 2_000_000_000;

    /// <summary>The array of where leaves begin; see <see cref="LeafSplit.Starts"/>.</summary>
    public const string Leaves = "leaves";

    private const string ReadLeaves = "read_leaves";

    /// <summary>Whether the weights are written in parts where nobody says how. The same on any number of processes.</summary>
    public static bool AreLarge(ModelState weights) =>
        weights.Arrays.Sum(array => array.Array.Rows is null ? 0 : sizeof(float) * array.Array.Length) > LargeBytes;

    /// <summary>The name of a part without its checksum and ending, from 0.</summary>
    public static string Name(int part) => FormattableString.Invariant($"weights-{part + 1:00000}-of-{Count:00000}");

    /// <summary>The arrays of a part. Those of a leaf must lie on this process; they are not copied.</summary>
    public static ModelState Of(ModelState weights, int part)
    {
        var (state, leaf) = (new ModelState(), part - 1);
        foreach (var (name, array) in weights.Arrays.Where(array => array.Array.Rows is null == (part == 0)))
        {
            if (array.Rows is not { } rows)
            {
                state.Add(name, array);
                continue;
            }

            var (first, end) = (rows.Starts[leaf], rows.Starts[leaf + 1]);
            state.Add(NameOf(name, leaf), new StateArray(array.Values, [end - first, .. array.Shape[1..]])
            {
                Start = (first - rows.First) * array.Width,
            });
        }

        return state;
    }

    /// <summary>The index of all arrays.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="files">The names of the files.</param>
    public static string Index(ModelState weights, IReadOnlyList<string> files)
    {
        var places = new JsonObject();
        for (var part = 0; part < Count; part++)
        {
            foreach (var (name, array) in weights.Arrays.Where(array => array.Array.Rows is null == (part == 0)))
            {
                places[array.Rows is null ? name : NameOf(name, part - 1)] = files[part];
            }
        }

        return new JsonObject
        {
            ["metadata"] = new JsonObject { ["total_size"] = weights.Arrays.Sum(array => sizeof(float) * array.Array.Length) },
            ["weight_map"] = places,
        }.ToJsonString(new JsonSerializerOptions { WriteIndented = true, NewLine = "\n" });
    }

    /// <summary>The names of the files that an index has, in their order.</summary>
    /// <exception cref="InvalidDataException">It is not an index of such files.</exception>
    public static string[] FilesOf(Stream index)
    {
        var map = JsonNode.Parse(index)?["weight_map"] as JsonObject ?? throw new InvalidDataException("'weight_map' is missing.");
        string[] files = [.. map.Select(place => (string?)place.Value ?? "").Distinct().Order(StringComparer.Ordinal)];
        return files.Length == Count && !files.Where((file, part) => !file.StartsWith(Name(part), StringComparison.Ordinal)).Any()
            ? files
            : throw new InvalidDataException($"'weight_map' must name {Count} files of weights.");
    }

    /// <summary>Makes arrays for the rows of some leaves, one leaf behind the other.</summary>
    /// <param name="parts">What the file of each of these leaves has.</param>
    /// <param name="folder">The model folder.</param>
    /// <returns>The arrays, and by its name in a file where an array is read to.</returns>
    /// <exception cref="InvalidDataException">The files do not fit each other.</exception>
    /// <exception cref="DataFileException">An array is longer than arrays can be.</exception>
    public static (ModelState State, Dictionary<string, (Array Values, int Start)> Places) Room(
        IEnumerable<IReadOnlyList<StoredArray>> parts, string folder)
    {
        var (state, places) = (new ModelState(), new Dictionary<string, (Array, int)>(StringComparer.Ordinal));
        StoredArray[][] ofLeaves = [.. parts.Select(part => part.OrderBy(array => array.Name, StringComparer.Ordinal).ToArray())];
        for (var number = 0; number < ofLeaves.Max(arrays => arrays.Length); number++)
        {
            StoredArray[] ofName = [.. ofLeaves.Select(arrays => arrays[number])];
            var name = Leaf().Replace(ofName[0].Name, "");
            var width = ofName[0].Shape[1..];
            if (ofName.Any(array => Leaf().Replace(array.Name, "") != name
                || array.IsFloat != ofName[0].IsFloat || !array.Shape[1..].SequenceEqual(width)))
            {
                throw new InvalidDataException($"The array '{name}' is not the same in all files of weights.");
            }

            var length = ofName.Sum(array => (long)array.Length);
            if (length > Array.MaxLength)
            {
                throw new DataFileException(folder, FormattableString.Invariant(
                    $"The array '{name}' has {length:N0} numbers; at most {Array.MaxLength:N0} can be read. ")
                    + "Serve the model by parts of the users: 'autorec serve --users FROM..TO'.");
            }

            int[] shape = [ofName.Sum(array => array.Shape[0]), .. width];
            Array values = ofName[0].IsFloat ? new float[length] : new int[length];
            _ = values is float[] floats ? state.Add(name, floats, shape) : state.Add(name, (int[])values, shape);
            var start = 0;
            foreach (var array in ofName)
            {
                places.Add(array.Name, (values, start));
                start += array.Length;
            }
        }

        return (state, places);
    }

    /// <summary>The leaves that have some things, from the first to before the end. The state tells from then on that it has no others.
    /// </summary>
    /// <exception cref="InvalidDataException">There are no leaves, or not of so many things.</exception>
    public static (int First, int End) LeavesOf(ModelState state, (int First, int End) things)
    {
        var starts = LeafSplit.OfStarts(state.Ints(Leaves)).Starts;
        int[] leaves =
        [
            .. Enumerable.Range(0, LeafSplit.LeafCount).Where(leaf => starts[leaf] < things.End && starts[leaf + 1] > things.First),
        ];
        if (things.End > starts[^1] || leaves is not [var first, ..])
        {
            throw new InvalidDataException($"'{Leaves}' are not those of the users.");
        }

        state.Add(ReadLeaves, [first, leaves[^1] + 1]);
        return (first, leaves[^1] + 1);
    }

    /// <summary>How the rows of weights lie that were read from a model folder; those of earlier versions have no leaves.</summary>
    public static LeafSplit? SplitOf(ModelState state) => !state.Names.Contains(Leaves) ? null : LeafSplit.OfStarts(
        state.Ints(Leaves), state.Names.Contains(ReadLeaves) && state.Ints(ReadLeaves) is [var first, var end] ? (first, end) : null);

    private static string NameOf(string name, int leaf) => FormattableString.Invariant($"{name}.{leaf}");

    [GeneratedRegex(@"\.[0-7]$")]
    private static partial Regex Leaf();
}
