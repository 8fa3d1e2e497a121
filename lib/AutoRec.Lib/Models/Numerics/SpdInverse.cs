using AutoRec.Data;
using AutoRec.Native;

namespace AutoRec.Models.Numerics;

/// <summary>
/// The inverse of a large symmetric positive definite matrix, in blocks and on several threads: A = L L', Y = L'^-1,
/// A^-1 = Y Y'. All three are made of products of rows with rows. Results do not depend on the number of threads.
/// </summary>
internal static class SpdInverse
{
    /// <summary>Inverts a matrix in n^3 multiplications; takes no more memory than both arrays.</summary>
    /// <param name="matrix">The lower triangle of A, row after row: [n x n]. Overwritten.</param>
    /// <param name="n">Rows and columns.</param>
    /// <param name="inverse">Receives A^-1, both triangles: [n x n].</param>
    /// <param name="progress">Receives how far it has come.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="ArithmeticException">The matrix is not positive definite.</exception>
    public static void Invert(double[] matrix, int n, float[] inverse, IProgress<WorkReport>? progress, CancellationToken cancellation)
    {
        var work = new Work(matrix, n);
        var steps = new WorkSteps(progress, "", 3L * work.Blocks, "blocks");
        work.Factor(steps, cancellation);
        ForEachBlock(work.Blocks, steps, cancellation, work.InvertFactorRow);
        ForEachBlock(work.Blocks, steps, cancellation, row => work.MultiplyRow(row, inverse));
    }

    private static void ForEachBlock(int blocks, WorkSteps steps, CancellationToken cancellation, Action<int> body)
    {
        var options = ComputeThreads.Options;
        options.CancellationToken = cancellation;
        Parallel.For(0, blocks, options, block =>
        {
            body(block);
            steps.Add();
        });
    }

    /// <summary>
    /// The matrix on its way: L on and below the diagonal and, once it is known, Y above it. The diagonal blocks of Y,
    /// which have no room there, are kept apart.
    /// </summary>
    private sealed class Work(double[] matrix, int size) : BlockCholesky(matrix, size)
    {
        private readonly double[] diagonalBlocks = new double[(size + Block - 1) / Block * Block * Block]; // of Y: [blocks x Block x Block]

        // Y of one block row, from left to right: sum over K of Y[row, K] L[column, K]' is the identity.
        public void InvertFactorRow(int row)
        {
            var diagonal = DiagonalBlock(row);
            for (var i = 0; i < Rows(row); i++)
            {
                diagonal[(i * Block) + i] = 1;
            }

            SolveRows(diagonal, Block, Rows(row), row);
            for (var column = row + 1; column < Blocks; column++)
            {
                var tile = Tile(row, column);
                for (var i = 0; i < Rows(row); i++)
                {
                    tile.Slice(i * n, Rows(column)).Clear();
                }

                DenseProduct.Add(tile, n, -1, diagonal, Block, Rows(row), Tile(column, row), n, Rows(column), Rows(row));
                if (column > row + 1)
                {
                    var depth = (column - row - 1) * Block;
                    DenseProduct.Add(tile, n, -1, Tile(row, row + 1), n, Rows(row), Tile(column, row + 1), n, Rows(column), depth);
                }

                SolveRows(tile, n, Rows(row), column);
            }
        }

        // Y Y', of one block row and the blocks up to the diagonal, and their mirror images.
        public void MultiplyRow(int row, float[] inverse)
        {
            Span<double> tile = stackalloc double[Block * Block];
            for (var column = 0; column <= row; column++)
            {
                tile.Clear();
                var other = column == row ? DiagonalBlock(row) : Tile(column, row);
                var stride = column == row ? Block : n;
                DenseProduct.Add(tile, Block, 1, DiagonalBlock(row), Block, Rows(row), other, stride, Rows(column), Rows(row));
                if (row + 1 < Blocks)
                {
                    var depth = n - ((row + 1) * Block);
                    DenseProduct.Add(tile, Block, 1, Tile(row, row + 1), n, Rows(row), Tile(column, row + 1), n, Rows(column), depth);
                }

                for (var i = 0; i < Rows(row); i++)
                {
                    for (var j = 0; j < Rows(column); j++)
                    {
                        var value = (float)tile[(i * Block) + j];
                        inverse[(((row * Block) + i) * n) + (column * Block) + j] = value;
                        inverse[(((column * Block) + j) * n) + (row * Block) + i] = value;
                    }
                }
            }
        }

        private Span<double> DiagonalBlock(int block) => diagonalBlocks.AsSpan(block * Block * Block, Block * Block);
    }
}
