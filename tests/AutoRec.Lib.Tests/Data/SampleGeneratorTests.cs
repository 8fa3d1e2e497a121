using AutoRec.Data;
using AutoRec.Splitting;

namespace AutoRec.Tests;

public sealed class SampleGeneratorTests
{
    private static readonly Lazy<Sample> Default = new(() => SampleGenerator.Generate());

    [Theory]
    [InlineData("ratings.csv")]
    [InlineData("users.csv")]
    [InlineData("products.csv")]
    public void Write_DefaultSample_IsWhatTheProjectHolds(string file)
    {
        using var folder = new TemporaryFolder();
        SampleGenerator.Write(Default.Value, folder.Path);

        Assert.True(
            File.ReadAllBytes(Path.Combine(Repository.Root, "data", "sample", file))
                .AsSpan()
                .SequenceEqual(File.ReadAllBytes(folder[file])),
            $"data/sample/{file} is not what the generator writes: autorec data sample --output data/sample writes it anew.");
    }

    [Fact]
    public void Generate_Default_CountsAndRanges()
    {
        var sample = Default.Value;
        var log = sample.Interactions;

        Assert.Equal((5200, 252), (log.Users.Count, log.Items.Count));
        Assert.Equal((5200, 252), (sample.Users.Count, sample.Products.Count));
        Assert.Equal([1f, 2, 3, 4, 5], log.Values.Distinct().Order());
        Assert.Equal(RatingScale.OneToFive, log.Scale);
        Assert.Equal(sample.Users.Select(user => user.Id), log.Users);
        Assert.InRange(log.UserRows.CountBy(user => user).Min(pair => pair.Value), 5, 6);
        Assert.InRange(log.Count / 5200.0, 22, 24);
        Assert.All(
            [log.Timestamps.Min(), log.Timestamps.Max()],
            time => Assert.InRange(DateTimeOffset.FromUnixTimeSeconds(time).Year, 2023, 2024));
        Assert.True(log.Timestamps.Max() - log.Timestamps.Min() > 700 * 86_400);
    }

    [Fact]
    public void Generate_Default_NamesAreUniqueAndProfilesFilled()
    {
        var sample = Default.Value;

        Assert.Equal(5200, sample.Users.DistinctBy(user => user.Name).Count());
        Assert.Equal(252, sample.Products.DistinctBy(product => product.Name).Count());
        Assert.Equal(Enumerable.Repeat(21, 12), sample.Products.CountBy(product => product.Category).Select(pair => pair.Value));
        Assert.All(sample.Users, user => Assert.InRange(user.Age, 18, 85));
        Assert.Equal(["F", "M"], sample.Users.Select(user => user.Gender).Distinct().Order());
    }

    [Fact]
    public void Generate_MoreNamesThanThereAre_GetNumbers()
    {
        var sample = SampleGenerator.Generate(new SampleOptions { Users = 13_000, Products = 300, RatingsPerUser = 5 });

        Assert.Equal(13_000, sample.Users.DistinctBy(user => user.Name).Count());
        Assert.Equal(300, sample.Products.DistinctBy(product => product.Name).Count());
    }

    [Fact]
    public void Generate_SameSeed_SameSampleAnotherSeedAnother()
    {
        var options = new SampleOptions { Users = 100, Products = 30, Seed = 7 };
        var (first, again, other) = (
            SampleGenerator.Generate(options), SampleGenerator.Generate(options), SampleGenerator.Generate(options with { Seed = 8 }));

        Assert.Equal(first.Interactions.Values, again.Interactions.Values);
        Assert.Equal(first.Interactions.ItemRows, again.Interactions.ItemRows);
        Assert.Equal(first.Interactions.Timestamps, again.Interactions.Timestamps);
        Assert.Equal(first.Users, again.Users);
        Assert.NotEqual(first.Interactions.Values, other.Interactions.Values);
        Assert.NotEqual(first.Users, other.Users);
    }

    [Fact]
    public void Generate_Default_LongThinTail()
    {
        var description = DataDescription.Of(Default.Value.Interactions);
        var counts = Counts(Default.Value);

        Assert.InRange(description.Top10PercentShare, 0.4, 0.6);
        Assert.True(description.PerItem.Max > 20 * description.PerItem.Median);
        Assert.InRange(counts.Min(), 1, 3);
        Assert.InRange(counts.Count(count => count <= 3), 2, 25);
    }

