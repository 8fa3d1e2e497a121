namespace AutoRec.Models.Numerics;

/// <summary>
/// The neural tangent kernel of an autoencoder with one hidden ReLU layer of infinite width, between users by their binary rows x. The
/// network is <c>f(x) = s / sqrt(h) W2 relu(s / sqrt(items) W1 x + b b1) + b b2</c> with h hidden units and standard normal weights,
/// s^2 = 2 and b = 0.1 as in the code of Infinite-AE (Sachdeva et al., NeurIPS 2022). With the covariance
/// <c>c(x, y) = s^2 x.y / items + b^2</c> of the hidden units and the angle <c>t = acos(c(x, y) / sqrt(c(x, x) c(y, y)))</c> it is
/// <c>s^2 (sqrt(c(x, x) c(y, y)) (sin t + (pi - t) cos t) + c(x, y) (pi - t)) / (2 pi) + b^2</c>: arc-cosine kernels of degree 1 and 0
/// (Cho and Saul, NIPS 2009) for the gradients with respect to the second and the first layer (Jacot et al., NeurIPS 2018).
/// </summary>
/// <param name="items">The number of items.</param>
internal readonly struct NeuralTangentKernel(int items)
{
    private const double WeightVariance = 2;
    private const double BiasVariance = 0.01;

    /// <summary>The kernel of two users.</summary>
    /// <param name="common">Items that both have.</param>
    /// <param name="first">Items of the one.</param>
    /// <param name="second">Items of the other.</param>
    public double Of(int common, int first, int second)
    {
        var covariance = Covariance(common);
        var norm = Math.Sqrt(Covariance(first) * Covariance(second));
        var cosine = Math.Min(1, covariance / norm); // never below 0
        var angle = Math.PI - Math.Acos(cosine);
        var hidden = norm * (Math.Sqrt(1 - (cosine * cosine)) + (angle * cosine)) / (2 * Math.PI);
        return (WeightVariance * (hidden + (covariance * angle / (2 * Math.PI)))) + BiasVariance;
    }

    private double Covariance(int common) => (WeightVariance * common / items) + BiasVariance;
}
