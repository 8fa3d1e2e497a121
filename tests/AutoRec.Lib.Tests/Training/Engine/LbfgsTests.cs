using AutoRec.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AutoRec.Tests.Training;

public sealed class LbfgsTests
{
    [Fact]
    public void Iterate_Quadratic_ReachesTheSolutionOfTheLinearSystem()
    {
        // 1/2 x'Ax - b'x with A = [[4, 1], [1, 3]], b = [1, 2]: x = [1/11, 7/11], the loss there -15/22.
        using var scope = NewDisposeScope();
        using var x = new Parameter(tensor(new float[] { 5, -3 }));
        var (a, b) = (tensor(new float[,] { { 4, 1 }, { 1, 3 } }), tensor(new float[] { 1, 2 }));
        var lbfgs = new Lbfgs([x]);
        var loss = 0.0;
        for (var i = 0; i < 15; i++)
        {
            loss = lbfgs.Iterate(() => Evaluate((x * a.mv(x)).sum().Over(2) - (b * x).sum()));
        }

        Assert.Equal(-15.0 / 22, loss, 1e-5);
        Assert.Equal([1f / 11, 7f / 11], x.data<float>().ToArray(), (p, q) => Math.Abs(p - q) < 1e-3);
    }

    [Fact]
    public void Iterate_Rosenbrock_FallsInEachIterationToTheMinimum()
    {
        using var scope = NewDisposeScope();
        using var x = new Parameter(tensor(new float[] { -1.2f, 1 }));
        var lbfgs = new Lbfgs([x]);
        var losses = Enumerable.Range(0, 60).Select(_ => lbfgs.Iterate(() =>
            Evaluate(x[0].OneMinus().Squared().Plus((x[1] - x[0].Squared()).Squared().Times(100)).sum()))).ToArray();
        Assert.All(losses.Zip(losses.Skip(1)), pair => Assert.True(pair.Second <= pair.First));
        Assert.Equal([1f, 1f], x.data<float>().ToArray(), (p, q) => Math.Abs(p - q) < 0.02);
    }

    [Fact]
    public void Iterate_AtTheMinimum_StaysThere()
    {
        using var scope = NewDisposeScope();
        using var x = new Parameter(tensor(new float[] { 0, 0 }));
        var lbfgs = new Lbfgs([x]);
        Assert.Equal(0, lbfgs.Iterate(() => Evaluate(x.Squared().sum())));
        Assert.Equal([0, 0], x.data<float>().ToArray());
    }

    private static double Evaluate(Tensor loss)
    {
        loss.backward();
        return loss.Number();
    }
}
