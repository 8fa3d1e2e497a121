using System.Runtime.InteropServices;
using AutoRec.Persistence;
using static TorchSharp.torch;

namespace AutoRec.Training;

/// <summary>All that a training changes: what must be the same again for the next epoch to be the same.</summary>
internal sealed class TrainingState
{
    private readonly List<(Action<ModelState> Save, Action<ModelState, int> Load)> parts = [];

    /// <summary>Numbers that are changed in place.</summary>
    public TrainingState Add(string name, float[] values) => Add(state => state.Add(name, [.. values]), (state, _) => Copy(state.Floats(name), values, name));

    /// <inheritdoc cref="Add(string, float[])"/>
    public TrainingState Add(string name, int[] values) => Add(state => state.Add(name, [.. values]), (state, _) => Copy(state.Ints(name), values, name));

    /// <inheritdoc cref="Add(string, float[])"/>
    public TrainingState Add(string name, double[] values) => Add(
        state => state.Add(name, MemoryMarshal.Cast<double, int>(values).ToArray()),
        (state, _) => Copy(MemoryMarshal.Cast<int, double>(state.Ints(name)).ToArray(), values, name));

    /// <summary>A counter.</summary>
    public TrainingState Add(string name, Func<int> get, Action<int> set) => Add(state => state.Add(name, [get()]), (state, _) => set(state.Ints(name)[0]));

    /// <summary>A number.</summary>
    public TrainingState Add(string name, Func<double> get, Action<double> set) => Add(
        state => state.Add(name, MemoryMarshal.Cast<double, int>([get()]).ToArray()),
        (state, _) => set(MemoryMarshal.Cast<int, double>(state.Ints(name))[0]));

    /// <summary>The parameters of a network.</summary>
    public TrainingState Add(string name, nn.Module network) => Add(
        state => state.AddAll($"{name}.", NetworkState.Of(network)),
        (state, _) => NetworkState.Restore(network, state.Part($"{name}.")));

    /// <summary>The source of torch's random numbers.</summary>
    public TrainingState Add(string name, Generator generator) => Add(
        state =>
        {
            using var bytes = generator.get_state();
            state.Add(name, Array.ConvertAll(bytes.data<byte>().ToArray(), value => (int)value));
        },
        (state, _) =>
        {
            using var bytes = tensor(Array.ConvertAll(state.Ints(name), value => (byte)value));
            generator.set_state(bytes);
        });

    /// <summary>
    /// An order that is shuffled in each epoch, once or <paramref name="times"/>: it is saved, and the shuffles are made once more to bring
    /// the source to where it was.
    /// </summary>
    public TrainingState Add(string name, int[] order, Random shuffle, int times = 1) => Add(
        state => state.Add(name, [.. order]),
        (state, epoch) =>
        {
            var other = new int[order.Length];
            for (var i = 0; i < epoch * times; i++)
            {
                shuffle.Shuffle(other);
            }

            Copy(state.Ints(name), order, name);
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

    /// <summary>Brings a training that has not begun to where it was after an epoch.</summary>
    public void Load(ModelState state, int epoch)
    {
        foreach (var (_, load) in parts)
        {
            load(state, epoch);
        }
    }

    private TrainingState Add(Action<ModelState> save, Action<ModelState, int> load)
    {
        parts.Add((save, load));
        return this;
    }

    private static void Copy<T>(T[] from, T[] to, string name)
    {
        if (from.Length != to.Length)
        {
            throw new InvalidDataException($"The checkpoint's '{name}' has {from.Length} numbers, the training has {to.Length}.");
        }

        from.CopyTo(to, 0);
    }
}

/// <summary>How a training is taken up again.</summary>
/// <typeparam name="TState">A copy of what is learned, as in <see cref="EpochLoop"/>.</typeparam>
/// <param name="State">What the training changes.</param>
/// <param name="Keep">A copy of what is learned as arrays.</param>
/// <param name="Restore">Arrays as such a copy.</param>
internal sealed record Resumption<TState>(TrainingState State, Func<TState, ModelState> Keep, Func<ModelState, TState> Restore);
