using static TorchSharp.torch;

namespace AutoRec.Training;

/// <summary>Random noise, drawn from a generator on the CPU, so that it is the same on every device.</summary>
internal static class Noise
{
    /// <summary>
    /// A draw from N(mean, diag exp(logVariance)) through which gradients flow, mean + exp(logVariance / 2) eps
    /// (Kingma and Welling 2014, section 2.4): [batch x latent].
    /// </summary>
    public static Tensor Reparameterize(Tensor mean, Tensor logVariance, Generator generator) =>
        mean.Plus(logVariance.Over(2).exp() * randn(mean.shape, generator: generator).to(mean.device));
}
