using AutoRec.Native;
using TorchSharp;

namespace AutoRec.Tests.Native;

public sealed class TorchRuntimeTests
{
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
