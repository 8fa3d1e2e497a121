using System.Numerics.Tensors;
using AutoRec.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace AutoRec.Training;

/// <summary>
/// L-BFGS (Liu and Nocedal 1989; Nocedal and Wright, "Numerical Optimization", algorithms 7.4 and 7.5) over the parameters of a
/// torch network, on a loss of all data at once. The step is the full one, halved until the loss falls enough (Armijo). The sums do not
/// depend on the number of threads.
/// </summary>
internal sealed class Lbfgs
{
    /// <summary>The steps that are remembered.</summary>
    public const int History = 10;

    private const int MostHalvings = 20;
    private const double SufficientDecrease = 1e-4;
    private const int Slice = 1 << 16;

    private readonly Parameter[] parameters;
    private readonly int length;
    private readonly List<(float[] Step, float[] Change, double Curvature)> pairs = []; // s, y and s'y, oldest first
    private float[] position;
    private float[] gradient;
    private double? loss;

    /// <summary>An optimiser of these parameters.</summary>
    public Lbfgs(IEnumerable<Parameter> parameters)
    {
        this.parameters = [.. parameters];
        length = this.parameters.Sum(parameter => (int)parameter.numel());
        (position, gradient) = (new float[length], new float[length]);
    }

    /// <summary>One iteration.</summary>
    /// <param name="evaluate">Returns the loss at the parameters as they are and sets their gradients.</param>
    /// <returns>The loss after it; that before it when no step along the direction lowers the loss any more.</returns>
    public double Iterate(Func<double> evaluate)
    {
        if (loss is null)
        {
            Copy(from: static parameter => parameter, position);
            loss = Evaluate(evaluate, gradient);
        }

        var direction = Direction();
        var slope = Dot(gradient, direction);
        var step = pairs.Count == 0 ? Math.Min(1, 1 / SumOfMagnitudes(gradient)) : 1.0;
        var (next, nextGradient) = (new float[length], new float[length]);
        for (var halvings = 0; halvings < MostHalvings; halvings++, step /= 2)
        {
            var scale = (float)step;
            ForSlices((start, count) => TensorPrimitives.MultiplyAdd(
                direction.AsSpan(start, count), scale, position.AsSpan(start, count), next.AsSpan(start, count)));
            Restore(next);
            var nextLoss = Evaluate(evaluate, nextGradient);
            if (nextLoss <= loss + (SufficientDecrease * step * slope))
            {
                Remember(next, nextGradient);
                (position, gradient, loss) = (next, nextGradient, nextLoss);
                return nextLoss;
            }
        }

        Restore(position);
        pairs.Clear(); // Begin anew with steepest descent.
        return loss.Value;
    }

    // Minus the inverse Hessian, as far as it is known, times the gradient: the two-loop recursion.
    private float[] Direction()
    {
        var direction = new float[length];
        ForSlices((start, count) => TensorPrimitives.Negate(gradient.AsSpan(start, count), direction.AsSpan(start, count)));
        var factors = new double[pairs.Count];
        for (var i = pairs.Count - 1; i >= 0; i--)
        {
            factors[i] = Dot(pairs[i].Step, direction) / pairs[i].Curvature;
            AddScaled(direction, pairs[i].Change, -factors[i]);
        }

        if (pairs.Count > 0)
        {
            var scale = (float)(pairs[^1].Curvature / Dot(pairs[^1].Change, pairs[^1].Change));
            ForSlices((start, count) => TensorPrimitives.Multiply(direction.AsSpan(start, count), scale, direction.AsSpan(start, count)));
        }

        for (var i = 0; i < pairs.Count; i++)
        {
            AddScaled(direction, pairs[i].Step, factors[i] - (Dot(pairs[i].Change, direction) / pairs[i].Curvature));
        }

        return direction;
    }

    private void Remember(float[] next, float[] nextGradient)
    {
        var (step, change) = (new float[length], new float[length]);
        ForSlices((start, count) =>
        {
            TensorPrimitives.Subtract(next.AsSpan(start, count), position.AsSpan(start, count), step.AsSpan(start, count));
            TensorPrimitives.Subtract(nextGradient.AsSpan(start, count), gradient.AsSpan(start, count), change.AsSpan(start, count));
        });
        var curvature = Dot(step, change);
        if (curvature > 1e-10 * Dot(change, change)) // Else the loss does not curve upwards here, and the pair would mislead.
        {
            pairs.Add((step, change, curvature));
            if (pairs.Count > History)
            {
                pairs.RemoveAt(0);
            }
        }
    }

    private double Evaluate(Func<double> evaluate, float[] gradients)
    {
        foreach (var parameter in parameters)
        {
            parameter.grad?.zero_();
        }

        var value = evaluate();
        Copy(static parameter => parameter.grad!, gradients);
        return value;
    }

    private void Copy(Func<Parameter, Tensor> from, float[] to)
    {
        using var scope = NewDisposeScope();
        var start = 0;
        foreach (var parameter in parameters)
        {
            var numbers = from(parameter).detach().cpu().contiguous().Numbers();
            numbers.CopyTo(to.AsSpan(start));
            start += numbers.Length;
        }
    }

    private void Restore(float[] numbers)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var start = 0;
        foreach (var parameter in parameters)
        {
            var count = (int)parameter.numel();
            parameter.copy_(tensor(numbers.AsSpan(start, count).ToArray(), parameter.shape));
            start += count;
        }
    }

    private void AddScaled(float[] target, float[] source, double factor) => ForSlices((start, count) =>
    {
        var slice = target.AsSpan(start, count);
        TensorPrimitives.MultiplyAdd(source.AsSpan(start, count), (float)factor, slice, slice);
    });

    private double Dot(float[] a, float[] b) =>
        SumOfSlices((start, count) => TensorPrimitives.Dot<float>(a.AsSpan(start, count), b.AsSpan(start, count)));

    private double SumOfMagnitudes(float[] a) =>
        SumOfSlices((start, count) => TensorPrimitives.SumOfMagnitudes<float>(a.AsSpan(start, count)));

    private double SumOfSlices(Func<int, int, double> sum)
    {
        var sums = new double[(length + Slice - 1) / Slice];
        ForSlices((start, count) => sums[start / Slice] = sum(start, count));
        return sums.Sum();
    }

    private void ForSlices(Action<int, int> act) => Parallel.For(
        0, (length + Slice - 1) / Slice, ComputeThreads.Options, slice => act(slice * Slice, Math.Min(Slice, length - (slice * Slice))));
}