    // Of two products the better one is chosen more often; without choice there is no link.
    [Theory]
    [InlineData(2, 0.2, 1)]
    [InlineData(0, -0.15, 0.15)]
    public void Generate_Choice_PopularProductsAreBetterAndRatedPairsLikedMore(double choice, double least, double most)
    {
        var sample = choice == 2 ? Default.Value : SampleGenerator.Generate(new SampleOptions { Choice = choice });
        var (counts, log) = (Counts(sample), sample.Interactions);
        double[] means = [.. counts.Select((_, item) => Enumerable.Range(0, 1000).Average(user => sample.MeanRating(user, item)))];
        var byCount = Enumerable.Range(0, counts.Length).OrderBy(item => counts[item]).ToArray();
        var chosen = Enumerable.Range(0, log.Count)
            .Average(i => sample.MeanRating(log.UserRows[i], log.ItemRows[i]) - means[log.ItemRows[i]]);

        Assert.InRange(byCount[^80..].Average(item => means[item]) - byCount[..80].Average(item => means[item]), least, most);
        Assert.InRange(chosen, choice == 0 ? -0.05 : 0.1, choice == 0 ? 0.05 : 1);
    }

    // The most rated products of the first three months and of the last three: the same ones, but for chance, where nothing moves.
    [Theory]
    [InlineData(1.5, 0.2, 0, 15)]
    [InlineData(0, 0, 20, 30)]
    public void Generate_Drift_OtherProductsAreTheMostRated(double drift, double newProducts, int least, int most)
    {
        var sample = drift == 0
            ? SampleGenerator.Generate(new SampleOptions { PopularityDrift = drift, NewProducts = newProducts })
            : Default.Value;
        var log = sample.Interactions;
        var (first, last) = (log.Timestamps.Min(), log.Timestamps.Max());
        int[] MostRated(double from, double to) => [.. Enumerable.Range(0, log.Count)
            .Where(i => (log.Timestamps[i] - first) / (double)(last - first) is var share && share >= from && share < to)
            .CountBy(i => log.ItemRows[i]).OrderByDescending(pair => pair.Value).Take(30).Select(pair => pair.Key)];

        Assert.InRange(MostRated(0, 0.125).Intersect(MostRated(0.875, 1)).Count(), least, most);
    }

    [Fact]
    public void Generate_NewProducts_ThatShareHasNoRatingBeforeItsMonth()
    {
        // Many users and equal popularity: what is on sale is rated at once.
        var sample = SampleGenerator.Generate(new SampleOptions
        {
            Products = 40,
            NewProducts = 0.5,
            PopularitySkew = 0,
            PopularityDrift = 0,
            Choice = 0,
        });
        var log = sample.Interactions;
        var firsts = Enumerable.Range(0, log.Count).GroupBy(i => log.ItemRows[i], i => log.Timestamps[i]).Select(times => times.Min());
        var late = firsts.Count(first => DateTimeOffset.FromUnixTimeSeconds(first) >= new DateTime(2023, 2, 15, 0, 0, 0, DateTimeKind.Utc));

        Assert.InRange(late, 15, 20); // of 20, those that did not come in the first six weeks
    }

    // The truth is a truth: ratings scatter about it as the noise says, and nothing is left to explain but that.
    [Fact]
    public void ExpectedRating_OnItsOwnRatings_ErrorIsTheNoiseFloor()
    {
        var sample = Default.Value;
        var log = sample.Interactions;
        var errors = Enumerable.Range(0, log.Count)
            .Select(i => log.Values[i] - sample.ExpectedRating(log.UserRows[i], log.ItemRows[i]))
            .ToArray();
        var floor = sample.NoiseFloor(log.ToMatrix());

        Assert.InRange(floor, 0.65, 0.76);
        Assert.Equal(0, errors.Average(), 0.01);
        Assert.Equal(floor, Math.Sqrt(errors.Average(error => error * error)), 0.005);
    }

    [Fact]
    public void MeanRating_OfEveryPair_AgreesWithItsExpectation()
    {
        // In the middle of the scale rounding and clipping cancel; at its ends they pull inwards.
        var sample = Default.Value;
        for (var user = 0; user < 200; user++)
        {
            for (var item = 0; item < 252; item++)
            {
                var (mean, expected) = (sample.MeanRating(user, item), sample.ExpectedRating(user, item));
                Assert.InRange(expected, 1, 5);
                if (mean is > 2.7 and < 3.3)
                {
                    Assert.Equal(mean, expected, 0.02);
                }

                Assert.True(mean < 4.5 || expected < mean, $"mean {mean}, expected {expected}");
                Assert.True(mean > 1.5 || expected > mean, $"mean {mean}, expected {expected}");
            }
        }
    }

