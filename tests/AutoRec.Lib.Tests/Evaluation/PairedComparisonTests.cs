using AutoRec.Evaluation;
using AutoRec.Native;
using CsCheck;

namespace AutoRec.Tests;

[Collection(ThreadCount.Name)]
public sealed class PairedComparisonTests
{
    private static readonly Gen<double[]> Values = Gen.Double[0, 1].Array[20];

    // Of a plain mean the bootstrap gives the interval of Student's t: mean +- t s / sqrt(n) with n - 1 degrees of freedom.
    [Theory]
    [InlineData(100, 1.9842)]
    [InlineData(5, 2.7764)]
    public void Interval_OfAMean_IsThatOfStudentsT(int users, double t)
    {
        var random = new Random(2);
        double[] values = [.. Enumerable.Range(0, users).Select(_ => random.NextDouble())];
        var (low, high) = new UserBootstrap([[UserValues.Of(values)]], 10_000, 42).Interval(0);
        var (mean, deviation) = (values.Average(), Math.Sqrt(values.Sum(value => Math.Pow(value - values.Average(), 2)) / (users - 1)));
        Assert.Equal(mean, (low + high) / 2, 1e-12);
        Assert.Equal(1, (high - low) / (2 * t * deviation / Math.Sqrt(users)), 0.03);
    }

    [Fact]
    public void EffectiveUsers_UnequalCountsAndSeeds_ByHand()
    {
        // Shares 1/2, 1/4, 1/4; and of two seeds, the second with the first user alone, 5/8 and three times 1/8.
        Assert.Equal(1 / ((1 / 4.0) + (2 / 16.0)), Effective(Counts(2, 1, 1)), 12);
        Assert.Equal(10, Effective(Counts(Enumerable.Repeat(7, 10).ToArray())), 12);
        Assert.Equal(1 / ((25 / 64.0) + (3 / 64.0)), Effective(Counts(1, 1, 1, 1), Counts(5)), 12);
        Assert.Equal(2, Effective(Counts(1000, 1, 1)));

        static double Effective(params UserValues[] seeds) => new UserBootstrap([seeds], 100, 1).EffectiveUsers;
        static UserValues Counts(params int[] counts) =>
            new([.. Enumerable.Range(0, counts.Length)], new double[counts.Length], counts, isRoot: false);
    }

    // One user in twelve: a third of the draws has nobody in the second seed.
    [Fact]
    public void Of_SeedOfOneUser_DrawsWithoutItAreLeftOut()
    {
        var random = new Random(4);
        var comparison = PairedComparison.Of(Seeds(), Seeds());
        Assert.True(double.IsFinite(comparison.Low) && comparison.Low < comparison.Difference && comparison.PValue is > 0 and < 1);

        UserValues[] Seeds() =>
            [UserValues.Of([.. Enumerable.Range(0, 12).Select(_ => random.NextDouble())]), UserValues.Of([random.NextDouble()], [3])];
    }

    [Theory]
    [InlineData(0.1, 0.049, true, false)]
    [InlineData(-0.1, 0.049, false, true)]
    [InlineData(0.1, 0.05, false, false)]
    [InlineData(-0.1, 0.05, false, false)]
    [InlineData(0, 0.01, false, false)]
    public void IsHigher_AdjustedPValueBelowFivePercent(double difference, double adjusted, bool isHigher, bool isLower)
    {
        var comparison = new PairedComparison
        {
            Users = 10,
            Difference = difference,
            Low = 0,
            High = 0,
            PValue = 0.01,
            AdjustedPValue = adjusted
        };
        Assert.Equal((isHigher, isLower), (comparison.IsHigher, comparison.IsLower));
    }

    [Fact]
    public void Of_SameValues_NoDifference()
    {
        var values = UserValues.Of([.. Enumerable.Range(0, 10).Select(i => i / 10.0)]);
        var expected = new PairedComparison { Users = 10, Difference = 0, Low = 0, High = 0, PValue = 1, AdjustedPValue = 1 };
        Assert.Equal(expected, PairedComparison.Of(values, values));
        Assert.Equal((false, false, "users"), (expected.IsHigher, expected.IsLower, expected.Resampled));
    }

