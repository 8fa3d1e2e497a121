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
    public void AddZeros_FivePerEntry_ThatManyOnAverageAtAllOtherColumnsAlike()
    {
        const int Rows = 2_000, Columns = 100;
        int[] own = [0, 40, 41, 99];
        var matrix = InteractionMatrix.FromTriplets(
            Rows,
            Columns,
            [.. Enumerable.Range(0, Rows).SelectMany(row => own.Select(_ => row))],
            [.. Enumerable.Range(0, Rows).SelectMany(_ => own)],
            [.. Enumerable.Repeat(2f, Rows * own.Length)]);
        using var generator = new Generator(1, CPU);
        var batch = new SparseBatch(Columns).Fill(matrix, [.. Enumerable.Range(0, Rows)]).AddZeros(5, generator);

        var perRow = Enumerable.Range(0, Rows).Select(row => batch.Columns(row).Length - own.Length).ToArray();
        Assert.Equal(20, perRow.Average(), 0.36); // 4 standard deviations of the mean: 20 (1 - 20/96) is the variance of a row.
        Assert.Equal(20 * (1 - (20.0 / 96)), perRow.Average(count => Math.Pow(count - 20, 2)), 2.2);
        var perColumn = Enumerable.Range(0, Columns).Select(column => batch.RowsOf(column).Length).ToArray();
        Assert.All(Enumerable.Range(0, Columns), column => Assert.InRange(
            perColumn[column], own.Contains(column) ? Rows : 320, own.Contains(column) ? Rows : 520)); // 2000 * 20/96 = 417, deviation 18
        for (var row = 0; row < Rows; row++)
        {
            Assert.Equal(batch.Columns(row).ToArray().Distinct().Order(), batch.Columns(row).ToArray());
            Assert.Equal(
                batch.Columns(row).ToArray().Select(column => own.Contains(column) ? 2f : 0), batch.Values(row).ToArray());
        }
    }

    [Theory]
    [InlineData(double.PositiveInfinity)]
    [InlineData(1000)]
    public void AddZeros_AllOrMoreThanThereAre_AllOthersOfRowsWithAnEntry(double perEntry)
    {
        using var generator = new Generator(1, CPU);
        var batch = new SparseBatch(4).Fill(Matrix, [0, 2]).AddZeros(perEntry, generator);
        Assert.Equal([0, 1, 2, 3, 0, 1, 2, 3], [.. batch.Columns(0), .. batch.Columns(1)]);
        Assert.Equal([0, 3, 0, 4, 5, 2, 0, 0], batch.AllValues.ToArray());
        Assert.Equal([1, 5], batch.EntriesOf(1));
    }

    [Fact]
    public void AddZeros_None_NothingChanges()
    {
        using var generator = new Generator(1, CPU);
        var batch = new SparseBatch(4).Fill(Matrix, [0, 1, 2]).AddZeros(0, generator);
        Assert.Equal([3, 4, 5, 2], batch.AllValues.ToArray());
        Assert.Empty(batch.Columns(1).ToArray());
    }

    [Fact]
    public void Scale_AndAddNoise_ChangeTheValues()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1, CPU);
        using var other = new Generator(1, CPU);
        var batch = new SparseBatch(4).Fill(Matrix, [0, 2]).Scale(2).AddNoise(0, generator).Drop(0, generator);
        Assert.Equal([6, 8, 10, 4], batch.AllValues.ToArray());
        Assert.Equal(rand(1, generator: other).Number(), rand(1, generator: generator).Number()); // None was drawn.
        batch.AddNoise(0.1, generator);
        Assert.All(batch.AllValues.ToArray().Zip([6f, 8, 10, 4]), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 1e-6, 0.5));
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
