using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace AutoRec.Training;

/// <summary>The memory of tensors on the CPU.</summary>
internal static class TensorMemory
{
    /// <summary>All numbers of a contiguous tensor of 32-bit floats, to be read and changed in place.</summary>
    public static Span<float> Numbers(this Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.bytes);

    /// <summary>All numbers of a contiguous tensor of bfloat16, to be read and changed in place.</summary>
    public static Span<ushort> ShortNumbers(this Tensor tensor) => MemoryMarshal.Cast<byte, ushort>(tensor.bytes);

    /// <summary>Copies the numbers of a tensor of any layout on any device.</summary>
    public static float[] CopyNumbers(this Tensor tensor) =>
        tensor.numel() == 0 ? [] : tensor.detach().cpu().contiguous().data<float>().ToArray();

    /// <summary>Copies the rows of a matrix of any layout on any device.</summary>
    public static FloatRows CopyRows(this Tensor matrix)
    {
        using var scope = NewDisposeScope();
        return FloatRows.CopyOf(matrix.detach().cpu().contiguous().Numbers(), (int)matrix.shape[1]);
    }
}
