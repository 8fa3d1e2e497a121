using System.Globalization;
using System.Reflection;
using AutoRec.Training;
using TorchSharp;

namespace AutoRec.Tests.Native;

/// <summary>Native objects of torch outlive the native calls that use them, whenever the garbage collector comes.</summary>
public sealed class GarbageCollectionTests
{
    private const string RunsVariable = "AUTOREC_STRESS_RUNS";
    private const int Processes = 8;
    private const int CallsOfScalarMath = 5000;

    public static TheoryData<string> Models => [.. TorchModels.All];

    // A tensor that no dispose scope holds may be freed during the last call that takes it.
    [Theory]
    [MemberData(nameof(Models))]
    public void FitSaveLoadAndScore_EveryTensor_IsHeldByAScope(string model)
    {
        var before = DisposeScopeManager.Statistics.CreatedOutsideScopeCount;
        TorchModels.FitSaveLoadAndScore(model);
        Assert.Equal(before, DisposeScopeManager.Statistics.CreatedOutsideScopeCount);
    }

    /// <summary>
    /// Calls every operation with scalars and fits every model again and again, while collections come all the time: in eight processes,
    /// each with a first generation of 64 KB and a thread that does nothing but collect. <c>AUTOREC_STRESS_RUNS</c> says how often each
    /// process fits each model.
    /// </summary>
    [Fact]
    public async Task FitSaveLoadAndScore_ConstantCollections_NeverAborts()
    {
        var processes = Enumerable.Range(0, Processes).Select(_ => TestProcess.Start(
            $"{nameof(GarbageCollectionTests)}.{nameof(Worker)}",
            ("DOTNET_GCgen0size", "0x10000"),
            ("DOTNET_TieredCompilation", "0"),
            ("OMP_NUM_THREADS", "1"))).ToArray();
        try
        {
            foreach (var process in processes)
            {
                await process.PassAsync();
            }
        }
        finally
        {
            Array.ForEach(processes, process => process.Dispose());
        }
    }

    // What a process of the test above runs.
    [Fact(Explicit = true)]
    public void Worker()
    {
        var runs = int.Parse(Environment.GetEnvironmentVariable(RunsVariable) ?? "4", CultureInfo.InvariantCulture);
        using var isDone = new ManualResetEventSlim();
        var collector = new Thread(() =>
        {
            while (!isDone.Wait(TimeSpan.FromMilliseconds(1)))
            {
                GC.Collect(0);
                GC.WaitForPendingFinalizers();
            }
        });
        collector.Start();
        try
        {
            CallAllOfScalarMath();
            foreach (var model in TorchModels.All)
            {
                var expected = TorchModels.FitSaveLoadAndScore(model);
                for (var run = 1; run < runs; run++)
                {
                    Assert.Equal(expected, TorchModels.FitSaveLoadAndScore(model));
                }
            }
        }
        finally
        {
            isDone.Set();
            collector.Join();
        }
    }

    private static void CallAllOfScalarMath()
    {
        using var scope = torch.NewDisposeScope();
        var (vector, scalar) = (torch.ones(300), torch.ones(1));
        var methods = typeof(ScalarMath).GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly);
        foreach (var method in methods)
        {
            var arguments = Array.ConvertAll(method.GetParameters(), parameter => parameter.ParameterType switch
            {
                var type when type == typeof(torch.Tensor) => method.Name == nameof(ScalarMath.Number) ? scalar : (object)vector,
                var type when type == typeof(AdamStep) => Adam.At(1, 0.1),
                _ => 0.5,
            });
            for (var i = 0; i < CallsOfScalarMath; i++)
            {
                using var step = torch.NewDisposeScope();
                method.Invoke(null, arguments);
            }
        }
    }
}
