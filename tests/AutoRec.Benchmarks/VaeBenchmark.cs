using AutoRec.Data;
using AutoRec.Models.Networks;
using AutoRec.Training;
using static TorchSharp.torch;

namespace AutoRec.Benchmarks;

/// <summary>Mult-VAE 600-200-600, an epoch: sparse input and fused output against dense batches, autograd and torch's chain of
/// Adam.</summary>
internal static class VaeBenchmark
{
    private const int Latent = 200;
    private const int BatchSize = 500;
    private const double LearningRate = 0.001;
    private const double Dropout = 0.5;
    private const double KlWeight = 0.2;

    public static IEnumerable<Comparison> Run(BenchmarkOptions options)
    {
        var shape = Shape.MovieLens1M.Scaled(options.Scale);
        var hidden = options.Hidden(600);
        var clicks = Generated.Ratings(shape).Binarize();
        using var scope = NewDisposeScope();
        var batches = (clicks.RowCount + BatchSize - 1) / BatchSize;
        var (items, users) = ((double)clicks.ColumnCount, (double)clicks.RowCount);

        // The first layer forward and back over the items a user has; the last as three dense products; Adam over all weights.
        var demand = new Demand(
            batches * 2 * items * hidden * 6 * sizeof(float),
            (clicks.Count * (1 - Dropout) * hidden * 4) + (users * items * hidden * 6) + (users * hidden * Latent * 18));
        foreach (var precision in MatmulPrecisions.HasBfloat16 ? Enum.GetValues<MatmulPrecision>() : [MatmulPrecision.Float32])
        {
            using var ours = new MultVae(clicks, hidden, isDense: false, precision);
            using var reference = new MultVae(clicks, hidden, isDense: true);
            var isShort = precision == MatmulPrecision.Bfloat16;
            yield return Comparison.Run(
                $"Mult-VAE{(isShort ? " in bfloat16" : "")}, {shape}, {hidden}-{Latent}-{hidden}, an epoch",
                new($"sparse input, fused output and Adam{(isShort ? ", matmul-precision=bfloat16" : "")}", ours.Epoch),
                new("dense input, autograd, optim.Adam", reference.Epoch),
                options.Repeats,
                isShort ? 1e-2 : 1e-3) with
            { Target = isShort ? 2 : 1.5, Demand = demand };
        }
    }

    private sealed class MultVae : IDisposable
    {
        private readonly InteractionMatrix matrix;
        private readonly bool isDense;
        private readonly Generator generator = new(2, CPU);
        private readonly VaeNetwork network;
        private readonly InputLayer? input;
        private readonly OutputLayer? output;
        private readonly TorchAdam? middle;
        private readonly TorchChain? adam;
        private readonly SparseBatch clicks;
        private readonly SparseBatch noisy;
        private int epoch;

        public MultVae(InteractionMatrix matrix, int hidden, bool isDense, MatmulPrecision precision = MatmulPrecision.Float32)
        {
            this.matrix = matrix;
            this.isDense = isDense;
            using var start = new Generator(1, CPU);
            network = new VaeNetwork(matrix.ColumnCount, hidden, Latent, start);
            (clicks, noisy) = (new SparseBatch(matrix.ColumnCount), new SparseBatch(matrix.ColumnCount));
            if (isDense)
            {
                adam = new TorchChain(network.parameters(), LearningRate);
            }
            else
            {
                input = InputLayer.Of(network.FirstLayer, usesTorch: false, CPU);
                output = OutputLayer.Of(network.decoder_output, OutputLoss.Multinomial, usesTorch: false, CPU, precision: precision);
                middle = new TorchAdam(
                    network.parameters().Except([.. network.FirstLayer.parameters(), .. network.decoder_output.parameters()]));
            }
        }

        public double Epoch()
        {
            var rows = Enumerable.Range(0, matrix.RowCount).ToArray();
            new Random(epoch++).Shuffle(rows);
            var sum = 0.0;
            foreach (var batch in rows.Chunk(BatchSize))
            {
                using var scope = NewDisposeScope();
                sum += (isDense ? DenseStep(batch) : SparseStep(batch)) * batch.Length;
            }

            return sum;
        }

        private double SparseStep(int[] batch)
        {
            clicks.Fill(matrix, batch);
            noisy.Fill(matrix, batch);
            noisy.Normalize().Drop(Dropout, generator);
            var (mean, logVariance) = network.Posterior(input!.Forward(noisy));
            var z = Noise.Reparameterize(mean, logVariance, generator);
            var loss = output!.Loss(network.BeforeOutput(z), clicks).Plus(Losses.GaussianKl(mean, logVariance).Times(KlWeight));
            loss.backward();
            input.Step(LearningRate);
            output.Step(LearningRate);
            middle!.Step(LearningRate);
            return loss.Number();
        }

        // As one writes it in PyTorch; the dropped items are drawn entry by entry only so that both sides drop the same.
        private double DenseStep(int[] batch)
        {
            clicks.Fill(matrix, batch);
            noisy.Fill(matrix, batch);
            noisy.Normalize().Drop(Dropout, generator);
            var target = clicks.ToDense(CPU);
            var (mean, logVariance) = network.Encode(noisy.ToDense(CPU));
            var z = mean.Plus(logVariance.Times(0.5).exp() * randn(mean.shape, generator: generator));
            var likelihood = (nn.functional.log_softmax(network.Decode(z), 1) * target).sum(1).mean();
            var kl = (logVariance.exp().Plus(mean.Squared()).Minus(1) - logVariance).Times(0.5).sum(1).mean();
            var loss = kl.Times(KlWeight) - likelihood;
            loss.backward();
            adam!.Step();
            return loss.Number();
        }

        public void Dispose()
        {
            input?.Dispose();
            output?.Dispose();
            middle?.Dispose();
            network.Dispose();
            generator.Dispose();
        }
    }
}
