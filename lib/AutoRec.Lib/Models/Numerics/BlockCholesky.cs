using System.Buffers;
using AutoRec.Data;
using AutoRec.Native;

namespace AutoRec.Models.Numerics;

/// <summary>
/// The Cholesky factor of a large symmetric positive definite matrix A = L L', in blocks and on several threads. All work is products of
/// rows with rows. Results do not depend on the number of threads.
/// </summary>
/// <param name="matrix">The lower triangle of A, row after row: [n x n]. <see cref="Factor"/> overwrites it.</param>
/// <param name="n">Rows and columns.</param>
internal class BlockCholesky(double[] matrix, int n)
{
    /// <summary>Rows of a block.</summary>
    public const int Block = 48;

    /// <summary>Rows and columns.</summary>
    protected readonly int n = n;

    /// <summary>The number of blocks along a side.</summary>
    public int Blocks => (n + Block - 1) / Block;

    /// <summary>Solves X A = B for many rows of B, each in n^2 multiplications, after n^3 / 6 for the factor.</summary>
    /// <param name="matrix">The lower triangle of A, row after row: [n x n]. Overwritten.</param>
    /// <param name="n">Rows and columns.</param>
    /// <param name="rows">The number of rows of B and X.</param>
    /// <param name="read">Writes a row of B into a span: [n].</param>
    /// <param name="write">Receives a row of X: [n].</param>
    /// <param name="progress">Receives how far it has come.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="ArithmeticException">The matrix is not positive definite.</exception>
    public static void Solve(
        double[] matrix,
        int n,
        int rows,
        SpanAction<double, int> read,
        ReadOnlySpanAction<double, int> write,
        IProgress<WorkReport>? progress,
        CancellationToken cancellation)
    {
        var cholesky = new BlockCholesky(matrix, n);
        var blocks = (rows + Block - 1) / Block;
        var steps = new WorkSteps(progress, "", cholesky.Blocks + blocks, "blocks");
        cholesky.Factor(steps, cancellation);
        var options = ComputeThreads.Options;
        options.CancellationToken = cancellation;
        Parallel.For(0, n, options, cholesky.MirrorRow);
        Parallel.For(0, blocks, options, () => new double[Block * n], (block, _, tile) =>
        {
            var first = block * Block;
            var count = Math.Min(Block, rows - first);
            for (var i = 0; i < count; i++)
            {
                read(tile.AsSpan(i * n, n), first + i);
            }

            cholesky.SolveTile(tile, count);
            for (var i = 0; i < count; i++)
            {
                write(tile.AsSpan(i * n, n), first + i);
            }

            steps.Add();
            return tile;
        }, _ => { });
    }

    /// <summary>Replaces the lower triangle of A by L.</summary>
    /// <exception cref="ArithmeticException">The matrix is not positive definite.</exception>
    public void Factor(WorkSteps steps, CancellationToken cancellation)
    {
        for (var column = 0; column < Blocks; column++)
        {
            cancellation.ThrowIfCancellationRequested();
            FactorColumn(column);
            steps.Add();
        }
    }

    /// <summary>The rows of a block; the last may have fewer than the others.</summary>
    public int Rows(int block) => Math.Min(Block, n - (block * Block));

    /// <summary>The matrix from the first number of a block on; the next row is n numbers later.</summary>
    public Span<double> Tile(int row, int column) => matrix.AsSpan((row * Block * n) + (column * Block));

    /// <summary>Replaces rows X by X L'^-1, L being a block on the diagonal.</summary>
    /// <param name="tile">X: [rows x rows of the block].</param>
    /// <param name="stride">From one row of X to the next.</param>
    /// <param name="rows">Rows of X.</param>
    /// <param name="column">The block.</param>
    public void SolveRows(Span<double> tile, int stride, int rows, int column)
    {
        for (var i = 0; i < rows; i++)
        {
            Cholesky.SolveLower(Tile(column, column), n, tile.Slice(i * stride, Rows(column)));
        }
    }

    // L of one block column, those to its left being known.
    private void FactorColumn(int column)
    {
        SubtractKnown(column, column);
        Cholesky.Factor(Tile(column, column), n, Rows(column));
        Parallel.For(column + 1, Blocks, ComputeThreads.Options, row =>
        {
            SubtractKnown(row, column);
            SolveRows(Tile(row, column), n, Rows(row), column);
        });
    }

    private void SubtractKnown(int row, int column) =>
        DenseProduct.Add(Tile(row, column), n, -1, Tile(row, 0), n, Rows(row), Tile(column, 0), n, Rows(column), column * Block);

    // L' above the diagonal, so that its rows are products of rows with rows too.
    private void MirrorRow(int row)
    {
        for (var column = row + 1; column < n; column++)
        {
            matrix[(row * n) + column] = matrix[(column * n) + row];
        }
    }

    // X of X L L' = B, in place: [rows x n].
    private void SolveTile(Span<double> tile, int rows)
    {
        for (var column = 0; column < Blocks; column++)
        {
            var x = tile[(column * Block)..];
            DenseProduct.Add(x, n, -1, tile, n, rows, Tile(column, 0), n, Rows(column), column * Block);
            SolveRows(x, n, rows, column);
        }

        for (var column = Blocks - 1; column >= 0; column--)
        {
            var x = tile[(column * Block)..];
            if (column + 1 < Blocks)
            {
                var next = (column + 1) * Block;
                DenseProduct.Add(x, n, -1, tile[next..], n, rows, Tile(column, column + 1), n, Rows(column), n - next);
            }

            for (var i = 0; i < rows; i++)
            {
                Cholesky.SolveUpper(Tile(column, column), n, x.Slice(i * n, Rows(column)));
            }
        }
    }
}
