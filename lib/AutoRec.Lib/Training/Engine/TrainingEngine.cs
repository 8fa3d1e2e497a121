
namespace AutoRec.Training;

/// <summary>What computes the training of an autoencoder. Both learn the same.</summary>
public enum TrainingEngine
{
    /// <summary>The sparse engine on the processor, torch on a GPU.</summary>
    Auto,

    /// <summary>Fused loops over the observed entries, on the processor: nothing as wide as the catalogue is made dense that need not be.</summary>
    Sparse,

    /// <summary>Dense batches in torch, with its gradients: the definition that the sparse engine is tested against.</summary>
    Torch,
}

/// <summary>Which engine a fit takes.</summary>
internal static class TrainingEngines
{
    /// <summary>Whether torch computes everything.</summary>
    /// <exception cref="NotSupportedException">The sparse engine is asked for on another device than the processor.</exception>
    public static bool UsesTorch(this TrainingEngine engine, ComputeDevice device)
    {
        if (engine == TrainingEngine.Sparse && device != ComputeDevice.Cpu)
        {
            throw new NotSupportedException("The sparse engine computes on the processor. Use the device 'cpu' or the engine 'torch'.");
        }

        return engine == TrainingEngine.Torch || device != ComputeDevice.Cpu;
    }
}
