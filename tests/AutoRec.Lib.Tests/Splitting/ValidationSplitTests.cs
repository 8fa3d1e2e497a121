using AutoRec.Data;
using AutoRec.Splitting;

namespace AutoRec.Tests;

public sealed class ValidationSplitTests
{
    [Theory]
    [InlineData("random:0.5", "random:0.9")]
    [InlineData("time:0.5", "time:0.9")]
    [InlineData("time:1970-01-01T00:03", "time:0.9")]
    [InlineData("time-users:0.5", "time-users:0.9")]
    [InlineData("leave-one-out", "leave-one-out")]
    [InlineData("cold-items:0.5", "cold-items:0.1")]
    [InlineData("strong:3:0.5", "strong:3:0.5")] // as many users as are tested
    [InlineData("strong:30", "strong:7")] // a tenth of the 70 that are left
    [InlineData("strong:95:0.75", "strong:1:0.75")] // a tenth of 5, but at least one
    public void ForValidation_TestSplit_SameKindOfSplit(string test, string expected)
    {
        var builder = new InteractionsBuilder();
        for (var i = 0; i < 400; i++)
        {
            builder.Add($"u{i % 100}", $"i{i / 100}", 1, timestamp: i);
        }

        var splitter = Splitter.Parse(test);
        var train = splitter.Split(builder.Build(DuplicateRule.KeepLast, null, out _), seed: 1).TrainLog;
        Assert.Equal(expected, Splitter.ForValidation(splitter, train).Name);
    }
}
