namespace AutoRec.Training;

/// <summary>The options that <see cref="NetworkTraining{TNetwork}"/> reads from those of a model.</summary>
internal interface INetworkOptions
{
    /// <summary>The maximum number of epochs.</summary>
    int Epochs { get; }

    /// <summary>Rows in a batch.</summary>
    int BatchSize { get; }

    /// <summary>The learning rate in the first epoch.</summary>
    double LearningRate { get; }

    /// <summary>The factor of the learning rate after each epoch. Default 1.</summary>
    double LearningRateDecay => 1;

    /// <summary>The items that a softmax draws for a batch, see <see cref="SampledSoftmax"/>. Default 0, for models without.</summary>
    int? SampledItems => 0;

    /// <summary>The precision of the last layer's matrix products. Default float32.</summary>
    MatmulPrecision MatmulPrecision => MatmulPrecision.Float32;

    /// <summary>The engine. Default: torch, for models that the sparse engine does not support.</summary>
    TrainingEngine Engine => TrainingEngine.Torch;
}
