using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;
using AutoRec.Native;
using AutoRec.Training;
using TorchSharp;

namespace AutoRec.Cli.Commands;

/// <summary><c>autorec info</c>: what to say of one's system when asking for help. No names, paths or data.</summary>
internal static class InfoCommand
{
    public static Command Create()
    {
        var command = new Command("info");
        command.SetAction(parsed =>
        {
            var output = parsed.InvocationConfiguration.Output;
            foreach (var (name, value) in Facts())
            {
                output.WriteLine($"{name,-10} {value}");
            }
        });
        return command;
    }

    private static IEnumerable<(string Name, string Value)> Facts()
    {
        yield return ("autorec", VersionOf(typeof(InfoCommand)));
        yield return (".NET", $"{Environment.Version}, {RuntimeInformation.RuntimeIdentifier}");
        yield return ("system", $"{RuntimeInformation.OSDescription}, {RuntimeInformation.OSArchitecture}");
        var threads = Environment.GetEnvironmentVariable("OMP_NUM_THREADS") is { Length: > 0 } number ? $", OMP_NUM_THREADS={number}" : "";
        yield return ("processors", $"{Environment.ProcessorCount}{threads}");
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        yield return ("memory", $"{FitCost.Gigabytes(memory)} for this process, {FitCost.Gigabytes(FreeMemory.Bytes)} free");
        yield return ("TorchSharp", VersionOf(typeof(torch)));
        yield return ("libtorch", Torch());
    }

    private static string Torch()
    {
        try
        {
            TorchRuntime.EnsureLoaded();
            using var ones = torch.ones(2);
            using var sum = ones.sum();
            var device = torch.cuda.is_available() ? $"CUDA, {torch.cuda.device_count()} devices" : "processor only";
            return sum.item<float>() == 2 ? $"{torch.__version__} loads and computes; {device}" : "loads, but computes wrong";
        }
        catch (Exception error) when (error is DllNotFoundException or TypeInitializationException or ExternalException)
        {
            return $"does not load: {(error.InnerException ?? error).Message.Split(". Looked in", 2)[0]}";
        }
    }

    private static string VersionOf(Type type) =>
        type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
