using System.Globalization;
using AutoRec.Data;
using CsCheck;

namespace AutoRec.Tests;

public sealed class FeedbackTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("rating", "1 2 3 4 5", "stars 1..5, positive from 4")]
    [InlineData("rating", "0.5 1 3.5 4 5", "stars 0.5..5, positive from 4")]
    [InlineData("rating", "0 3 7 10", "stars 0..10, positive from 8")]
    [InlineData("rating", "0 10 70 80 100", "stars 0..100, positive from 75")]
    [InlineData("rating", "-1 1 -1", "thumbs -1..1, positive from 1")]
    [InlineData("score", "0 1 1", "thumbs 0..1, positive from 1")]
    [InlineData("rating", "1 2 1", "stars 1..2, positive from 2")]
    [InlineData("rating", "-1 0 1", "stars -1..1, positive from 1")]
    [InlineData("rating", "1 1 1", "likes")]
    [InlineData("rating", "5 5 5", "likes")]
    [InlineData("plays", "1 2 1777", "counts, positive from 1")]
    [InlineData("Play_Count", "0 1 1", "counts, positive from 1")]
    [InlineData("quantity", "-2 3", "counts, positive from 1")]
    [InlineData("hours", "0 0.25 30.5", "counts, positive from 0.25")]
    public void Read_Values_DecideWhatTheySay(string column, string values, string expected) =>
        Assert.Equal(expected, Read(column, values).Feedback.ToString());

    [Fact]
    public void Read_NoRatings_IsLikes()
    {
        Assert.Equal(FeedbackKind.Likes, Read("rating", "1 5", new() { Columns = new("user", "item", ColumnNames.None) }).Feedback.Kind);
        var log = Read("rating", "1 5", new() { Feedback = FeedbackKind.Likes });
        Assert.Equal((FeedbackKind.Likes, new RatingScale(0, 1)), (log.Feedback.Kind, log.Scale));
        Assert.Equal([1, 1], log.Values);
    }

    [Theory]
    [InlineData("1 2 3 4 5", FeedbackKind.Counts, null, "counts, positive from 1")]
    [InlineData("-1 1", FeedbackKind.Stars, null, "stars -1..1, positive from 1")]
    [InlineData("1 5", FeedbackKind.Thumbs, null, "thumbs 1..5, positive from 5")]
    [InlineData("1 2 3 4 5", null, 3f, "stars 1..5, positive from 3")]
    [InlineData("1 2 3 4 5", null, float.NegativeInfinity, "stars 1..5, positive from 1")]
    [InlineData("0 1", null, float.NegativeInfinity, "thumbs 0..1, positive from 0")]
    public void Read_Declared_CountsMoreThanValues(string values, FeedbackKind? kind, float? positiveFrom, string expected) =>
        Assert.Equal(expected, Read("rating", values, new() { Feedback = kind, PositiveFrom = positiveFrom }).Feedback.ToString());

    [Fact]
    public void Read_DeclaredScale_DecidesTheThreshold()
    {
        var feedback = Read("rating", "1 2 3 4 5", new() { Scale = new RatingScale(0, 10) }).Feedback;
        Assert.Equal("stars 0..10, positive from 7.5", feedback.ToString());
        Assert.Equal(FeedbackKind.Stars, Read("rating", "0 1", new() { Scale = new RatingScale(0, 5) }).Feedback.Kind);
    }

    [Fact]
    public void Read_DeclaredThatDoesNotFit_SaysWhatToDo()
    {
        var thumbs = Assert.Throws<ArgumentException>(() => Read("rating", "1 2 3", new() { Feedback = FeedbackKind.Thumbs }));
        Assert.Contains("--feedback stars", thumbs.Message);
        var high = Assert.Throws<ArgumentException>(() => Read("rating", "1 2 3", new() { PositiveFrom = 4 }));
        Assert.Contains("the highest is 3", high.Message);
    }

    [Fact]
    public void Decide_OtherUnits_SameInteractionsArePositive()
    {
        var ratings = Gen.Select(Gen.Int[0, 20].Array[2, 30], Gen.Int[1, 40], Gen.Int[-100, 100]);
        ratings.Sample((values, factor, shift) =>
        {
            // Three values at least: two may be thumbs, which are decided by the values themselves.
            if (values.Distinct().Count() < 3)
            {
                return;
            }

            var units = Array.ConvertAll(values, value => (float)value);
            foreach (var step in new[] { 1, 0.1, 0.5, 3 })
            {
                var others = Array.ConvertAll(values, value => (float)(((value * factor) + shift) * step));
                Assert.Equal(Positives(units), Positives(others));
            }
        });

        static IEnumerable<int> Positives(float[] values)
        {
            var feedback = new FeedbackRule().Decide(values);
            return Enumerable.Range(0, values.Length).Where(i => feedback.IsPositive(values[i]));
        }
    }

    [Fact]
    public void Parts_OfALog_KeepItsFeedback()
    {
        var log = Read("rating", "1 2 3 4 5 1 2 1 2 1");
        Interactions[] parts = [log.Select([0, 5]), log.Where(i => log.Values[i] < 3), .. Interactions.Align([log, Read("rating", "1 2")])];
        Assert.All(parts, part => Assert.Same(log.Feedback, part.Feedback));
        Assert.Same(log.Feedback, log.ToMatrix().Transpose().SelectRows([0]).Feedback);
    }

    [Fact]
    public void Read_ThroughTheDatabaseWithACore_DecidesByAllValues()
    {
        // u1 and u2 are the core; what lies outside it makes the scale 1 to 5.
        var lines = "user,item,rating\nu1,i1,1\nu1,i2,2\nu2,i1,2\nu2,i2,1\nu3,i3,5\n";
        var path = folder.Write("core.csv", lines);
        var options = new ReadOptions { Filter = new() { UserCore = 2, ItemCore = 2 } };
        foreach (var block in new[] { BlockReader.UsualBlock, 32 })
        {
            var log = RatingsReader.Read(path, options, block, CancellationToken.None).Interactions;
            Assert.Equal((4, "stars 1..5, positive from 4"), (log.Count, log.Feedback.ToString()));
        }
    }

    // The truth is what all values decide.
    [Theory]
    [InlineData("0 1")]
    [InlineData("0 0.5 1")]
    [InlineData("-1 0 1")]
    [InlineData("5")]
    [InlineData("1 2 3 4 5")]
    [InlineData("1.3 2.3 4.3 5.3")]
    [InlineData("0.1 0.4 3.9 12")]
    [InlineData("0 3 100 2500")]
    public void Deciding_ValuesInParts_DecideAsAllDo(string text)
    {
        float[] values = [.. text.Split(' ').Select(value => float.Parse(value, CultureInfo.InvariantCulture))];
        var random = new Random(1);
        FeedbackRule[] rules =
        [
            new(), new() { Scale = new RatingScale(-2, 5000) }, new() { Kind = FeedbackKind.Counts }, new() { Kind = FeedbackKind.Thumbs },
        ];
        foreach (var rule in Enumerable.Repeat(rules, 50).SelectMany(all => all))
        {
            var parts = Enumerable.Range(0, 4).Select(_ => new List<float>()).ToArray(); // The last is empty.
            foreach (var value in values.Concat(values))
            {
                parts[random.Next(3)].Add(value);
            }

            var range = new RatingScale(values.Min(), values.Max());
            float[] deciding = [.. parts.SelectMany(part => rule.Deciding([.. part], range))];
            Assert.Equal(Decided(values), Decided(deciding));

            string Decided(float[] of)
            {
                try
                {
                    return rule.Decide(of).ToString();
                }
                catch (ArgumentException error)
                {
                    return error.Message;
                }
            }
        }
    }

    [Fact]
    public void ToPositives_KeepsTheRuleOfTheRatings()
    {
        var likes = Read("rating", "1 2 3 4 5").ToPositives(3);
        Assert.Equal((3, FeedbackKind.Likes), (likes.Count, likes.Feedback.Kind));
        Assert.Equal("stars 1..5, positive from 3", likes.Feedback.Original!.ToString());
    }

    private Interactions Read(string column, string values, ReadOptions? options = null)
    {
        var lines = values.Split(' ').Select((value, i) => string.Create(CultureInfo.InvariantCulture, $"u{i % 3},i{i},{value}"));
        var path = folder.Write($"{Guid.NewGuid():N}.csv", $"user,item,{column}\n{string.Join('\n', lines)}\n");
        options ??= new();
        return RatingsReader.Read(path, options.Columns.Rating is null ? options with { Columns = new("user", "item", column) } : options)
            .Interactions;
    }
}
