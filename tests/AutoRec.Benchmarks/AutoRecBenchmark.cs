using AutoRec.Data;
using AutoRec.Models.Networks;
using AutoRec.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AutoRec.Benchmarks;

/// <summary>I-AutoRec, an epoch: the sparse engine against dense masked batches with autograd and torch's Adam.</summary>
internal static class AutoRecBenchmark
{
    private const int BatchSize = 512;
    private const double LearningRate = 0.001;
    private const double Penalty = 200;

    public static IEnumerable<Comparison> Run(BenchmarkOptions options)
    {
        yield return OneEpoch(Shape.MovieLens1M.Scaled(options.Scale), options.Hidden(500), options.Repeats, target: 3);
        yield return OneEpoch(Shape.MovieLens10M.Scaled(options.Scale), options.Hidden(500), Math.Min(options.Repeats, 2), target: 8);
        yield return LargeCatalogue(Shape.AmazonElectronics.Scaled(options.Scale), options.Hidden(64), options.Repeats);
        foreach (var share in new[] { 0.25, 0.5, 1, 2 })
        {
            var shape = Shape.MovieLens1M.Scaled(options.Scale);
            yield return Growth(shape with { Ratings = (int)(shape.Ratings * share) }, options.Hidden(500), options.Repeats);
        }
    }

    private static Comparison OneEpoch(Shape shape, int hidden, int repeats, double target)
    {
        var items = Generated.Ratings(shape).Transpose(); // [items x users]
        using var scope = NewDisposeScope();
        using var ours = new Sparse(items, hidden);
        Dense? reference = null; // Made when it is first run, so that it does not count as memory of ours.
        using var end = new Disposer(() => reference?.Dispose());
        return Comparison.Run(
            $"I-AutoRec, {shape}, h = {hidden}, an epoch",
            new("sparse engine", ours.Epoch),
            new("dense, autograd, optim.Adam", () => (reference ??= new Dense(items, hidden)).Epoch()),
            repeats,
            1e-3) with
        { Target = target, Demand = Demand(items, hidden) };
    }

    // A dense epoch would take hours and its batches alone gigabytes: two batches are measured and their time taken for all.
    private static Comparison LargeCatalogue(Shape shape, int hidden, int repeats)
    {
        var items = Generated.Ratings(shape).Transpose();
        using var scope = NewDisposeScope();
        using var ours = new Sparse(items, hidden);
        var measured = Comparison.RunAlone($"I-AutoRec, {shape}, h = {hidden}, an epoch", new("sparse engine", ours.Epoch), repeats);
        using var reference = new Dense(items, hidden);
        var batches = Batches(items, 0).Count();
        var some = Math.Min(2, batches);
        reference.Epoch(1);
        var seconds = Comparison.Time(() => reference.Epoch(some)).Seconds * batches / some;
        return measured with
        {
            ReferenceName = "dense, autograd, optim.Adam",
            Reference = [seconds],
            Demand = Demand(items, hidden),
            Note = FormattableString.Invariant($"dense: {some} of {batches} batches measured, the epoch extrapolated"),
        };
    }

    private static Comparison Growth(Shape shape, int hidden, int repeats)
    {
        var items = Generated.Ratings(shape).Transpose();
        using var scope = NewDisposeScope();
        using var ours = new Sparse(items, hidden);
        var work = FormattableString.Invariant(
            $"I-AutoRec, growth: {items.Count:N0} ratings of {shape.Users:N0} users and {shape.Items:N0} items, h = {hidden}, an epoch");
        return Comparison.RunAlone(
            work,
            new("sparse engine", ours.Epoch),
            repeats) with
        { Demand = Demand(items, hidden) };
    }

    // Five passes over hidden units for each rating (W, V twice, and the gradients of both), and Adam over both matrices in each
    // batch: weight and two moments read and written.
    private static Demand Demand(InteractionMatrix items, int hidden)
    {
        var batches = (items.RowCount + BatchSize - 1) / BatchSize;
        return new(batches * 2.0 * items.ColumnCount * hidden * 6 * sizeof(float), items.Count * (double)hidden * 5 * 2);
    }

