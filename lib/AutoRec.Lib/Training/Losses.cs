using static TorchSharp.torch;

namespace AutoRec.Training;

/// <summary>Losses as pure functions of tensors.</summary>
internal static class Losses
{
    /// <summary>Sum of squared errors over observed entries.</summary>
    /// <param name="output">Predictions: [batch x visible].</param>
    /// <param name="target">Ratings: [batch x visible].</param>
    /// <param name="mask">1 where observed, else 0: [batch x visible].</param>
    /// <returns>A scalar.</returns>
    public static Tensor MaskedSquaredError(Tensor output, Tensor target, Tensor mask) => ((output - target) * mask).square().sum();

    /// <summary>
    /// The negative multinomial log-likelihood of Liang et al. (WWW 2018, eq. 2), mean over the batch:
    /// -1/B sum_u sum_i x_ui log softmax(logits_u)_i.
    /// </summary>
    /// <param name="logits">[batch x items].</param>
    /// <param name="clicks">Counts or 0/1: [batch x items].</param>
    /// <returns>A scalar, at least 0.</returns>
    public static Tensor MultinomialNegativeLogLikelihood(Tensor logits, Tensor clicks) =>
        -(nn.functional.log_softmax(logits, 1) * clicks).sum(1).mean();

    /// <summary>
    /// KL(N(mean, diag exp(logVariance)) || N(0, I)), mean over the batch:
    /// 1/B sum_u 1/2 sum_d (exp(logvar) + mean^2 - 1 - logvar) (Kingma and Welling 2014, appendix B).
    /// </summary>
    /// <param name="mean">[batch x latent].</param>
    /// <param name="logVariance">[batch x latent].</param>
    /// <returns>A scalar, at least 0.</returns>
    public static Tensor GaussianKl(Tensor mean, Tensor logVariance) =>
        0.5 * (logVariance.exp() + mean.square() - 1 - logVariance).sum(1).mean();

    /// <summary>Mean of the squared errors of all entries.</summary>
    /// <param name="output">[batch x visible].</param>
    /// <param name="target">[batch x visible].</param>
    /// <returns>A scalar.</returns>
    public static Tensor MeanSquaredError(Tensor output, Tensor target) => (output - target).square().mean();

    /// <summary>The sum of the squares of all weight matrices of a network; biases are left out.</summary>
    public static Tensor SquaredWeights(nn.Module network) =>
        network.parameters().Where(parameter => parameter.dim() > 1).Select(weight => weight.square().sum()).Aggregate((sum, next) => sum + next);
}
