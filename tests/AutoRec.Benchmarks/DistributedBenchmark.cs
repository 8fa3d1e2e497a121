using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using AutoRec.Data;
using AutoRec.Distributed;
using AutoRec.Models;
using AutoRec.Models.Networks;
using AutoRec.Native;
using AutoRec.Training;
using Microsoft.Win32.SafeHandles;
using static TorchSharp.torch;

namespace AutoRec.Benchmarks;

/// <summary>
/// Training on 1, 2 or more ranks with one thread each. Without a launcher this starts one for each run, in turn; as a rank it trains, and
/// rank 0 prints what all of them took.
/// </summary>
internal static partial class DistributedBenchmark
{
    public const string Name = "distributed";

    private const int BatchSize = 512;
    private const int IalsEpochs = 16; // with what comes before the first
    private const int Rounds = 2;
    private const string Launcher = "mpirun.openmpi";

    private static readonly Shape Large = new("generated", 60_000, 6_000, 2_900_000);

    /// <summary>Whether this process is one of the ranks.</summary>
    public static bool IsRank => MpiLauncher.Find(Environment.GetEnvironmentVariable) is not null;

    /// <summary>Starts each of these numbers of ranks in turn, and prints a table of all runs.</summary>
    public static int Launch(IReadOnlyList<string> args, int[] numbers)
    {
        Console.WriteLine(
            "| work | ranks | s an epoch | compute CPU s a rank | MPI CPU s a rank | MB sent a rank and epoch | weights and Adam, MB a "
                + "rank | peak, MB a rank | result |");
        Console.WriteLine("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var ranks in numbers)
            {
                var start = new ProcessStartInfo(Launcher, ["-n", $"{ranks}", "--bind-to", "none", Environment.ProcessPath!, .. args]);
                foreach (var (name, value) in (ReadOnlySpan<(string, string)>)[
                    ("OMPI_ALLOW_RUN_AS_ROOT", "1"), ("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1"), ("OMPI_MCA_mpi_yield_when_idle", "1"),
                    ("OMPI_MCA_rmaps_base_oversubscribe", "1")])
                {
                    start.Environment[name] = value;
                }

                using var run = Process.Start(start)!;
                run.WaitForExit();
                if (run.ExitCode != 0)
                {
                    return run.ExitCode;
                }
            }
        }

        return 0;
    }

    /// <summary>Trains as one of the ranks.</summary>
    public static void RunRank(BenchmarkOptions options)
    {
        // The console would write control sequences to the terminal that a launcher gives to ranks.
        var output = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        Console.SetOut(new StreamWriter(output) { AutoFlush = true });
        ComputeThreads.Count = 1;
        set_num_threads(1);
        using var mpi = ProcessGroup.OfLauncher();
        var group = new CountingGroup(mpi);
        AutoRec(Large.Scaled(options.Scale), options.Hidden(500), options.Repeats, group);
        AutoRec(Shape.MovieLens1M.Scaled(options.Scale), options.Hidden(500), options.Repeats, group);
        Ials(Shape.MovieLens1M.Scaled(options.Scale), options.Hidden(64), options.Repeats, group);
    }

    private static void AutoRec(Shape shape, int hidden, int epochs, CountingGroup group)
    {
        var units = default(LeafSplit)!;
        var items = Own(Generated.Ratings(shape)); // [items x users of this rank]
        GC.Collect();
        using var generator = new Generator(1, CPU);
        AutoencoderWeights weights;
        using (var network = new AutoRecNetwork(units, hidden, Activation.Sigmoid, generator))
        {
            weights = network.CopyWeights();
        }

        using var engine = new SparseAutoencoder(Activation.Sigmoid, weights);
        var batch = new SparseBatch(items.ColumnCount);
        Memory.ResetPeak();
        var megabytes = 3 * sizeof(float) * ((double)weights.Encoder.All.Length + weights.Decoder.All.Length) / 1e6;
        Measure(FormattableString.Invariant($"I-AutoRec, {shape}, h = {hidden}"), epochs, megabytes, group, epoch =>
        {
            var rows = Enumerable.Range(0, shape.Items).ToArray();
            new Random(epoch).Shuffle(rows);
            var error = 0.0;
            foreach (var some in rows.Chunk(BatchSize))
            {
                batch.Fill(items, some);
                error += engine.Step(batch, batch, default, 0.001, 200.0 * some.Length / rows.Length);
            }

            return error;
        });

        // A method of its own, after which nothing refers to the ratings of the other ranks.
        InteractionMatrix Own(InteractionMatrix users)
        {
            units = LeafSplit.Of(users.RowLengths(), group);
            return users.SelectRows([.. Enumerable.Range(units.First, units.Own)]).Transpose();
        }
    }

