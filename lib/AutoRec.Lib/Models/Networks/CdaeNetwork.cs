using AutoRec.Data;
using AutoRec.Persistence;
using AutoRec.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AutoRec.Models.Networks;

/// <summary>
/// The network of CDAE: logits W' sigmoid(W x + V_u + b) + b' (Wu et al., WSDM 2016, section 3).
/// </summary>
/// <remarks>The field names are the keys of the state dictionary and so part of the file format.</remarks>
internal sealed class CdaeNetwork : nn.Module<Tensor, Tensor, Tensor>
{
    /// <summary>W and b: [items] -> [hidden].</summary>
    public readonly Linear encoder;

    /// <summary>V, a vector for each user, added to the hidden layer: [users x hidden].</summary>
    public readonly Parameter user_nodes;

    /// <summary>W' and b': [hidden] -> [items].</summary>
    public readonly Linear decoder;

    /// <summary>A network with Glorot-uniform weights and biases near 0.</summary>
    /// <param name="users">User nodes.</param>
    /// <param name="items">Units of input and output.</param>
    /// <param name="hidden">Units of the hidden layer.</param>
    /// <param name="generator">The source of the weights.</param>
    public CdaeNetwork(int users, int items, int hidden, Generator generator)
        : base(nameof(CdaeNetwork))
    {
        _ = Sizes.Of("users x hidden units", users, hidden);
        encoder = Layers.Glorot(items, hidden, generator);
        decoder = Layers.Glorot(hidden, items, generator);
        user_nodes = Layers.Parameter(Layers.Uniform([users, hidden], Math.Sqrt(6.0 / ((double)users + hidden)), generator));
        RegisterComponents();
    }

    /// <summary>The number of items.</summary>
    public int ItemCount => (int)decoder.weight.shape[0];

    /// <summary>The network of a saved model.</summary>
    public static CdaeNetwork Load(ModelState state)
    {
        var ((users, hidden), (_, items)) = (state.Size("user_nodes"), state.Size("encoder.weight"));
        state.Require("encoder.weight", hidden, items).Require("decoder.weight", items, hidden);
        return NetworkState.Load(state, generator => new CdaeNetwork(users, items, hidden, generator));
    }

    /// <summary>The user nodes of training rows; zeros for -1, a user the model has not seen: [rows] -> [rows x hidden].</summary>
    public Tensor UserNodes(ReadOnlySpan<int> rows)
    {
        var indexes = new long[rows.Length];
        var seen = new float[rows.Length];
        for (var i = 0; i < rows.Length; i++)
        {
            indexes[i] = Math.Max(0, rows[i]);
            seen[i] = rows[i] >= 0 ? 1 : 0;
        }

        var device = user_nodes.device;
        return user_nodes.index_select(0, tensor(indexes, device: device)) * tensor(seen, device: device).unsqueeze(1);
    }

    /// <summary>[batch x items] and the users' nodes [batch x hidden] -> logits [batch x items].</summary>
    public override Tensor forward(Tensor input, Tensor userNodes) =>
        decoder.forward(BeforeOutput(encoder.forward(input), userNodes));

    /// <summary>What lies between the linear layers: [batch x hidden] and the users' nodes -> [batch x hidden].</summary>
    internal static Tensor BeforeOutput(Tensor first, Tensor userNodes) => sigmoid(first.Plus(userNodes));
}
