using AutoRec.Persistence;
using AutoRec.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AutoRec.Models.Networks;

/// <summary>The encoder of RecVAE and its linear decoder (Shenbin et al., WSDM 2020, figure 1).</summary>
/// <remarks>The field names are the keys of the state dictionary and so part of the file format.</remarks>
internal sealed class RecVaeNetwork : nn.Module<Tensor, Tensor>
{
    /// <summary>[items] -> mean and log-variance, [latent] each.</summary>
    public readonly RecVaeEncoder encoder;

    /// <summary>[latent] -> [items].</summary>
    public readonly Linear decoder;

    /// <summary>A network with the weights that PyTorch's layers start with.</summary>
    /// <param name="items">Units of input and output.</param>
    /// <param name="hidden">Units of each of the encoder's five hidden layers.</param>
    /// <param name="latent">Length of the latent vector.</param>
    /// <param name="generator">The source of the weights.</param>
    public RecVaeNetwork(int items, int hidden, int latent, Generator generator)
        : base(nameof(RecVaeNetwork))
    {
        encoder = new RecVaeEncoder(items, hidden, latent, generator);
        decoder = Layers.FanIn(latent, items, generator);
        RegisterComponents();
    }

    /// <summary>The number of items.</summary>
    public int ItemCount => (int)decoder.weight.shape[0];

    /// <summary>The network of a saved model.</summary>
    public static RecVaeNetwork Load(ModelState state)
    {
        var ((hidden, items), (_, latent)) = (state.Size("encoder.hidden.0.weight"), state.Size("decoder.weight"));
        state.Require("encoder.hidden.1.weight", hidden, hidden).Require("decoder.weight", items, latent);
        state.Require("encoder.mean.weight", latent, hidden);
        return NetworkState.Load(state, generator => new RecVaeNetwork(items, hidden, latent, generator));
    }

    /// <summary>The logits of users at their latent mean, as scoring takes them: [batch x items] -> [batch x items].</summary>
    /// <param name="input">Histories, each row of length 1 (L2).</param>
    public override Tensor forward(Tensor input) => decoder.forward(encoder.forward(input).Mean);
}

/// <summary>
/// Five densely connected layers: the swish of what the layer says plus the outputs of all layers before, normalised.
/// </summary>
/// <remarks>The field names are the keys of the state dictionary and so part of the file format.</remarks>
internal sealed class RecVaeEncoder : nn.Module<Tensor, (Tensor Mean, Tensor LogVariance)>
{
    private const int LayerCount = 5;
    private const double NormEpsilon = 0.1;

    /// <summary>[items] -> [hidden], then four times [hidden] -> [hidden].</summary>
    public readonly ModuleList<Linear> hidden;

    /// <summary>The layer normalisation behind each hidden layer, with epsilon 0.1.</summary>
    public readonly ModuleList<LayerNorm> norm;

    /// <summary>[hidden] -> [latent].</summary>
    public readonly Linear mean;

    /// <summary>[hidden] -> [latent].</summary>
    public readonly Linear log_variance;

    /// <summary>An encoder; see <see cref="RecVaeNetwork"/>.</summary>
    public RecVaeEncoder(int items, int hidden, int latent, Generator generator)
        : base(nameof(RecVaeEncoder))
    {
        this.hidden = [.. Enumerable.Range(0, LayerCount).Select(layer => Layers.FanIn(layer == 0 ? items : hidden, hidden, generator))];
        norm = [.. Enumerable.Range(0, LayerCount).Select(_ => nn.LayerNorm(hidden, NormEpsilon))];
        mean = Layers.FanIn(hidden, latent, generator);
        log_variance = Layers.FanIn(hidden, latent, generator);
        RegisterComponents();
    }

    /// <summary>[batch x items] -> two times [batch x latent].</summary>
    /// <param name="input">Histories, each row of length 1 (L2).</param>
    public override (Tensor Mean, Tensor LogVariance) forward(Tensor input) => Posterior(hidden[0].forward(input));

    /// <summary>What follows the first linear layer: [batch x hidden] -> two times [batch x latent].</summary>
    internal (Tensor Mean, Tensor LogVariance) Posterior(Tensor first)
    {
        var layer = norm[0].forward(Swish(first));
        var sum = layer; // Of the outputs of all layers so far.
        for (var i = 1; i < LayerCount; i++)
        {
            layer = norm[i].forward(Swish(hidden[i].forward(layer).Plus(sum)));
            sum = sum.Plus(layer);
        }

        return (mean.forward(layer), log_variance.forward(layer));
    }

    private static Tensor Swish(Tensor input) => input * input.sigmoid();
}
