namespace AutoRec.Training;

/// <summary>An engine that computes the training of an autoencoder. Both engines learn the same.</summary>
public enum TrainingEngine
{
    /// <summary>The sparse engine on the processor, torch on a GPU.</summary>
    Auto,

    /// <summary>
    /// Fused loops over the observed entries, on the processor, without dense batches as wide as the catalogue where these can be avoided.
    /// </summary>
    Sparse,

    /// <summary>Dense batches in torch, with its gradients: the definition that the sparse engine is tested against.</summary>
    Torch,
}

/// <summary>Chooses the engine of a fit.</summary>
internal static class TrainingEngines
{
    /// <summary>Whether torch computes everything.</summary>
    /// <exception cref="NotSupportedException">The sparse engine is requested on a device other than the processor.</exception>
    public static bool UsesTorch(this TrainingEngine engine, ComputeDevice device)
    {
        if (engine == TrainingEngine.Sparse && device != ComputeDevice.Cpu)
        {
            throw new NotSupportedException("engine=sparse requires the device 'cpu'. Use the device 'cpu' or engine=torch.");
        }

        return engine == TrainingEngine.Torch || device != ComputeDevice.Cpu;
    }
}
