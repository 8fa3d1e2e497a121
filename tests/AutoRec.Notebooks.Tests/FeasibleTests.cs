using AutoRec.Experiments;
using AutoRec.Splitting;

namespace AutoRec.Notebooks.Tests;

public sealed class FeasibleTests
{
    [Fact]
    public void Of_CatalogueTooLargeForEase_TakesTheAlternativeAndLeavesOutTheRest()
    {
        var fold = Wide();
        Assert.Equal(["popularity", "sansa"], Feasible.Of(["popularity", "ease|sansa", "slim"], name => new(name), fold));
        var error = Assert.Throws<NotSupportedException>(() => Feasible.Of(["ease", "slim"], name => new(name), fold));
        Assert.StartsWith("ease needs an array of ", error.Message, StringComparison.Ordinal);
        Assert.Contains("slim needs an array of ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_TrainingThatTakesDays_IsLeftOut() => Assert.Equal(
        ["popularity"],
        Feasible.Of(["popularity", "mult-vae"], name => name == "mult-vae" ? new(name, [new("epochs", "100000")]) : new(name), Wide()));

    // 60,000 items, whose pairs an array cannot hold.
    private static Fold Wide()
    {
        var folder = Directory.CreateTempSubdirectory("autorec-feasible-");
        try
        {
            var file = Path.Combine(folder.FullName, "wide.csv");
            File.WriteAllLines(file, ["user,item,rating", .. Enumerable.Range(0, 60_000).Select(i => $"u{i % 500},i{i},{1 + (i % 5)}")]);
            return Fold.Of(new DataSource(file).Load(), new RandomSplitter(0.9), 1);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