    [Fact]
    public void Of_ConstantDifference_IntervalIsThatPoint()
    {
        var comparison = PairedComparison.Of(Of(i => i + 2), Of(i => i));
        Assert.Equal((2, 2, 2), (comparison.Difference, Math.Round(comparison.Low, 12), Math.Round(comparison.High, 12)));
        Assert.Equal((true, false, true), (comparison.IsHigher, comparison.IsLower, comparison.PValue < 1e-6));

        static UserValues Of(Func<int, double> value) => UserValues.Of([.. Enumerable.Range(0, 12).Select(value)]);
    }

    [Fact]
    public void Of_MeansOverUsers_IntervalAndPValueOfThePairedTTest()
    {
        // Twelve differences of mean 0.5 and standard deviation 0.8: t = 0.5 / (0.8 / sqrt(12)) = 2.165 with 11 degrees of freedom, of
        // which the 97.5 % quantile is 2.201 and p = 0.0532.
        var raw = Enumerable.Range(0, 12).Select(i => Math.Sin(1 + (7 * i))).ToArray();
        var deviation = Math.Sqrt(raw.Sum(x => (x - raw.Average()) * (x - raw.Average())) / 11);
        var first = UserValues.Of([.. raw.Select(x => 0.5 + (0.8 * (x - raw.Average()) / deviation) + 0.3)]);
        var comparison = PairedComparison.Of(first, UserValues.Of([.. raw.Select(_ => 0.3)]), resamples: 100_000);
        Assert.Equal(0.5, comparison.Difference, 12);
        Assert.Equal(0.5 - (2.201 * 0.8 / Math.Sqrt(12)), comparison.Low, 0.01);
        Assert.Equal(0.5 + (2.201 * 0.8 / Math.Sqrt(12)), comparison.High, 0.01);
        Assert.Equal(0.0532, comparison.PValue, 0.003);
    }

    [Fact]
    public void Of_Rmse_IsOfTheMicroAverageAndItsStandardErrorThatOfTheDeltaMethod()
    {
        const int Users = 400;
        var random = new Random(3);
        var counts = Enumerable.Range(0, Users).Select(_ => random.Next(1, 30)).ToArray();
        var (a, b) = (Errors(1), Errors(1.1));
        var comparison = PairedComparison.Of(a, b, resamples: 20_000);

        // RMSE = sqrt(R) with R = sum of S / sum of n: a user changes it by (S - R n) / (2 sqrt(R) sum of n).
        Assert.Equal(Math.Sqrt(a.Sums.Sum() / counts.Sum()) - Math.Sqrt(b.Sums.Sum() / counts.Sum()), comparison.Difference, 12);
        var variance = Enumerable.Range(0, Users).Sum(user => Math.Pow(Influence(a, user) - Influence(b, user), 2));
        var effective = Math.Pow(counts.Sum(), 2) / counts.Sum(count => (double)count * count);
        // Student's t of some 300 degrees of freedom.
        Assert.Equal(1.966 * Math.Sqrt(variance * effective / (effective - 1)), (comparison.High - comparison.Low) / 2, 0.0004);
        Assert.True(comparison.IsLower);

        UserValues Errors(double scale) => new(
            [.. Enumerable.Range(0, Users)],
            [.. counts.Select(count => Enumerable.Range(0, count).Sum(_ => Math.Pow(scale * 2 * random.NextDouble(), 2)))],
            counts,
            isRoot: true);

        double Influence(UserValues values, int user) =>
            (values.Sums[user] - (values.Value * values.Value * counts[user])) / (2 * values.Value * counts.Sum());
    }

    [Fact]
    public void Of_SeedsWithTheSameValues_AsOneSeed() => Gen.Select(Values, Values).Sample((first, second) =>
    {
        var (a, b) = (UserValues.Of(first), UserValues.Of(second));
        var one = PairedComparison.Of(a, b, 200);
        var three = PairedComparison.Of([a, a, a], [b, b, b], 200);
        return one.Users == three.Users
            && Math.Abs(one.Difference - three.Difference) < 1e-12
            && Math.Abs(one.Low - three.Low) < 1e-9
            && Math.Abs(one.PValue - three.PValue) < 1e-6;
    }, iter: 20);

    [Fact]
    public void Of_SeedsWithOtherUsers_DifferenceOfMeansOverSeeds()
    {
        // Seed 0 tests users 0 to 11, seed 1 users 8 to 15.
        UserValues[] Model(double shift) => [Seed(0, 12, shift), Seed(8, 8, 2 * shift)];
        var comparison = PairedComparison.Of(Model(1), Model(0));
        Assert.Equal((16, 1.5), (comparison.Users, Math.Round(comparison.Difference, 12)));

        static UserValues Seed(int start, int count, double shift) =>
            UserValues.Of([.. Enumerable.Range(start, count).Select(user => (user % 5) + shift)], [.. Enumerable.Range(start, count)]);
    }

