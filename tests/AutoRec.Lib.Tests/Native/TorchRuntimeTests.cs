using System.Runtime.InteropServices;
using AutoRec.Native;
using TorchSharp;

namespace AutoRec.Tests.Native;

public sealed class TorchRuntimeTests
{
    // As in the output of an application that is built without a runtime identifier: TorchSharp takes the copy that the runtime finds.
    [Fact]
    public void FindFolders_LibrariesInTwoPlaces_TheOneThatTheRuntimeSearches()
    {
        using var folder = new TemporaryFolder();
        var (beside, searched, incomplete) = (folder["beside"], folder["searched"], folder["incomplete"]);
        foreach (var place in new[] { beside, searched, incomplete })
        {
            Directory.CreateDirectory(place);
            File.WriteAllText(Path.Combine(place, "libtorch_cpu.so"), "");
        }

        File.WriteAllText(Path.Combine(beside, "libLibTorchSharp.so"), "");
        File.WriteAllText(Path.Combine(searched, "libLibTorchSharp.so"), "");
        Assert.Equal((searched, searched), TorchRuntime.FindFolders(string.Join(Path.PathSeparator, incomplete, searched), beside, beside));
        Assert.Equal((beside, beside), TorchRuntime.FindFolders(incomplete, beside, beside));
    }

    [Fact]
    public void FindFolders_LibraryInItsPackage_TheNewestPackagesBesideIt()
    {
        using var packages = new TemporaryFolder();
        var native = Path.Combine("runtimes", RuntimeInformation.RuntimeIdentifier, "native");
        var beside = Directory.CreateDirectory(packages[Path.Combine("autorec.lib", "1.0.0-alpha.1", "lib", "net10.0")]).FullName;
        string Place(string package, string version, string file)
        {
            var folder = Directory.CreateDirectory(packages[Path.Combine(package, version, native)]).FullName;
            File.WriteAllText(Path.Combine(folder, file), "");
            return folder;
        }

        _ = Place("torchsharp", "0.99.0", "libLibTorchSharp.so");
        var binding = Place("torchsharp", "0.107.0", "libLibTorchSharp.so");
        var libtorch = Place($"libtorch-cpu-{RuntimeInformation.RuntimeIdentifier}", "2.10.0", "libtorch_cpu.so");
        Assert.Equal((libtorch, binding), TorchRuntime.FindFolders("", beside, packages.Path));
    }

    [Fact]
    public void EnsureLoaded_OnThisSystem_TorchComputes()
    {
        TorchRuntime.EnsureLoaded();
        using var ones = torch.ones(3);
        using var sum = ones.sum();
        Assert.Equal(3f, sum.item<float>());
    }

    [Fact]
    public void MarkWeak_TorchSharpsLibrary_ChangesOnlyTheFlagOfThatVersion()
    {
        var path = Path.Combine(AppContext.BaseDirectory, "libLibTorchSharp.so");
        if (!File.Exists(path))
        {
            Assert.Skip("libLibTorchSharp.so exists on Linux only.");
        }

        var original = File.ReadAllBytes(path);
        var image = original.ToArray();
        Assert.Equal(1, ElfSymbolVersions.MarkWeak(image, "GLIBCXX_3.4.32"));
        var changed = Enumerable.Range(0, image.Length).Where(i => image[i] != original[i]).ToArray();
        Assert.Single(changed);
        Assert.Equal(0, original[changed[0]]);
        Assert.Equal(2, image[changed[0]]);
        Assert.Equal(0, ElfSymbolVersions.MarkWeak(image, "GLIBCXX_9.9.9"));
    }

    [Fact]
    public void MarkWeak_NotAnElfFile_Throws() =>
        Assert.Throws<InvalidDataException>(() => ElfSymbolVersions.MarkWeak(new byte[100], "GLIBCXX_3.4.32"));
}
