using System.Diagnostics;

namespace AutoRec.Tests.Native;

/// <summary>Models that are fitted, saved, loaded and asked again and again do not fill the memory.</summary>
public sealed class FlatMemoryTests
{
    private const int Fits = 200;

    // What the fits after the first two of each model may add. They add 2 MB; a batch of 60 users that each fit keeps adds 100 MB.
    private const long MostManaged = 200 << 10;
    private const long MostResident = 6 << 20;

    [Fact]
    public async Task FitSaveLoadAndScore_200Times_MemoryStaysFlat()
    {
        using var process = TestProcess.Start(
            $"{nameof(FlatMemoryTests)}.{nameof(Worker)}",
            ("MALLOC_MMAP_THRESHOLD_", "65536"), // Memory of tensors goes back to the system when they are freed.
            ("DOTNET_GCgen0size", "0x400000"),
            ("DOTNET_GCConserveMemory", "9"),
            ("DOTNET_TieredCompilation", "0"),
            ("OMP_NUM_THREADS", "1"));
        await process.PassAsync();
    }

    // What the process of the test above runs.
    [Fact(Explicit = true)]
    public void Worker()
    {
        var data = SomeRatings.Log(lines: 3000, users: 60, items: 2500);
        Round();
        Round();
        var warm = Memory.Now();
        for (var fits = 2 * TorchModels.All.Count; fits < Fits; fits += TorchModels.All.Count)
        {
            Round();
        }

        var end = Memory.Now();
        Assert.True(end.Managed - warm.Managed < MostManaged && end.Resident - warm.Resident < MostResident, $"{warm}, then {end}");

        void Round()
        {
            foreach (var model in TorchModels.All)
            {
                TorchModels.FitSaveLoadAndScore(model, data);
            }
        }
    }

    // Bytes of .NET objects and of the process, after everything unused is gone.
    private sealed record Memory(long Managed, long Resident)
    {
        public static Memory Now()
        {
            for (var i = 0; i < 2; i++)
            {
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                GC.WaitForPendingFinalizers();
            }

            using var process = Process.GetCurrentProcess();
            return new(GC.GetTotalMemory(forceFullCollection: true), process.WorkingSet64);
        }
    }
}
