using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace AutoRec.Native;

/// <summary>
/// Finds and loads libtorch, by itself, before TorchSharp is first used.
/// </summary>
/// <remarks>
/// Two things would go wrong if TorchSharp were left to load its native library alone. Its
/// <c>libLibTorchSharp.so</c> names the symbol version <c>GLIBCXX_3.4.32</c>, which the libstdc++ of Debian 12,
/// Ubuntu 22.04 and RHEL 9 lacks, though no symbol that it really uses carries it. And where an older libtorch is
/// installed on the system, the linker may take that one. So the libraries that came with the package are loaded
/// first, by full path, and, only where the original is refused, a private copy of <c>libLibTorchSharp.so</c> in
/// which that one requirement is marked weak. Files of the NuGet cache are never changed.
/// </remarks>
public static partial class TorchRuntime
{
    private const string MissingVersion = "GLIBCXX_3.4.32";

    // In the order in which they need one another. The CUDA libraries are present in a CUDA build only.
    private static readonly string[] LinuxLibraries =
        ["libgomp*.so*", "libc10.so", "libtorch_cpu.so", "libc10_cuda.so", "libtorch_cuda.so", "libtorch.so"];

    private static readonly Lock Gate = new();
    private static bool attempted;
    private static Exception? failure;
    private static nint torchSharp;

    /// <summary>Loads libtorch now instead of at its first use.</summary>
    /// <exception cref="DllNotFoundException">libtorch or TorchSharp's native library is missing or does not load;
    /// the message says which, where it was looked for and what to install.</exception>
    public static void EnsureLoaded()
    {
        lock (Gate)
        {
            if (!attempted)
            {
                attempted = true;
                try
                {
                    Load();
                }
                catch (Exception error) when (error is IOException or UnauthorizedAccessException or DllNotFoundException or BadImageFormatException)
                {
                    failure = error;
                }
            }
        }

        if (failure is not null)
        {
            throw new DllNotFoundException(failure.Message, failure);
        }
    }

    // TorchSharp's managed assembly is loaded the moment a method that uses it is compiled, and its native library
    // when that method runs: the moment between the two is ours. A failure is kept for EnsureLoaded, because an
    // exception here would surface as an unrelated type load error.
#pragma warning disable CA2255 // A library that must act before another library's static constructor has no other place.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void LoadBeforeFirstUse()
    {
        AppDomain.CurrentDomain.AssemblyLoad += (_, loaded) =>
        {
            if (loaded.LoadedAssembly.GetName().Name == "TorchSharp")
            {
                TryLoad();
            }
        };

        // A second thread may run torch's static constructor while the first still loads; the search that fails it
        // then ends here, and waits.
        AssemblyLoadContext.GetLoadContext(typeof(TorchRuntime).Assembly)!.ResolvingUnmanagedDll += (_, name) =>
        {
            if (name == "LibTorchSharp")
            {
                TryLoad();
            }

            return name == "LibTorchSharp" ? torchSharp : 0;
        };
        if (AppDomain.CurrentDomain.GetAssemblies().Any(assembly => assembly.GetName().Name == "TorchSharp"))
        {
            TryLoad();
        }

        static void TryLoad()
        {
            try
            {
                EnsureLoaded();
            }
            catch (DllNotFoundException)
            {
            }
        }
    }

    private static void Load()
    {
        if (!OperatingSystem.IsLinux())
        {
            return; // TorchSharp's own search is right on Windows and macOS.
        }

        LimitSpinning();
        var folder = FindFolder();
        foreach (var path in LinuxLibraries.SelectMany(pattern => Directory.EnumerateFiles(folder, pattern)))
        {
            NativeLibrary.Load(path);
        }

        var original = Path.Combine(folder, "libLibTorchSharp.so");
        try
        {
            torchSharp = NativeLibrary.Load(original);
        }
        catch (DllNotFoundException error) when (error.Message.Contains(MissingVersion, StringComparison.Ordinal))
        {
            torchSharp = LoadPrivateCopy(original);
        }
    }

