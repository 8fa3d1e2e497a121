using AutoRec.Data;
using AutoRec.Models.Numerics;
using CsCheck;

namespace AutoRec.Tests.Models.Numerics;

public sealed class FeatureMapTests
{
    // Any targets of 6 to 12 items with up to four features; the last item is not known.
    private static readonly Gen<(InteractionMatrix Features, float[] Targets)> Problems = Gen.Int[7, 12].SelectMany(items => Gen.Select(
        Gen.Float[-2, 2].Array[items * 4], Gen.Float[-5, 5].Array[items * 2], (features, targets) => (Table(features, items), targets)));

    [Fact]
    public void Fit_OneFeature_ByHand()
    {
        // Around the means 0.5 and 2.5: z'z = 1, z'y = 3, so w = 3 / (1 + 1) and b = 2.5 - 0.5 w.
        var map =
            FeatureMap.Fit(SideFeatures.FromTable(new float[,] { { 1 }, { 1 }, { 0 }, { 0 } }), [0, 1, 2, 3], [3, 5, 0, 2], 1, 1, default);

        Assert.Equal([3.25, 1.75], [Mapped(map, 0), Mapped(map, 3)], (x, y) => Math.Abs(x - y) < 1e-12);
    }

    [Fact]
    public void Fit_AnyPenalty_HeldOutErrorIsThatOfFitsWithoutEachItem() =>
        Gen.Select(Problems, Gen.Double[0.1, 50]).Sample((problem, penalty) =>
        {
            var (features, targets) = problem;
            int[] known = [.. Enumerable.Range(0, features.RowCount - 1)];
            if (known.Length * 4 != features.Count - features.RowLength(known.Length))
            {
                return; // A feature that is 0 may be left out of one fit and not of another.
            }

            var error = 0.0;
            foreach (var item in known)
            {
                var target = new double[2];
                FeatureMap.Fit(features, [.. known.Where(other => other != item)], targets, 2, penalty, default).Map(item, target);
                error += Math.Pow(targets[2 * item] - target[0], 2) + Math.Pow(targets[(2 * item) + 1] - target[1], 2);
            }

            Assert.Equal(error, FeatureMap.Fit(features, known, targets, 2, penalty, default).HeldOutError, 1e-7 * error);
        });

    [Fact]
    public void Fit_NoPenalty_TakesTheOneWithTheSmallestHeldOutError() =>
        Problems.Sample(problem =>
        {
            var (features, targets) = problem;
            int[] known = [.. Enumerable.Range(0, features.RowCount - 1)];
            var maps = FeatureMap.Penalties.Select(penalty => FeatureMap.Fit(features, known, targets, 2, penalty, default));
            Assert.Equal(maps.MinBy(map => map.HeldOutError)!.Penalty, FeatureMap.Fit(features, known, targets, 2, null, default).Penalty);
        });

    // Of 1,200 features of two items each and one of three, those of most items are used; a feature of one item never.
    [Fact]
    public void Fit_MoreFeaturesThanAreUsed_ThoseOfMostItems()
    {
        var labels = Enumerable.Range(0, 2400).Select(item => new[] { $"f{item / 2:0000}", item % 800 == 0 ? "x" : $"only {item}" });
        var features = SideFeatures.OneHot([.. labels]);
        float[] targets = [.. Enumerable.Range(0, 2400).Select(item => item % 800 == 0 ? 100f : 0)];
        var map = FeatureMap.Fit(features, [.. Enumerable.Range(0, 2400)], targets, 1, 1, default);

        Assert.Equal(1000, map.Used);
        Assert.True(Mapped(map, 1600) > 40); // x
        Assert.Equal(Mapped(map, 2398), Mapped(map, 2396)); // f1199 and f1198 are not used
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 7)]
    public void Fit_NoOrOneKnownItem_ZeroOrItsTarget(int count, double expected)
    {
        var map = FeatureMap.Fit(SomeFeatures.Of(3), [.. Enumerable.Range(0, count)], [7, 0, 0], 1, null, default);
        Assert.Equal(expected, Mapped(map, 2), 1e-12);
    }

    private static double Mapped(FeatureMap map, int item)
    {
        var target = new double[1];
        map.Map(item, target);
        return target[0];
    }

    private static InteractionMatrix Table(float[] numbers, int items)
    {
        var table = new float[items, 4];
        for (var i = 0; i < numbers.Length; i++)
        {
            table[i / 4, i % 4] = numbers[i];
        }

        return SideFeatures.FromTable(table);
    }
}
