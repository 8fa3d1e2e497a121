using AutoRec.Native;
using TorchSharp;

namespace AutoRec.Training;

/// <summary>Finds the devices of torch.</summary>
internal static class TorchDevices
{
    /// <summary>Finds the torch device; loads libtorch at the first call and sets its number of threads.</summary>
    /// <exception cref="NotSupportedException">CUDA is requested and not available.</exception>
    public static torch.Device Resolve(ComputeDevice device)
    {
        TorchRuntime.EnsureLoaded();
        return ResolveLoaded(device);
    }

    // A method of its own: compiling a method that names torch loads TorchSharp.
    private static torch.Device ResolveLoaded(ComputeDevice device)
    {
        torch.set_num_threads(ComputeThreads.Count);
        if (device == ComputeDevice.Cpu)
        {
            return torch.CPU;
        }

        return torch.cuda.is_available() ? torch.CUDA : throw new NotSupportedException(
            "The device 'cuda' is not available: it needs an NVIDIA GPU with its driver and a build with CUDA libraries " +
            "(dotnet build -c Release -p:AutoRecTorch=cuda). Use the device 'cpu' instead.");
    }
}