    private static void Ials(Shape shape, int factors, int epochs, CountingGroup group)
    {
        var clicks = Generated.Ratings(shape).Binarize();
        var options = new IalsOptions { LatentFactors = factors, Epochs = IalsEpochs }.For(clicks);
        var megabytes = sizeof(float) * (double)factors * (shape.Users + shape.Items) / 1e6;
        _ = clicks.Transpose();
        Memory.ResetPeak();
        Measure(FormattableString.Invariant($"iALS, {shape}, k = {factors} (fits of {IalsEpochs} epochs)"), epochs, megabytes, group, _ =>
            new IalsTrainer(options).Fit(clicks, new FitContext { Group = group }).TrainingHistory[^1].TrainError);
    }

    private static void Measure(string work, int epochs, double megabytes, CountingGroup group, Func<int, double> run)
    {
        run(0);
        var (seconds, compute, mpi, sent) = (new double[epochs], new double[epochs], new double[epochs], 0.0);
        var result = 0.0;
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            group.Barrier();
            var (bytes, inMpi, clock, cpu) = (group.Bytes, group.CpuSeconds, Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
            result = run(epoch + 1);
            (seconds[epoch], mpi[epoch], sent) = (clock.Elapsed.TotalSeconds, group.CpuSeconds - inMpi, (group.Bytes - bytes) / 1e6);
            compute[epoch] = (Environment.CpuUsage.TotalTime - cpu).TotalSeconds - mpi[epoch];
        }

        var table = new[] { seconds.Min(), compute.Min(), mpi.Min(), sent, megabytes, Memory.PeakMegabytes() ?? 0 }
            .Select(number => string.Join(" / ", group.AllGather(number).Select(one => one.ToString("0.##", CultureInfo.InvariantCulture))))
            .ToArray();
        if (group.Rank == 0)
        {
            Console.WriteLine(
                $"| {work} | {group.Size} | {string.Join(" | ", table)} | {result.ToString("R", CultureInfo.InvariantCulture)} |");
        }
    }

    /// <summary>Counts what a group sends, and the processor time that this takes.</summary>
    private sealed partial class CountingGroup(IProcessGroup group) : IProcessGroup
    {
        private const int OfThisThread = 3; // CLOCK_THREAD_CPUTIME_ID

        public int Rank => group.Rank;

        public int Size => group.Size;

        public long Bytes { get; private set; }

        public double CpuSeconds { get; private set; }

        public void AllGather(ReadOnlySpan<byte> mine, Span<byte> all, ReadOnlySpan<int> lengths)
        {
            var start = Now();
            group.AllGather(mine, all, lengths);
            Count((long)mine.Length * (Size - 1), start);
        }

        public void AllToAll(ReadOnlySpan<byte> mine, ReadOnlySpan<int> lengths, Span<byte> received, ReadOnlySpan<int> receivedLengths)
        {
            var start = Now();
            group.AllToAll(mine, lengths, received, receivedLengths);
            Count(mine.Length - lengths[Rank], start);
        }

        public void Broadcast(Span<byte> bytes, int root)
        {
            var start = Now();
            group.Broadcast(bytes, root);
            Count(Rank == root ? (long)bytes.Length * (Size - 1) : 0, start);
        }

        public void Barrier() => group.Barrier();

        public void Abort(int exitCode) => group.Abort(exitCode);

        public void Dispose() => group.Dispose();

        private void Count(long bytes, double start) => (Bytes, CpuSeconds) = (Bytes + bytes, CpuSeconds + Now() - start);

        private static double Now() => GetTime(OfThisThread, out var time) == 0 ? time.Seconds + (time.Nanoseconds / 1e9) : 0;

        [LibraryImport("libc", EntryPoint = "clock_gettime")]
        private static partial int GetTime(int clock, out TimeSpec time);

        private struct TimeSpec
        {
            public long Seconds;
            public long Nanoseconds;
        }
    }
}
