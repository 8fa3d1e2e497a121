using System.Numerics.Tensors;
using AutoRec.Distributed;

namespace AutoRec.Training;

/// <summary>The hidden layer of an autoencoder of sparse rows, g(W x + mu): W x, summed over the inputs, and then g.</summary>
internal static class HiddenLayer
{
    /// <summary>g(sums + bias).</summary>
    /// <param name="activation">g: sigmoid or tanh.</param>
    /// <param name="sums">W x: [hidden].</param>
    /// <param name="bias">mu: [hidden].</param>
    /// <param name="units">Receives the hidden units: [hidden].</param>
    public static void Activate(Activation activation, ReadOnlySpan<float> sums, ReadOnlySpan<float> bias, Span<float> units)
    {
        TensorPrimitives.Add(sums, bias, units);
        if (activation == Activation.Sigmoid)
        {
            TensorPrimitives.Sigmoid(units, units);
        }
        else
        {
            TensorPrimitives.Tanh(units, units);
        }
    }

    /// <summary>Takes the joined features out of the entries of a row.</summary>
    /// <param name="columns">The inputs that have an entry, ascending: units of this process, and joined features behind them.</param>
    /// <param name="values">Their values.</param>
    /// <param name="units">The number of units of this process.</param>
    /// <param name="features">Receives the features: [joined].</param>
    public static void Join(ReadOnlySpan<int> columns, ReadOnlySpan<float> values, int units, Span<float> features)
    {
        features.Clear();
        for (var i = columns.Length - 1; i >= 0 && columns[i] >= units; i--)
        {
            features[columns[i] - units] = values[i];
        }
    }

    /// <summary>The terms of W x of a row: for each entry its value times the weights of its input.</summary>
    /// <param name="columns">The inputs that have an entry.</param>
    /// <param name="values">Their values.</param>
    /// <param name="encoder">W: [inputs x hidden].</param>
    public readonly ref struct Terms(ReadOnlySpan<int> columns, ReadOnlySpan<float> values, FloatRows encoder) : ILeafTerms
    {
        private readonly ReadOnlySpan<int> columns = columns;
        private readonly ReadOnlySpan<float> values = values;

        /// <inheritdoc/>
        public void Add(int leaf, int firstEntry, int endEntry, Span<float> sum)
        {
            var terms = new ScaledSum(encoder.All, encoder.Stride, sum);
            for (var i = firstEntry; i < endEntry; i++)
            {
                if (values[i] != 0)
                {
                    terms.Add(columns[i], values[i]);
                }
            }

            terms.Complete();
        }
    }
}
