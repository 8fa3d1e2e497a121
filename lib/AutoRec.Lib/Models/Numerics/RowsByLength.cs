using System.Buffers;
using System.Numerics.Tensors;
using AutoRec.Native;

namespace AutoRec.Models.Numerics;

/// <summary>
/// Rows of floats, such as the factors of all items, the longest first, for the highest dot products with other rows. No product is more
/// than the product of the lengths (Cauchy and Schwarz), so that rows behind those that are long enough are not looked at. Products are
/// those of <see cref="PackedRows"/> to the last bit.
/// </summary>
internal sealed class RowsByLength
{
    // Rows between two looks at what is still possible; a multiple of the panels of PackedRows.
    private const int Part = 2048;
    private const int UsersPerGroup = 12;

    // For rounding: a sum of w products is off by at most w / 2^24 of the product of the lengths.
    private const double Slack = 1.0001;

    private readonly PackedRows packed;
    private readonly int[] rows; // by their place
    private readonly double[] lengths; // of the first row of each part
    private readonly int width;

    /// <summary>Packs rows that lie one after the other: [count x width].</summary>
    public RowsByLength(float[] vectors, int width)
    {
        this.width = width;
        var count = vectors.Length / width;
        var byRow = new double[count];
        for (var row = 0; row < count; row++)
        {
            byRow[row] = Length(vectors.AsSpan(row * width, width));
        }

        rows = [.. Enumerable.Range(0, count)];
        Array.Sort(Array.ConvertAll(byRow, length => -length), rows);
        packed = PackedRows.Of(count, width, (place, numbers) => vectors.AsSpan(rows[place] * width, width).CopyTo(numbers));
        lengths = [.. Enumerable.Range(0, (count + Part - 1) / Part).Select(part => byRow[rows[part * Part]])];
    }

    /// <summary>
    /// Computes the dot products of each vector of a user with all rows with which they are at least the lowest of the highest so many; the
    /// others are minus infinity.
    /// </summary>
    /// <param name="users">The number of users.</param>
    /// <param name="fill">Writes the vector of a user; called by several threads at once.</param>
    /// <param name="counts">How many of the highest products of each user are wanted: [users].</param>
    /// <param name="products">Receives the products: [users x rows].</param>
    public void MultiplyBest(int users, PackedRows.RowWriter fill, int[] counts, Memory<float> products) =>
        Parallel.For(0, (users + UsersPerGroup - 1) / UsersPerGroup, ComputeThreads.Options, group =>
        {
            var first = group * UsersPerGroup;
            OfGroup([.. Enumerable.Range(first, Math.Min(UsersPerGroup, users - first))], fill, counts, products.Span);
        });

    private void OfGroup(int[] users, PackedRows.RowWriter fill, int[] counts, Span<float> products)
    {
        var vectors = new float[users.Length * width];
        var found = new Highest[users.Length];
        for (var i = 0; i < users.Length; i++)
        {
            var vector = vectors.AsSpan(i * width, width);
            fill(users[i], vector);
            found[i] = new Highest(users[i], Length(vector) * Slack, Math.Min(counts[users[i]], rows.Length));
            products.Slice(users[i] * rows.Length, rows.Length).Fill(float.NegativeInfinity);
        }

        var (active, buffer) = (users.Length, ArrayPool<float>.Shared.Rent(users.Length * Part));
        for (var part = 0; part < lengths.Length; part++)
        {
            active = KeepPossible(found, vectors, active, lengths[part]);
            if (active == 0)
            {
                break;
            }

            var (start, count) = (part * Part, Math.Min(Part, rows.Length - (part * Part)));
            packed.MultiplyPart(start, count, vectors.AsSpan(0, active * width), buffer);
            for (var i = 0; i < active; i++)
            {
                var ofUser = products.Slice(found[i].User * rows.Length, rows.Length);
                found[i].Take(buffer.AsSpan(i * count, count), rows.AsSpan(start, count), ofUser);
            }
        }

        ArrayPool<float>.Shared.Return(buffer);
    }

    // Moves the users for whom rows of a length may be high enough to the front, with their vectors.
    private int KeepPossible(Highest[] found, float[] vectors, int active, double length)
    {
        var kept = 0;
        for (var i = 0; i < active; i++)
        {
            if (found[i].Length * length < found[i].Least)
            {
                continue;
            }

            if (kept < i)
            {
                (found[kept], found[i]) = (found[i], found[kept]);
                vectors.AsSpan(i * width, width).CopyTo(vectors.AsSpan(kept * width));
            }

            kept++;
        }

        return kept;
    }

    private static double Length(ReadOnlySpan<float> numbers) => TensorPrimitives.Norm(numbers);

    /// <summary>The highest products of a user so far.</summary>
    private sealed class Highest(int user, double length, int count)
    {
        private readonly PriorityQueue<float, float> products = new(count + 1);

        public int User => user;

        /// <summary>The length of the user's vector.</summary>
        public double Length => length;

        /// <summary>What a product must reach.</summary>
        public float Least { get; private set; } = float.NegativeInfinity;

        public void Take(ReadOnlySpan<float> more, ReadOnlySpan<int> rows, Span<float> all)
        {
            for (var i = 0; i < more.Length; i++)
            {
                // Not if it is not a number, which nobody is recommended.
                if (more[i] >= Least)
                {
                    all[rows[i]] = more[i];
                    products.Enqueue(more[i], more[i]);
                    if (products.Count > count)
                    {
                        products.Dequeue();
                    }

                    Least = products.Count == count ? products.Peek() : Least;
                }
            }
        }
    }
}