    // The same order on both sides, another in each epoch.
    private static IEnumerable<int[]> Batches(InteractionMatrix matrix, int epoch)
    {
        var rows = Enumerable.Range(0, matrix.RowCount).ToArray();
        new Random(epoch).Shuffle(rows);
        return rows.Chunk(BatchSize);
    }

    private static AutoRecNetwork Start(InteractionMatrix matrix, int hidden)
    {
        using var generator = new Generator(1, CPU);
        return new AutoRecNetwork(matrix.ColumnCount, hidden, Activation.Sigmoid, generator);
    }

    private sealed class Disposer(Action dispose) : IDisposable
    {
        public void Dispose() => dispose();
    }

    private sealed class Sparse : IDisposable
    {
        private readonly InteractionMatrix matrix;
        private readonly SparseAutoencoder engine;
        private readonly SparseBatch ratings;
        private int epoch;

        public Sparse(InteractionMatrix matrix, int hidden)
        {
            this.matrix = matrix;
            using var network = Start(matrix, hidden);
            engine = new SparseAutoencoder(Activation.Sigmoid, network.CopyWeights());
            ratings = new SparseBatch(matrix.ColumnCount);
        }

        public double Epoch()
        {
            var squaredError = 0.0;
            foreach (var batch in Batches(matrix, epoch++))
            {
                ratings.Fill(matrix, batch);
                squaredError += engine.Step(ratings, ratings, default, LearningRate, Penalty * batch.Length / matrix.RowCount);
            }

            return squaredError;
        }

        public void Dispose() => engine.Dispose();
    }

    // As one writes it in PyTorch: two linear layers, the whole matrix dense if it fits, a mask, autograd, optim.Adam.
    private sealed class Dense : IDisposable
    {
        private const long MostDense = 1L << 28; // Numbers that are kept dense: 1 GB.

        private readonly InteractionMatrix matrix;
        private readonly Linear encoder;
        private readonly Linear decoder;
        private readonly TorchChain adam;
        private readonly Tensor? all;
        private int epoch;

        public Dense(InteractionMatrix matrix, int hidden)
        {
            this.matrix = matrix;
            using var network = Start(matrix, hidden);
            encoder = nn.Linear(matrix.ColumnCount, hidden);
            decoder = nn.Linear(hidden, matrix.ColumnCount);
            using (no_grad())
            {
                encoder.weight.copy_(network.encoder_weight.t());
                encoder.bias!.zero_();
                decoder.weight.copy_(network.decoder_weight);
                decoder.bias!.zero_();
            }

            adam = new TorchChain([encoder.weight, encoder.bias!, decoder.weight, decoder.bias!], LearningRate);
            all = (long)matrix.RowCount * matrix.ColumnCount <= MostDense ? Rows(Enumerable.Range(0, matrix.RowCount).ToArray()) : null;
        }

        public double Epoch() => Epoch(int.MaxValue);

        public double Epoch(int batches)
        {
            var sum = 0.0;
            foreach (var batch in Batches(matrix, epoch++).Take(batches))
            {
                using var scope = NewDisposeScope();
                var ratings = all is null ? Rows(batch) : all.index_select(0, tensor(Array.ConvertAll(batch, row => (long)row)));
                var mask = ratings.sign();
                var squaredError = ((decoder.forward(encoder.forward(ratings).sigmoid()) - ratings) * mask).Squared().sum();
                var penalty = encoder.weight.Squared().sum().Plus(decoder.weight.Squared().sum());
                squaredError.Plus(penalty.Times(Penalty / 2 * batch.Length / matrix.RowCount)).backward();
                adam.Step();
                sum += squaredError.Number();
            }

            return sum;
        }

        private Tensor Rows(int[] rows)
        {
            var batch = new SparseBatch(matrix.ColumnCount);
            batch.Fill(matrix, rows);
            return batch.ToDense(CPU);
        }

        public void Dispose()
        {
            encoder.Dispose();
            decoder.Dispose();
            all?.Dispose();
        }
    }
}
