using AutoRec.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AutoRec.Models.Networks;

/// <summary>
/// The network of KernelNet: sigmoid or tanh hidden layers and a linear output, each with kernelised weights (Muller et al., ICML 2018).
/// </summary>
/// <remarks>The field names are the keys of the state dictionary and so part of the file format.</remarks>
internal sealed class KernelNetNetwork : nn.Module<Tensor, Tensor>
{
    private readonly bool isTanh;

    /// <summary>[visible] -> [hidden] -> [hidden].</summary>
    public readonly ModuleList<KernelLayer> hidden;

    /// <summary>[hidden] -> [visible].</summary>
    public readonly KernelLayer output;

    /// <summary>A network with Glorot-uniform weights, zero biases and embeddings so near to 0 that the kernel is 1.</summary>
    /// <param name="visible">Units of input and output.</param>
    /// <param name="hidden">Units of each hidden layer.</param>
    /// <param name="layers">Hidden layers.</param>
    /// <param name="dimensions">Length of the embedding of a unit.</param>
    /// <param name="activation">Of the hidden layers: sigmoid or tanh.</param>
    /// <param name="generator">The source of the weights.</param>
    public KernelNetNetwork(int visible, int hidden, int layers, int dimensions, Activation activation, Generator generator)
        : base(nameof(KernelNetNetwork))
    {
        isTanh = activation == Activation.Tanh;
        this.hidden = [.. Enumerable.Range(0, layers).Select(layer =>
            new KernelLayer(layer == 0 ? visible : hidden, hidden, dimensions, generator))];
        output = new KernelLayer(hidden, visible, dimensions, generator);
        RegisterComponents();
    }

    /// <summary>All layers, the output last.</summary>
    public IEnumerable<KernelLayer> AllLayers => hidden.Append(output);

    /// <summary>The kernels of all layers, the output last: [inputs x outputs] each.</summary>
    public Tensor[] Kernels() => [.. AllLayers.Select(layer => layer.Kernel())];

    /// <summary>Reconstructs rows: [batch x visible] -> [batch x visible].</summary>
    public override Tensor forward(Tensor input) => Reconstruct(input, Kernels());

    /// <summary>As <see cref="forward"/>, with kernels that are made already.</summary>
    public Tensor Reconstruct(Tensor input, IReadOnlyList<Tensor> kernels)
    {
        ArgumentNullException.ThrowIfNull(kernels);
        return output.Apply(Encode(input, kernels), kernels[^1]);
    }

    /// <summary>The last hidden layer: [batch x visible] -> [batch x hidden].</summary>
    public Tensor Encode(Tensor input, IReadOnlyList<Tensor> kernels)
    {
        ArgumentNullException.ThrowIfNull(kernels);
        return EncodeFrom(hidden[0].Apply(input, kernels[0]), kernels);
    }

    /// <summary>What follows the first linear layer: [batch x hidden] -> [batch x hidden].</summary>
    internal Tensor EncodeFrom(Tensor first, IReadOnlyList<Tensor> kernels) =>
        hidden.Zip(kernels).Skip(1).Aggregate(Activate(first), (layer, next) => Activate(next.First.Apply(layer, next.Second)));

    private Tensor Activate(Tensor layer) => isTanh ? layer.tanh() : layer.sigmoid();
}

/// <summary>
/// A linear layer whose weights are multiplied by a kernel of finite support between embeddings of its input and output
/// units, w_ij max(0, 1 - |u_i - v_j|^2): units far apart are not connected.
/// </summary>
/// <remarks>The field names are the keys of the state dictionary and so part of the file format.</remarks>
internal sealed class KernelLayer : nn.Module<Tensor, Tensor>
{
    /// <summary>w: [inputs x outputs].</summary>
    public readonly Parameter weight;

    /// <summary>[outputs].</summary>
    public readonly Parameter bias;

    /// <summary>u: [inputs x dimensions].</summary>
    public readonly Parameter input_embedding;

    /// <summary>v: [outputs x dimensions].</summary>
    public readonly Parameter output_embedding;

    /// <summary>A layer; see <see cref="KernelNetNetwork"/>.</summary>
    public KernelLayer(int inputs, int outputs, int dimensions, Generator generator)
        : base(nameof(KernelLayer))
    {
        weight = Layers.Parameter(Layers.Uniform([inputs, outputs], Math.Sqrt(6.0 / (inputs + outputs)), generator));
        bias = Layers.Parameter(zeros(outputs));
        input_embedding = Layers.Parameter(randn(inputs, dimensions, generator: generator).Times(0.001));
        output_embedding = Layers.Parameter(randn(outputs, dimensions, generator: generator).Times(0.001));
        RegisterComponents();
    }

    /// <summary>max(0, 1 - |u_i - v_j|^2), between 0 and 1: [inputs x outputs].</summary>
    public Tensor Kernel()
    {
        var squaredDistance = input_embedding.Squared().sum(1).unsqueeze(1).Plus(output_embedding.Squared().sum(1))
            - matmul(input_embedding, output_embedding.t()).Times(2);
        return squaredDistance.OneMinus().relu().AtMostOne(); // Rounding can make a distance slightly negative.
    }

    /// <summary>[batch x inputs] -> [batch x outputs].</summary>
    public override Tensor forward(Tensor input) => Apply(input, Kernel());

    /// <summary>As <see cref="forward"/>, with a kernel that is made already.</summary>
    public Tensor Apply(Tensor input, Tensor kernel) => matmul(input, weight * kernel).Plus(bias);
}
