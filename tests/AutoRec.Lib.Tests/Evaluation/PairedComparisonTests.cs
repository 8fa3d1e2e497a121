using AutoRec.Evaluation;
using CsCheck;

namespace AutoRec.Tests;

public sealed class PairedComparisonTests
{
    [Fact]
    public void Of_SameValues_NoDifference() =>
        Assert.Equal(new PairedComparison(3, 0, 0, 0, 1), PairedComparison.Of([0.1, 0.5, 0.9], [0.1, 0.5, 0.9]));

    [Fact]
    public void Of_ConstantDifference_IntervalIsThatPoint()
    {
        var comparison = PairedComparison.Of([3, 4, 5], [1, 2, 3]);
        Assert.Equal((2, 2, 2), (comparison.MeanDifference, comparison.Low, comparison.High));
        Assert.Equal((true, false), (comparison.IsHigher, comparison.IsLower));
        Assert.Equal(2.0 / 2001, comparison.PValue, 12);
    }

    [Fact]
    public void Of_NormalDifferences_IntervalNearTheory()
    {
        // Differences of mean 0 and variance 1 to the last digit: the interval of their mean is +-1.96 / sqrt(n).
        var random = new Random(1);
        var draws = Enumerable.Range(0, 1000).Select(_ => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())).ToArray();
        var mean = draws.Average();
        var deviation = Math.Sqrt(draws.Average(draw => (draw - mean) * (draw - mean)));
        var first = draws.Select(draw => ((draw - mean) / deviation) + 0.08).ToArray();
        var comparison = PairedComparison.Of(first, new double[1000], resamples: 10_000);
        Assert.Equal(0.08, comparison.MeanDifference, 12);
        Assert.Equal(0.08 - (1.96 / Math.Sqrt(1000)), comparison.Low, 0.003);
        Assert.Equal(0.08 + (1.96 / Math.Sqrt(1000)), comparison.High, 0.003);

        // z = 0.08 * sqrt(1000) = 2.53, two-sided p = 0.0114.
        Assert.Equal(0.0114, comparison.PValue, 0.005);
    }

    [Fact]
    public void Of_Swapped_MirrorsTheInterval() => Gen.Select(Gen.Double[0, 1].Array[20], Gen.Double[0, 1].Array[20]).Sample((first, second) =>
    {
        var there = PairedComparison.Of(first, second, 200);
        var back = PairedComparison.Of(second, first, 200);
        return Math.Abs(there.Low + back.High) < 1e-12 && Math.Abs(there.High + back.Low) < 1e-12 && there.PValue == back.PValue;
    });

    [Fact]
    public void Of_BadArguments_Throws()
    {
        Assert.Throws<ArgumentException>(() => PairedComparison.Of([1, 2], [1]));
        Assert.Throws<ArgumentException>(() => PairedComparison.Of([1], [1]));
        Assert.Throws<ArgumentException>(() => PairedComparison.Of([1, double.NaN], [1, 2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => PairedComparison.Of([1, 2], [1, 2], resamples: 1));
    }
}
