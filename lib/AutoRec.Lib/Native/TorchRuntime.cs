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
    private const string BindingFile = "libLibTorchSharp.so";
    private const string LibTorchFile = "libtorch_cpu.so";

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
                catch (Exception error)
                    when (error is IOException or UnauthorizedAccessException or DllNotFoundException or BadImageFormatException)
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
        var (libtorch, binding) = FindFolders();
        foreach (var path in LinuxLibraries.SelectMany(pattern => Directory.EnumerateFiles(libtorch, pattern)))
        {
            NativeLibrary.Load(path);
        }

        var original = Path.Combine(binding, BindingFile);
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

    private static (string LibTorch, string Binding) FindFolders() => FindFolders(
        AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "",
        Path.GetDirectoryName(typeof(TorchRuntime).Assembly.Location) is { Length: > 0 } folder ? folder : AppContext.BaseDirectory,
        AppContext.BaseDirectory);

    /// <summary>
    /// Finds the folder that holds libtorch and that of TorchSharp's native library. They are the same, unless both are NuGet packages.
    /// </summary>
    /// <param name="searched">
    /// Where the runtime looks for native libraries, in its order. These folders come first, because TorchSharp looks there and a second
    /// copy from elsewhere aborts the process: an application that is built without a runtime identifier has one copy beside it and one in
    /// its folder runtimes.
    /// </param>
    /// <param name="beside">
    /// The folder of this assembly. Where a notebook took it from a NuGet package, it lies in NuGet's folder of packages, and the packages
    /// of TorchSharp and libtorch lie there too.
    /// </param>
    /// <param name="program">The folder of the program.</param>
    /// <exception cref="DllNotFoundException">The libraries are nowhere.</exception>
    internal static (string LibTorch, string Binding) FindFolders(string searched, string beside, string program)
    {
        var system = RuntimeInformation.RuntimeIdentifier;
        var native = Path.Combine("runtimes", system, "native");
        string[] candidates =
        [
            .. searched.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries),
            beside,
            Path.Combine(beside, native),
            program,
            Path.Combine(program, native),
        ];
        candidates = [.. candidates.Select(Path.GetFullPath).Distinct()];
        if (Array.Find(candidates, folder => Holds(folder, BindingFile) && Holds(folder, LibTorchFile)) is { } complete)
        {
            return (complete, complete);
        }

        var packages = Path.GetFullPath(Path.Combine(beside, "..", "..", "..", ".."));
        return InPackage($"libtorch-cpu-{system}", LibTorchFile) is { } libtorch && InPackage("torchsharp", BindingFile) is { } binding
            ? (libtorch, binding)
            : throw new DllNotFoundException(
                $"libtorch was not found for {system}: no folder holds {BindingFile} together with {LibTorchFile}. "
                + $"Looked in: {string.Join(", ", candidates)}. Build the project on this machine (dotnet build). In a project of your own "
                + "that takes AutoRec.Lib as a package, write <UseCurrentRuntimeIdentifier>true</UseCurrentRuntimeIdentifier> "
                + "into the project "
                + $"file, or add the package libtorch-cpu-{system}.");

        // The version that TorchSharp was built for is the one in use; where several lie there, the newest.
        string? InPackage(string package, string file) => Directory.Exists(Path.Combine(packages, package))
            ? Directory.EnumerateDirectories(Path.Combine(packages, package))
                .Where(version => Version.TryParse(Path.GetFileName(version), out _) && Holds(Path.Combine(version, native), file))
                .OrderByDescending(version => Version.Parse(Path.GetFileName(version)))
                .Select(version => Path.Combine(version, native))
                .FirstOrDefault()
            : null;

        static bool Holds(string folder, string file) => File.Exists(Path.Combine(folder, file));
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
                + $"without it: {error.Message} Make {(home.Length > 0 ? home : "the home folder")} or {Path.GetTempPath()} writable, "
                + "set HOME or TMPDIR "
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

        // The one that is loaded: to load it by name would make a second one in a notebook, whose cells and library have load contexts of
        // their own.
        var version = (Array.Find(AppDomain.CurrentDomain.GetAssemblies(), assembly => assembly.GetName().Name == "TorchSharp")
            ?? System.Reflection.Assembly.Load("TorchSharp")).GetName().Version;
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
