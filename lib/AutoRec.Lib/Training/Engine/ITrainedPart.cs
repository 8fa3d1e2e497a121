namespace AutoRec.Training;

/// <summary>A part of a network that is trained: its parameters, wherever they are while they are trained, and their optimiser.</summary>
internal interface ITrainedPart : IDisposable
{
    /// <summary>Adds what the parameters of the torch network do not hold to the state of a training.</summary>
    void AddTo(TrainingState state, string name);

    /// <summary>Writes parameters that are trained outside torch to the torch network.</summary>
    void Save();
}

/// <summary>A part of a network that is trained by gradients.</summary>
internal interface IOptimizer : ITrainedPart
{
    /// <summary>Makes one update with the gradients since the last one, and sets them to zero.</summary>
    void Step(double learningRate);
}
