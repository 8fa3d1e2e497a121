using AutoRec.Persistence;
using AutoRec.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AutoRec.Models.Networks;

/// <summary>
/// The network of a variational autoencoder: an encoder to the mean and log-variance of a Gaussian over the latent
/// vector, and a linear output over items; one or no tanh hidden layer each (Liang et al., WWW 2018, section 2). What the output
/// means, logits of a multinomial or means of Gaussians, is for the model to say.
/// </summary>
/// <remarks>The field names are the keys of the state dictionary and so part of the file format.</remarks>
internal sealed class VaeNetwork : nn.Module<Tensor, Tensor>
{
    /// <summary>[items] -> [hidden]; null without a hidden layer.</summary>
    public readonly Linear? encoder_hidden;

    /// <summary>[hidden], or [items] without a hidden layer, -> [2 latent]: means, then log-variances.</summary>
    public readonly Linear encoder_latent;

    /// <summary>[latent] -> [hidden]; null without a hidden layer.</summary>
    public readonly Linear? decoder_hidden;

    /// <summary>[hidden], or [latent] without a hidden layer, -> [items].</summary>
    public readonly Linear decoder_output;

    private readonly int latent;

    /// <summary>A network with Glorot-uniform weights and biases near 0.</summary>
    /// <param name="items">Units of input and output.</param>
    /// <param name="hidden">Units of the hidden layers of encoder and decoder; 0 for none.</param>
    /// <param name="latent">Length of the latent vector.</param>
    /// <param name="generator">The source of the weights.</param>
    public VaeNetwork(int items, int hidden, int latent, Generator generator)
        : base(nameof(VaeNetwork))
    {
        this.latent = latent;
        encoder_hidden = hidden > 0 ? Layers.Glorot(items, hidden, generator) : null;
        encoder_latent = Layers.Glorot(hidden > 0 ? hidden : items, 2 * latent, generator);
        decoder_hidden = hidden > 0 ? Layers.Glorot(latent, hidden, generator) : null;
        decoder_output = Layers.Glorot(hidden > 0 ? hidden : latent, items, generator);
        RegisterComponents();
    }

    /// <summary>What the training of such a network consists of, with torch, where every layer is a product of matrices.</summary>
    /// <param name="data">The size of the training data.</param>
    /// <param name="hidden">Units of the hidden layers of encoder and decoder; 0 for none.</param>
    /// <param name="latent">Length of the latent vector.</param>
    /// <param name="batchSize">The most users of a batch.</param>
    /// <param name="epochs">The most epochs.</param>
    public static NetworkSize SizeOf(DataSize data, int hidden, int latent, int batchSize, int epochs)
    {
        var layer = (double)data.Items * (hidden > 0 ? hidden : 2 * latent);
        var batch = Math.Min(batchSize, data.Users);
        var weights = (2 * layer) + (3.0 * hidden * latent);
        return new NetworkSize
        {
            Weights = weights,
            Longest = sizeof(float) * layer,
            DenseBatch = batch * (double)data.Items,
            Rows = data.Users,
            Batch = batch,
            DenseWeights = weights,
            Epochs = epochs,
        };
    }

    /// <summary>The number of items.</summary>
    public int ItemCount => (int)decoder_output.weight.shape[0];

    /// <summary>The network of a saved model.</summary>
    public static VaeNetwork Load(ModelState state)
    {
        var ((items, _), (twoLatent, _)) = (state.Size("decoder_output.weight"), state.Size("encoder_latent.weight"));
        var hidden = state.Names.Contains("encoder_hidden.weight") ? state.Size("encoder_hidden.weight").Rows : 0;
        var latent = twoLatent / 2;
        if (hidden > 0)
        {
            state.Require("encoder_hidden.weight", hidden, items).Require("decoder_hidden.weight", hidden, latent);
        }

        state.Require("encoder_latent.weight", 2 * latent, hidden > 0 ? hidden : items);
        state.Require("decoder_output.weight", items, hidden > 0 ? hidden : latent);
        return NetworkState.Load(state, generator => new VaeNetwork(items, hidden, latent, generator));
    }

    /// <summary>The output at the latent mean, as scoring takes it: [batch x items] -> [batch x items].</summary>
    public override Tensor forward(Tensor input) => Decode(Encode(input).Mean);

    /// <summary>[batch x items] -> two times [batch x latent].</summary>
    public (Tensor Mean, Tensor LogVariance) Encode(Tensor input) => Posterior(FirstLayer.forward(input));

    /// <summary>[batch x latent] -> [batch x items].</summary>
    public Tensor Decode(Tensor z) => decoder_output.forward(BeforeOutput(z));

    /// <summary>The layer that takes items.</summary>
    internal Linear FirstLayer => encoder_hidden ?? encoder_latent;

    /// <summary>What follows the first layer: [batch x its units] -> two times [batch x latent].</summary>
    internal (Tensor Mean, Tensor LogVariance) Posterior(Tensor first)
    {
        var both = encoder_hidden is null ? first : encoder_latent.forward(tanh(first));
        return (both.narrow(1, 0, latent), both.narrow(1, latent, latent));
    }

    /// <summary>What the output layer takes: [batch x latent] -> [batch x hidden], or z itself without a hidden layer.</summary>
    internal Tensor BeforeOutput(Tensor z) => decoder_hidden is null ? z : tanh(decoder_hidden.forward(z));
}
