using System.Runtime.InteropServices;
using AutoRec.Distributed;
using AutoRec.Persistence;
using static TorchSharp.torch;

namespace AutoRec.Training;

/// <summary>Everything that a training changes, and that must be restored for it to resume with the same result to the last bit.</summary>
internal sealed class TrainingState
{
    private readonly List<(Action<ModelState> Save, Action<ModelState> Load)> parts = [];

    /// <summary>Adds numbers that are changed in place.</summary>
    /// <param name="name">A name that is not taken.</param>
    /// <param name="values">The numbers; where rows lie on several processes, those of this one's.</param>
    /// <param name="rows">How rows lie on processes; null if all have the same numbers. Default null.</param>
    /// <param name="width">The numbers of a row. Default 1.</param>
    public TrainingState Add(string name, float[] values, LeafSplit? rows = null, int width = 1) => Add(
        state => _ = rows is null ? state.Add(name, [.. values]) : state.Add(name, [.. values], rows, width),
        state => Copy(rows is null ? state.Floats(name) : state.OwnFloats(name, rows), values, name));

    /// <inheritdoc cref="Add(string, float[], LeafSplit?, int)"/>
    public TrainingState Add(string name, FloatRows values, LeafSplit? rows) => Add(
        state => _ = rows is null ? state.Add(name, values.ToArray()) : state.Add(name, values.ToArray(), rows, values.Width),
        state => values.Fill(
            Checked(rows is null ? state.Floats(name) : state.OwnFloats(name, rows), values.Count * values.Width, name)));

    /// <inheritdoc cref="Add(string, float[], LeafSplit?, int)"/>
    public TrainingState Add(string name, int[] values) =>
        Add(state => state.Add(name, [.. values]), state => Copy(state.Ints(name), values, name));

    /// <inheritdoc cref="Add(string, float[], LeafSplit?, int)"/>
    public TrainingState Add(string name, double[] values, LeafSplit? rows = null) => Add(
        state =>
        {
            var halves = MemoryMarshal.Cast<double, int>(values).ToArray();
            _ = rows is null ? state.Add(name, halves) : state.Add(name, halves, rows, 2);
        },
        state =>
        {
            var halves = rows is null ? state.Ints(name) : state.OwnInts(name, rows);
            Copy(MemoryMarshal.Cast<int, double>(halves).ToArray(), values, name);
        });

    /// <summary>Adds a counter.</summary>
    public TrainingState Add(string name, Func<int> get, Action<int> set) =>
        Add(state => state.Add(name, [get()]), state => set(state.Ints(name)[0]));

    /// <summary>Adds a number.</summary>
    public TrainingState Add(string name, Func<double> get, Action<double> set) => Add(
        state => state.Add(name, MemoryMarshal.Cast<double, int>([get()]).ToArray()),
        state => set(MemoryMarshal.Cast<int, double>(state.Ints(name))[0]));

    /// <summary>Adds the parameters of a network.</summary>
    public TrainingState Add(string name, nn.Module network) => Add(
        state => state.AddAll($"{name}.", NetworkState.Of(network)),
        state => NetworkState.Restore(network, state.Part($"{name}.")));

    /// <summary>Adds a source of torch's random numbers.</summary>
    public TrainingState Add(string name, Generator generator) => Add(
        state =>
        {
            using var bytes = generator.get_state();
            state.Add(name, Array.ConvertAll(bytes.data<byte>().ToArray(), value => (int)value));
        },
        state =>
        {
            using var bytes = tensor(Array.ConvertAll(state.Ints(name), value => (byte)value));
            generator.set_state(bytes);
        });

    /// <summary>Copies everything.</summary>
    public ModelState Save()
    {
        var state = new ModelState();
        foreach (var (save, _) in parts)
        {
            save(state);
        }

        return state;
    }

    /// <summary>Brings a training that has not begun to where <see cref="Save"/> was called.</summary>
    public void Load(ModelState state)
    {
        foreach (var (_, load) in parts)
        {
            load(state);
        }
    }

    private TrainingState Add(Action<ModelState> save, Action<ModelState> load)
    {
        parts.Add((save, load));
        return this;
    }

    private static void Copy<T>(T[] from, T[] to, string name) => Checked(from, to.Length, name).CopyTo(to, 0);

    private static T[] Checked<T>(T[] numbers, int count, string name) => numbers.Length == count
        ? numbers
        : throw new InvalidDataException($"The checkpoint's '{name}' has {numbers.Length} numbers, the training has {count}.");
}
