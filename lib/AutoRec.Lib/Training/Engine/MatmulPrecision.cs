using System.Runtime.Intrinsics.X86;
using static TorchSharp.torch;

namespace AutoRec.Training;

/// <summary>The numbers that matrix products multiply. Their sums, the weights and Adam are float32.</summary>
public enum MatmulPrecision
{
    /// <summary>Single precision: 24 bits.</summary>
    Float32,

    /// <summary>
    /// The upper half of single precision: 8 bits, which processors with AVX-512 BF16 or AMX and GPUs multiply in half of the time or
    /// less.
    /// </summary>
    Bfloat16,
}

/// <summary>What a precision asks of the machine, and does to numbers.</summary>
internal static class MatmulPrecisions
{
    /// <summary>Whether this processor multiplies bfloat16 numbers.</summary>
    public static bool HasBfloat16 { get; } = X86Base.IsSupported && ((Leaf7(1).Eax & (1 << 5)) != 0 || (Leaf7(0).Edx & (1 << 22)) != 0);

    /// <summary>Throws where a device would take longer in a precision than in single precision.</summary>
    /// <exception cref="NotSupportedException">The device is the processor, which does not multiply bfloat16 numbers.</exception>
    public static void Require(this MatmulPrecision precision, ComputeDevice device)
    {
        if (precision == MatmulPrecision.Bfloat16 && device == ComputeDevice.Cpu && !HasBfloat16)
        {
            throw new NotSupportedException(
                "matmul-precision=bfloat16 requires a processor with AVX-512 BF16 or AMX, or a GPU. Leave the option out, or set it to "
                + "float32.");
        }
    }

    /// <summary>Numbers as a product takes them.</summary>
    public static Tensor Of(this MatmulPrecision precision, Tensor numbers) =>
        precision == MatmulPrecision.Bfloat16 ? numbers.to(ScalarType.BFloat16) : numbers;

    private static (int Eax, int Ebx, int Ecx, int Edx) Leaf7(int part) => X86Base.CpuId(0, 0).Eax < 7 ? default : X86Base.CpuId(7, part);
}
