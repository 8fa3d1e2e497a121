namespace AutoRec.Training;

/// <summary>The activation of a hidden layer.</summary>
internal enum Activation
{
    /// <summary>1 / (1 + exp(-x)).</summary>
    Sigmoid,

    /// <summary>max(0, x).</summary>
    Relu,

    /// <summary>The hyperbolic tangent.</summary>
    Tanh,

    /// <summary>x above 0, exp(x) - 1 below (Clevert et al. 2016).</summary>
    Elu,

    /// <summary>ELU scaled so that layers keep mean 0 and variance 1 (Klambauer et al. 2017).</summary>
    Selu,
}

/// <summary>The activation of an output layer.</summary>
internal enum OutputActivation
{
    /// <summary>x itself: outputs are not bounded.</summary>
    Identity,

    /// <summary>1 / (1 + exp(-x)): outputs lie between 0 and 1, the ends of the scale.</summary>
    Sigmoid,
}