    [Fact]
    public void NoiseFloor_MeanOnAHalf_HandComputed()
    {
        // One user, no bias, no taste: every rating is clip(round(3.5 + 0.1 z)): 3 or 4 with even chances, so 3.5 and 0.5.
        var sample = SampleGenerator.Generate(
            new SampleOptions { Users = 1, Products = 10, UserBias = 0, ProductBias = 0, Taste = 0, Mean = 3.5, Noise = 0.1 });

        Assert.Equal(3.5, sample.ExpectedRating(0, 0), 6);
        Assert.Equal(0.5, sample.NoiseFloor(sample.Interactions.ToMatrix()), 6);
    }

    [Fact]
    public void Generate_Default_ThereIsTasteToLearn()
    {
        // The best that biases can do, with the true ones, is far above the noise floor.
        var sample = Default.Value;
        var split = new RandomSplitter(0.9).Split(sample.Interactions, 1);
        var targets = split.Test.Targets;
        int[] users = [.. Enumerable.Range(0, sample.Users.Count)];
        int[] items = [.. Enumerable.Range(0, sample.Products.Count)];
        double[] userMeans = [.. users.Select(user => items.Average(item => sample.MeanRating(user, item)))];
        double[] itemMeans = [.. items.Select(item => users.Average(user => sample.MeanRating(user, item)))];
        var mean = userMeans.Average();
        var shift = users.SelectMany(user =>
            targets.Columns(user)
                .ToArray()
                .Zip(targets.Values(user).ToArray(), (item, rating) => rating - (userMeans[user] + itemMeans[item] - mean))).ToArray();
        var offset = shift.Average(); // chosen products are liked more than others
        var biasRmse = Math.Sqrt(shift.Average(error => (error - offset) * (error - offset)));

        Assert.InRange(biasRmse - sample.NoiseFloor(targets), 0.04, 0.2);
    }

    [Fact]
    public void Generate_Default_ProfilesTellOfTaste()
    {
        var ages = Default.Value.Users.GroupBy(user => user.TasteGroup)
            .OrderBy(group => group.Key)
            .Select(group => group.Average(user => user.Age))
            .ToArray();

        Assert.Equal(6, ages.Length);
        Assert.All(ages.Index(), pair => Assert.Equal(22 + (8 * pair.Index), pair.Item, 1.5));
    }

    [Theory]
    [InlineData(nameof(SampleOptions.Users), 0)]
    [InlineData(nameof(SampleOptions.Products), 9)]
    [InlineData(nameof(SampleOptions.Factors), 0)]
    [InlineData(nameof(SampleOptions.TasteGroups), 0)]
    [InlineData(nameof(SampleOptions.GroupShare), 1.1)]
    [InlineData(nameof(SampleOptions.Noise), 0)]
    [InlineData(nameof(SampleOptions.RatingsPerUser), 4)]
    [InlineData(nameof(SampleOptions.Taste), -0.1)]
    [InlineData(nameof(SampleOptions.NewProducts), 0.6)]
    [InlineData(nameof(SampleOptions.PopularityHead), 0)]
    [InlineData(nameof(SampleOptions.PopularityDrift), -1)]
    [InlineData(nameof(SampleOptions.Choice), double.NaN)]
    [InlineData(nameof(SampleOptions.Mean), double.PositiveInfinity)]
    public void Generate_OptionOutOfRange_ErrorNamesIt(string option, double value)
    {
        var options = new SampleOptions();
        var property = typeof(SampleOptions).GetProperty(option)!;
        property.SetValue(options, Convert.ChangeType(value, property.PropertyType, null));

        Assert.Contains(
            option,
            Assert.Throws<ArgumentOutOfRangeException>(() => SampleGenerator.Generate(options)).ParamName,
            StringComparison.Ordinal);
    }

    private static int[] Counts(Sample sample)
    {
        var counts = new int[sample.Interactions.Items.Count];
        foreach (var item in sample.Interactions.ItemRows)
        {
            counts[item]++;
        }

        return counts;
    }
}
