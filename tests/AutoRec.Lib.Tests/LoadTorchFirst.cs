using System.Runtime.CompilerServices;
using AutoRec.Native;

namespace AutoRec.Tests;

internal static class LoadTorchFirst
{
    // Test classes run side by side. Without this, one that names torch could start it while another's first use is
    // still loading the native library.
    [ModuleInitializer]
    internal static void Load() => TorchRuntime.EnsureLoaded();
}
