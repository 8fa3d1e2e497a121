using AutoRec.Data;
using AutoRec.Training;
using static TorchSharp.torch;

namespace AutoRec.Tests.Training;

public sealed class SparseBatchTests
{
    private static readonly InteractionMatrix Matrix = InteractionMatrix.FromTriplets(3, 4, [0, 0, 2, 2], [1, 3, 0, 1], [3, 4, 5, 2]);

    [Fact]
    public void Fill_RowsInAnyOrder_EntriesByRowAndByColumn()
    {
        var batch = new SparseBatch(4);
        batch.Fill(Matrix, [2, 1, 0]);
        Assert.Equal((3, 4), (batch.RowCount, batch.Count));
        Assert.Equal([0, 1], batch.Columns(0));
        Assert.Equal([5, 2], batch.Values(0).ToArray());
        Assert.Empty(batch.Columns(1).ToArray());
        Assert.Equal([3, 4], batch.Values(2).ToArray());
        Assert.Equal([0, 2], batch.RowsOf(1)); // Column 1: of the batch's rows 0 and 2,
        Assert.Equal([1, 2], batch.EntriesOf(1)); // the second and the third entry.
        Assert.Equal([2], batch.RowsOf(3));
        Assert.Empty(batch.RowsOf(2).ToArray());
    }

    [Fact]
    public void Fill_Again_ForgetsTheBatchBefore()
    {
        var batch = new SparseBatch(4);
        batch.Fill(Matrix, [2, 0]);
        batch.Fill(Matrix, [0]);
        Assert.Equal((1, 2), (batch.RowCount, batch.Count));
        Assert.Empty(batch.RowsOf(0).ToArray());
        Assert.Equal([0], batch.RowsOf(1));
    }

    [Fact]
    public void Normalize_MakesRowsAsLongAsOne()
    {
        var batch = new SparseBatch(4);
        batch.Fill(Matrix, [0, 1]);
        batch.Normalize();
        Assert.Equal([0.6f, 0.8f], batch.Values(0).ToArray());
    }

    [Fact]
    public void Drop_ManyEntries_DropsTheShareAndScalesTheRest()
    {
        const int Entries = 100_000;
        var matrix = InteractionMatrix.FromTriplets(
            1, Entries, new int[Entries], [.. Enumerable.Range(0, Entries)], [.. Enumerable.Repeat(2f, Entries)]);
        using var generator = new Generator(1, CPU);
        var batch = new SparseBatch(Entries);
        batch.Fill(matrix, [0]);
        batch.Drop(0.2, generator);
        var values = batch.Values(0).ToArray();
        Assert.Equal([0, 2.5f], values.Distinct().Order());
        Assert.Equal(0.2, values.Count(value => value == 0) / (double)Entries, 0.005); // 4 standard deviations.
    }

    [Fact]
    public void ToDense_HoldsZerosWhereThereIsNoEntry()
    {
        using var scope = NewDisposeScope();
        var batch = new SparseBatch(4);
        batch.Fill(Matrix, [0, 1]);
        Assert.Equal([0, 3, 0, 4, 0, 0, 0, 0], batch.ToDense(CPU).data<float>().ToArray());
        Assert.Equal([0, 1, 0, 1, 0, 0, 0, 0], batch.Binarize().ToDense(CPU).data<float>().ToArray());
    }
}