    // Between two parallel regions libgomp's threads spin, by default for so long that small networks train four times
    // slower wherever other work wants the processors. A thousand turns are what libgomp takes by itself once a program
    // has more threads than processors. It reads its settings once, when it is loaded, from the C library's environment,
    // to which .NET's own setter does not write. A setting of the user's own stays.
    private static void LimitSpinning()
    {
        if (Environment.GetEnvironmentVariable("OMP_WAIT_POLICY") is null)
        {
            _ = SetEnvironment("GOMP_SPINCOUNT", "1000", overwrite: 0);
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);

    private static string FindFolder() => FindFolder(
        AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "",
        Path.GetDirectoryName(typeof(TorchRuntime).Assembly.Location) is { Length: > 0 } folder ? folder : AppContext.BaseDirectory);

    /// <summary>Finds the folder that holds libtorch together with TorchSharp's native library.</summary>
    /// <param name="searched">
    /// Where the runtime looks for native libraries, in its order. These folders come first, because TorchSharp looks there and a second copy
    /// from elsewhere aborts the process: an application that is built without a runtime identifier has one copy beside it and one in its
    /// folder runtimes.
    /// </param>
    /// <param name="beside">The folder of this assembly.</param>
    /// <exception cref="DllNotFoundException">No folder holds both.</exception>
    internal static string FindFolder(string searched, string beside)
    {
        var native = Path.Combine("runtimes", RuntimeInformation.RuntimeIdentifier, "native");
        string[] candidates =
        [
            .. searched.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries),
            beside,
            Path.Combine(beside, native),
            AppContext.BaseDirectory,
            Path.Combine(AppContext.BaseDirectory, native),
        ];
        candidates = [.. candidates.Select(Path.GetFullPath).Distinct()];

        return Array.Find(candidates, IsComplete) ?? throw new DllNotFoundException(
            $"libtorch was not found for {RuntimeInformation.RuntimeIdentifier}: no folder holds libLibTorchSharp.so together with " +
            $"libtorch_cpu.so. Looked in: {string.Join(", ", candidates)}. Build the project on this machine (dotnet build), or add the " +
            $"NuGet packages TorchSharp and libtorch-cpu-{RuntimeInformation.RuntimeIdentifier} to your own project.");

        static bool IsComplete(string candidate) =>
            File.Exists(Path.Combine(candidate, "libLibTorchSharp.so")) && File.Exists(Path.Combine(candidate, "libtorch_cpu.so"));
    }

    private static nint LoadPrivateCopy(string original)
    {
        var image = File.ReadAllBytes(original);
        ElfSymbolVersions.MarkWeak(image, MissingVersion);
        var home = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        try
        {
            return NativeLibrary.Load(KeptCopy(image, home));
        }
        catch (Exception error) when (IsUnusableFolder(error))
        {
        }

        try
        {
            return LoadTemporaryCopy(image);
        }
        catch (Exception error) when (IsUnusableFolder(error))
        {
            throw new DllNotFoundException(
                $"This system's libstdc++ lacks {MissingVersion}, and libLibTorchSharp.so could not be copied to a folder of its own to do "
                + $"without it: {error.Message} Make {(home.Length > 0 ? home : "the home folder")} or {Path.GetTempPath()} writable, set HOME or TMPDIR "
                + "to a folder that is, or install libstdc++ of GCC 13 or newer.",
                error);
        }

        // Libraries cannot be loaded from file systems mounted with noexec.
        static bool IsUnusableFolder(Exception error) => error is IOException or UnauthorizedAccessException or DllNotFoundException;
    }

    // Copies of processes that were killed; one that is being written is seconds old.
    private static void RemoveLeftovers(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder, "libLibTorchSharp.so.*"))
        {
            if (File.GetLastWriteTimeUtc(file) < DateTime.UtcNow.AddHours(-1))
            {
                File.Delete(file);
            }
        }
    }

    // In the home folder, for the next process too.
    private static string KeptCopy(byte[] image, string home)
    {
        if (!Path.IsPathRooted(home))
        {
            throw new DirectoryNotFoundException("There is no home folder.");
        }

        var version = System.Reflection.Assembly.Load("TorchSharp").GetName().Version;
        var folder = Path.Combine(home, "AutoRec.Lib", "native", $"torchsharp-{version}");
        var copy = Path.Combine(folder, "libLibTorchSharp.so");
        if (!File.Exists(copy) || !File.ReadAllBytes(copy).AsSpan().SequenceEqual(image))
        {
            Directory.CreateDirectory(folder);
            RemoveLeftovers(folder);
            var partial = $"{copy}.{Environment.ProcessId}";
            File.WriteAllBytes(partial, image);
            File.Move(partial, copy, overwrite: true);
        }

        return copy;
    }

    // In a folder of this process alone: in the temporary folder another user could put a library in the place of ours.
    private static nint LoadTemporaryCopy(byte[] image)
    {
        var folder = Directory.CreateTempSubdirectory("autorec-");
        try
        {
            var copy = Path.Combine(folder.FullName, "libLibTorchSharp.so");
            File.WriteAllBytes(copy, image);
            return NativeLibrary.Load(copy);
        }
        finally
        {
            folder.Delete(recursive: true); // The loaded library stays.
        }
    }
}
