using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace AutoRec.Training;

/// <summary>The memory of tensors of 32-bit floats on the CPU.</summary>
internal static class TensorMemory
{
    /// <summary>All numbers of a contiguous tensor, to be read and changed in place.</summary>
    public static Span<float> Numbers(this Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.bytes);

    /// <summary>Copies the numbers of a tensor of any layout on any device.</summary>
    public static float[] CopyNumbers(this Tensor tensor) =>
        tensor.numel() == 0 ? [] : tensor.detach().cpu().contiguous().data<float>().ToArray();
}