    [Fact]
    public void Of_Swapped_MirrorsTheInterval() => Gen.Select(Values, Values).Sample((first, second) =>
    {
        var there = PairedComparison.Of(UserValues.Of(first), UserValues.Of(second), 200);
        var back = PairedComparison.Of(UserValues.Of(second), UserValues.Of(first), 200);
        return Math.Abs(there.Low + back.High) < 1e-12
            && Math.Abs(there.High + back.Low) < 1e-12
            && Math.Abs(there.PValue - back.PValue) < 1e-12;
    }, iter: 20);

    [Fact]
    public void Of_OneThreadOrSeveral_SameToTheLastBit()
    {
        var random = new Random(5);
        var (first, second) = (Draw(), Draw());
        var before = ComputeThreads.Count;
        try
        {
            ComputeThreads.Count = 1;
            var one = PairedComparison.Of(first, second, 500);
            ComputeThreads.Count = 4;
            Assert.Equal(one, PairedComparison.Of(first, second, 500));
            Assert.NotEqual(one, PairedComparison.Of(first, second, 500, seed: 43));
        }
        finally
        {
            ComputeThreads.Count = before;
        }

        UserValues Draw() => UserValues.Of([.. Enumerable.Range(0, 300).Select(_ => random.NextDouble())]);
    }

    [Fact]
    public void Of_BadArguments_Throws()
    {
        var ten = UserValues.Of(new double[10]);
        Assert.Contains(
            "at least 10 users; got 9", Fails(() => PairedComparison.Of(UserValues.Of(new double[9]), UserValues.Of(new double[9]))));
        Assert.Contains("same users", Fails(() => PairedComparison.Of(ten, UserValues.Of(new double[11]))));
        Assert.Contains("same users", Fails(() => PairedComparison.Of(ten, UserValues.Of(new double[10], [.. Enumerable.Range(1, 10)]))));
        Assert.Contains("same users", Fails(() => PairedComparison.Of(ten, Counted(2, false))));
        Assert.Contains("same users", Fails(() => PairedComparison.Of(ten, Counted(1, true))));
        Assert.Contains("no model or no seed", Fails(() => PairedComparison.Of([], [])));
        Assert.Contains("same seeds", Fails(() => PairedComparison.Of([ten, ten], [ten])));
        Assert.Throws<ArgumentOutOfRangeException>(() => PairedComparison.Of(ten, ten, resamples: 1));

        static UserValues Counted(int count, bool isRoot) =>
            new([.. Enumerable.Range(0, 10)], new double[10], [.. Enumerable.Repeat(count, 10)], isRoot);
        static string Fails(Action compare) => Assert.Throws<ArgumentException>(compare).Message;
    }

    [Fact]
    public void UserValues_BadArguments_Throws()
    {
        Assert.Contains("must be a finite number", Assert.Throws<ArgumentException>(() => UserValues.Of([1, double.NaN])).Message);
        Assert.Contains("User 3", Assert.Throws<ArgumentException>(() => UserValues.Of([1, 2, 3], [3, 4, 3])).Message);
        Assert.Throws<ArgumentException>(() => UserValues.Of([1, 2], [1]));
        Assert.Contains(
            "1 sums and 2 counts for 2 users", Assert.Throws<ArgumentException>(() => new UserValues([0, 1], [1], [1, 1], false)).Message);
        Assert.Contains(
            "2 sums and 1 counts for 2 users", Assert.Throws<ArgumentException>(() => new UserValues([0, 1], [1, 1], [1], false)).Message);
        Assert.Contains(
            "at least one rating", Assert.Throws<ArgumentException>(() => new UserValues([0, 1], [1, 1], [1, 0], false)).Message);
    }

    [Fact]
    public void UserValues_At_TheseUsersOnly()
    {
        var some = new UserValues([7, 8, 9], [4, 18, 5], [1, 2, 5], isRoot: true).At([2, 1]);
        Assert.Equal([9, 8], some.Users);
        Assert.Equal([1.0, 3], some);
        Assert.Equal(Math.Sqrt(23 / 7.0), some.Value, 12);
        Assert.Equal([1.0, 3], ((System.Collections.IEnumerable)some).Cast<double>());
    }
}
