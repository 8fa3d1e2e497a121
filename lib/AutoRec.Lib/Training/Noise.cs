using static TorchSharp.torch;

namespace AutoRec.Training;

/// <summary>Random noise, drawn from a generator on the CPU, so that it is the same on every device.</summary>
internal static class Noise
{
    /// <summary>Sets a random share of the entries to 0 and divides the others by what is left (Srivastava et al. 2014).</summary>
    /// <param name="input">Any shape; returned as it is if <paramref name="share"/> is 0.</param>
    /// <param name="share">The probability of each entry to be dropped, below 1.</param>
    /// <param name="generator">The source of randomness.</param>
    public static Tensor Dropout(Tensor input, double share, Generator generator) =>
        share > 0 ? (input * Keep(input, share, generator)).Over(1 - share) : input;

    /// <summary>
    /// 1 where an entry is kept, 0 where it is dropped with probability <paramref name="share"/>; the shape of <paramref name="like"/>.
    /// </summary>
    public static Tensor Keep(Tensor like, double share, Generator generator) =>
        rand(like.shape, generator: generator).IsAtLeast(share).to(float32).to(like.device);

    /// <summary>Adds normal noise to some of the entries.</summary>
    /// <param name="input">Any shape; returned as it is if <paramref name="deviation"/> is 0.</param>
    /// <param name="deviation">The standard deviation of the noise.</param>
    /// <param name="where">1 for the entries that get noise, 0 for the others; the shape of <paramref name="input"/>.</param>
    /// <param name="generator">The source of randomness.</param>
    public static Tensor Gaussian(Tensor input, double deviation, Tensor where, Generator generator) =>
        deviation > 0 ? input.Plus(Normal(input, generator).Times(deviation) * where) : input;

    /// <summary>Standard normal numbers in the shape of <paramref name="like"/>.</summary>
    public static Tensor Normal(Tensor like, Generator generator) => randn(like.shape, generator: generator).to(like.device);

    /// <summary>
    /// A draw from N(mean, diag exp(logVariance)) through which gradients flow, mean + exp(logVariance / 2) eps
    /// (Kingma and Welling 2014, section 2.4): [batch x latent].
    /// </summary>
    public static Tensor Reparameterize(Tensor mean, Tensor logVariance, Generator generator) =>
        mean.Plus(logVariance.Over(2).exp() * Normal(mean, generator));
}
