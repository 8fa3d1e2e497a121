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
    public static Tensor MaskedSquaredError(Tensor output, Tensor target, Tensor mask) => ((output - target) * mask).Squared().sum();

    /// <summary>Weighted sum of squared errors.</summary>
    /// <param name="output">Predictions: [batch x visible].</param>
    /// <param name="target">Ratings: [batch x visible].</param>
    /// <param name="weights">The weight of each entry, 0 where nothing was observed: [batch x visible].</param>
    /// <returns>A scalar.</returns>
    public static Tensor WeightedSquaredError(Tensor output, Tensor target, Tensor weights) =>
        ((output - target).Squared() * weights).sum();

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
        (logVariance.exp().Plus(mean.Squared()).Minus(1) - logVariance).sum(1).Times(0.5).mean();

    /// <summary>
    /// The KL term of RecVAE (Shenbin et al., WSDM 2020, section 3) at one draw, sum over the latent coordinates of
    /// log q(z_d) - log p(z_d) with q = N(mean, exp(logVariance)) and the composite prior
    /// p = 3/20 N(0, 1) + 3/4 N(oldMean, exp(oldLogVariance)) + 1/10 N(0, e^10).
    /// </summary>
    /// <param name="z">A draw from q: [batch x latent].</param>
    /// <param name="mean">[batch x latent].</param>
    /// <param name="logVariance">[batch x latent].</param>
    /// <param name="oldMean">Of the posterior one epoch ago: [batch x latent].</param>
    /// <param name="oldLogVariance">Of the posterior one epoch ago: [batch x latent].</param>
    /// <returns>A number for each row, whose mean over draws is the KL divergence: [batch].</returns>
    public static Tensor CompositePriorKl(Tensor z, Tensor mean, Tensor logVariance, Tensor oldMean, Tensor oldLogVariance)
    {
        var zero = zeros_like(z);
        var prior = stack([
            GaussianLogDensity(z, zero, zero).Plus(Math.Log(3.0 / 20)),
            GaussianLogDensity(z, oldMean, oldLogVariance).Plus(Math.Log(3.0 / 4)),
            GaussianLogDensity(z, zero, zero.Plus(10)).Plus(Math.Log(1.0 / 10)),
        ]);
        return (GaussianLogDensity(z, mean, logVariance) - logsumexp(prior, 0)).sum(1);
    }

    /// <summary>log N(x; mean, exp(logVariance)), entry by entry, in the shape of <paramref name="x"/>.</summary>
    public static Tensor GaussianLogDensity(Tensor x, Tensor mean, Tensor logVariance) =>
        logVariance.Plus(Math.Log(2 * Math.PI)).Plus((x - mean).Squared() / logVariance.exp()).Times(-0.5);

    /// <summary>
    /// The logistic loss, sum over all entries of log(1 + exp(logit)) - target logit, which for targets of 0 and 1 is the negative
    /// log-likelihood of independent clicks.
    /// </summary>
    /// <param name="logits">Any shape.</param>
    /// <param name="targets">0 or 1: the same shape.</param>
    /// <returns>A scalar, at least 0.</returns>
    public static Tensor Logistic(Tensor logits, Tensor targets) => (logits.Softplus() - (targets * logits)).sum();

    /// <summary>Sum of the squared errors of all entries.</summary>
    /// <param name="output">Any shape.</param>
    /// <param name="target">The same shape.</param>
    /// <returns>A scalar.</returns>
    public static Tensor SquaredError(Tensor output, Tensor target) => (output - target).Squared().sum();

    /// <summary>Mean of the squared errors of all entries.</summary>
    /// <inheritdoc cref="SquaredError"/>
    public static Tensor MeanSquaredError(Tensor output, Tensor target) => (output - target).Squared().mean();

    /// <summary>A scalar whose value and gradient were computed outside torch.</summary>
    /// <param name="loss">Its value.</param>
    /// <param name="input">What the gradient flows to.</param>
    /// <param name="gradient">The gradient, in the shape of <paramref name="input"/>.</param>
    public static Tensor WithGradient(double loss, Tensor input, Tensor gradient)
    {
        using var withGradient = enable_grad();
        var linear = (input * gradient).sum();
        return (linear - linear.detach()).Plus(loss);
    }

    /// <summary>The sum of the squares of all weight matrices of a network; biases are left out.</summary>
    public static Tensor SquaredWeights(nn.Module network) => network.parameters()
        .Where(parameter => parameter.dim() > 1).Select(weight => weight.Squared().sum()).Aggregate(ScalarMath.Plus);
}
