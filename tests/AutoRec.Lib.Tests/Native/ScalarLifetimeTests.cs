using AutoRec.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace AutoRec.Tests.Native;

/// <summary>No scalar of torch is left to the garbage collector while native code reads it.</summary>
public sealed class ScalarLifetimeTests
{
    [Fact]
    public void Library_CallsOfTorch_ScalarsOnlyInScalarMath() =>
        Assert.Equal([], TorchCalls.Unguarded(typeof(ScalarMath).Assembly.GetTypes(), typeof(ScalarMath)));

    // A test that makes one aborts all tests.
    [Fact]
    public void Tests_CallsOfTorch_NoScalars() => Assert.Equal(
        [],
        TorchCalls.Unguarded(typeof(ScalarLifetimeTests).Assembly.GetTypes().Where(type => type != typeof(Bad)), typeof(ScalarMath)));

    [Fact]
    public void Unguarded_EachWayToMakeAScalar_IsFound()
    {
        var found = TorchCalls.Unguarded([typeof(Bad)], typeof(ScalarMath));
        Assert.All(
            typeof(Bad).GetMethods().Where(method => method.DeclaringType == typeof(Bad)),
            method => Assert.Contains(found, call => call.Contains($".{method.Name} calls ", StringComparison.Ordinal)));
    }

    [Fact]
    public void Unguarded_WithinTheGuard_KeptScalarsAreAllowedAndMadeOnesAreFound()
    {
        Assert.NotEqual([], TorchCalls.Unguarded([typeof(ScalarMath)], typeof(ScalarLifetimeTests)));
        var found = TorchCalls.Unguarded([typeof(Bad)], typeof(Bad));
        Assert.DoesNotContain(found, call => call.Contains($".{nameof(Bad.Taken)} calls ", StringComparison.Ordinal));
        Assert.Contains(found, call => call.Contains($".{nameof(Bad.Sum)} calls ", StringComparison.Ordinal));
    }

    private static class Bad
    {
        public static Tensor Quotient(Tensor tensor) => tensor / 2;

        public static Tensor Difference(Tensor tensor) => 1f - tensor;

        public static Tensor Sum(Tensor tensor, Tensor other) => tensor + other;

        public static Tensor Square(Tensor tensor) => tensor.square();

        public static Tensor Taken(Tensor tensor, Scalar scalar) => tensor.pow(scalar);

        public static Tensor Converted() => full(1, 2.0);

        public static double Read(Tensor tensor) => tensor.ToDouble();

        public static Tensor Function(Tensor tensor) => nn.functional.softplus(tensor);

        public static Tensor ModuleByItsBaseType(Tensor tensor)
        {
            nn.Module<Tensor, Tensor> module = nn.Softplus();
            return module.forward(tensor);
        }

        public static void OptimizerByItsBaseType(IEnumerable<TorchSharp.Modules.Parameter> parameters)
        {
            optim.Optimizer optimizer = optim.Adam(parameters);
            optimizer.step();
        }
    }
}
