using AutoRec.Data;
using AutoRec.Distributed;
using AutoRec.Models;
using AutoRec.Models.Networks;
using AutoRec.Training;
using static TorchSharp.torch;

namespace AutoRec.Tests.Distributed;

/// <summary>Processes that exchange only the rows that they have ratings of.</summary>
public sealed class RowExchangeTests
{
    private const int Rows = 90;
    private const int Units = 40;
    private const int Hidden = 19;

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(8)]
    public void Step_ExchangeOfRows_SameBitsAsOneProcessAndFewerBytes(int size)
    {
        var expected = Train(ProcessGroup.Single, exchangesRows: false).Numbers;
        var all = ThreadGroup.Run(size, group => Train(group, exchangesRows: false));
        var some = ThreadGroup.Run(size, group => Train(group, exchangesRows: true));
        Assert.All(all.Concat(some), one => Assert.Equal(expected, one.Numbers));
        Assert.True(some.Sum(one => one.Bytes) < 0.9 * all.Sum(one => one.Bytes));
    }

    [Theory]
    [InlineData(4.2e6, 7.8e6, 8, true)] // 1.9 ratings a row
    [InlineData(4.2e6, 7.8e6, 1, false)]
    [InlineData(6040, 1e6, 8, false)]   // 166 ratings a row
    public void ExchangesRows_WhereFewProcessesHaveARatingOfARow(double rows, double ratings, int ranks, bool expected)
    {
        var cost = new RankCost { Units = 5e5, Rows = rows, Ratings = ratings, Hidden = 64, IsByItem = false };
        Assert.Equal(expected, cost.ExchangesRows(ranks));

        // By hand: each of two sums goes out and back, to the share of the other seven that have a rating of the row.
        var share = expected ? 1 - Math.Pow(7.0 / 8, ratings / rows) : 1;
        Assert.Equal(rows * 64 * 4 * 4 * share * (ranks - 1) / ranks, cost.SentBytes(ranks), 1);
    }

    private static (float[] Numbers, long Bytes) Train(IProcessGroup processes, bool exchangesRows)
    {
        var group = new CountingGroup(processes);
        using var scope = NewDisposeScope();
        var matrix = ShortRows();
        var units = LeafSplit.Of(matrix.CountByColumn(), group);
        using var generator = new Generator(3, CPU);
        using var network = new AutoRecNetwork(units, Hidden, Activation.Sigmoid, generator);
        var weights = network.CopyWeights();
        using var engine = new SparseAutoencoder(Activation.Sigmoid, weights, exchangesRows: exchangesRows);
        var own = matrix.SelectColumns(units.First, units.End);
        var (batch, errors) = (new SparseBatch(own.ColumnCount), new List<float>());
        group.Bytes = 0;
        for (var epoch = 0; epoch < 3; epoch++)
        {
            foreach (var rows in Enumerable.Range(0, Rows).Chunk(26)) // The last batch has 12.
            {
                batch.Fill(own, rows);
                errors.Add((float)engine.Step(batch, batch, default, 0.05, 0.3));
            }
        }

        var bytes = group.Bytes;
        float[] encoder = units.Gather(weights.Encoder.ToArray(), Hidden), decoder = units.Gather(weights.Decoder.ToArray(), Hidden);
        float[] numbers = [.. errors, .. encoder, .. weights.EncoderBias, .. decoder];
        return (numbers, bytes);
    }

    // Of one to three ratings, and none in the first batch's first row.
    private static InteractionMatrix ShortRows()
    {
        var random = new Random(5);
        var cells = new HashSet<(int Row, int Column)>();
        for (var row = 1; row < Rows; row++)
        {
            for (var i = 0; i <= row % 3; i++)
            {
                cells.Add((row, random.Next(Units)));
            }
        }

        return InteractionMatrix.FromTriplets(
            Rows,
            Units,
            [.. cells.Select(cell => cell.Row)],
            [.. cells.Select(cell => cell.Column)],
            [.. cells.Select(_ => (float)random.Next(1, 6))],
            RatingScale.OneToFive);
    }

    private sealed class CountingGroup(IProcessGroup group) : IProcessGroup
    {
        public long Bytes { get; set; }

        public int Rank => group.Rank;

        public int Size => group.Size;

        public void AllGather(ReadOnlySpan<byte> mine, Span<byte> all, ReadOnlySpan<int> lengths)
        {
            Bytes += (long)mine.Length * (Size - 1);
            group.AllGather(mine, all, lengths);
        }

        public void AllToAll(ReadOnlySpan<byte> mine, ReadOnlySpan<int> lengths, Span<byte> received, ReadOnlySpan<int> receivedLengths)
        {
            Bytes += mine.Length - lengths[Rank];
            group.AllToAll(mine, lengths, received, receivedLengths);
        }

        public void Broadcast(Span<byte> bytes, int root)
        {
            Bytes += root == Rank ? (long)bytes.Length * (Size - 1) : 0;
            group.Broadcast(bytes, root);
        }

        public void Barrier() => group.Barrier();

        public void Abort(int exitCode) => group.Abort(exitCode);

        public void Dispose() => group.Dispose();
    }
}
