using AutoRec.Catalog;

namespace AutoRec.Cli.Tests;

/// <summary>Items that nobody has, from the table of items to a list.</summary>
public sealed class ItemsWithoutHistoryTests : IDisposable
{
    private static readonly string[] Training =
    [
        "train", "--data", "ratings.csv", "--item-file", "items.csv", "--model", "ials-features", "--set", "latent-factors=2", "--output", "m",
    ];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    // w1 to w6 are war, d1 to d6 drama; a user has five of one kind, all with the rating 5. The table has two more, w9 and d9.
    [Fact]
    public async Task TrainAndRecommend_ItemOfTheTableAlone_IsInTheListOfItsKindWithItsTitle()
    {
        WriteData();
        var train = await Run(Training);
        Assert.Equal(0, train.ExitCode);
        Assert.Contains("ials-features for 14 items, with 100 interactions of 20 users", train.Output);
        Assert.Contains("note: 2 items without history are scored by", train.Error);

        // User 0 has w1 to w5, so that w6 and the new film are left of the kind.
        var list = await Run("recommend", "--model", "m", "--user", "u0", "--k", "2");
        Assert.Contains("A new war film", list.Output);
        Assert.Contains("w6", list.Output);
        var history = await Run("recommend", "--model", "m", "--history", "history.csv", "--max-users", "0");
        Assert.True(history.Output.IndexOf("A new drama", StringComparison.Ordinal) is > 0 and var place
            && place < history.Output.IndexOf("A new war film", StringComparison.Ordinal), history.Output);
        Assert.Equal(0, (await Run("similar", "--model", "m", "--item", "w9")).ExitCode);
    }

    [Fact]
    public async Task TrainFrom_NewItemWithInteractions_HasFactorsOfItsOwn()
    {
        WriteData();
        await Run(Training);
        File.WriteAllLines(folder.File("new.csv"), ["user,item,rating", "u0,w9,5", "u2,w9,5", "u4,w10,4"]);
        File.AppendAllText(folder.File("items.csv"), "\nw11,Another war film,war");
        var run = await Run("train", "--from", "m", "--data", "new.csv", "--item-file", "items.csv", "--output", "m");

        Assert.Equal(0, run.ExitCode);
        var model = FittedModel.Load(folder.File("m"));
        var items = model.Data.Interactions.Items;
        Assert.Equal(16, items.Count); // and w10, of which nothing is known, and w11
        Assert.Equal("Another war film", model.Data.ItemTitles[items.RowOf("w11")]);
        Assert.Equal(new[] { "d9", "w11" }.Select(items.RowOf).Order(), model.Entry.Save(model.Model).Ints("mapped_items"));
    }

    [Theory]
    [InlineData(
        "evaluate --model ials-features --data ratings.csv --split cold-items:0.1",
        "only ids and titles of items are known. Give a table of items")]
    [InlineData(
        "train --model popularity-features --data ratings.csv --output m", "only ids and titles of items are known. Give a table of items")]
    [InlineData(
        "compare --models ials-features --data ratings.csv --split cold-items:0.1",
        "only ids and titles of items are known. Give a table of items")]
    [InlineData("evaluate --model ease --data ratings.csv --split cold-items:2", "cold-items:SHARE")]
    public async Task Mistake_Any_Error(string args, string expected)
    {
        WriteData();
        var run = await Run(args.Split(' '));

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(expected, run.Error);
    }

    [Fact]
    public async Task Evaluate_ColdItems_FeaturesFindTheKind()
    {
        WriteData();
        string[] args =
        [
            "--data", "ratings.csv", "--item-file", "items.csv", "--split", "cold-items:0.34", "--metrics", "hit-rate@1", "--seeds", "5",
            "--as", "markdown"
        ];
        var run = await Run(["compare", "--models", "ials-features:latent-factors=2,ials:latent-factors=2", .. args]);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("4 of 12 items are held out with all their interactions; ranked lists are made of these alone", run.Error);
        Assert.Contains("4 items were ranked for", run.Error);
        Assert.DoesNotContain("no model can find them", run.Error);
        string[] values =
        [
            .. run.Output.Split('\n')
                .Where(line => line.StartsWith("| ials", StringComparison.Ordinal))
                .Select(line => line.Split('|')[2].Trim(' ', '*')[..6])
        ];
        Assert.True(double.Parse(values[0], System.Globalization.CultureInfo.InvariantCulture) > 0.8, run.Output);
        Assert.True(double.Parse(values[1], System.Globalization.CultureInfo.InvariantCulture) < 0.6, run.Output);
    }

    private void WriteData()
    {
        List<string> lines = ["user,item,rating"];
        for (var user = 0; user < 20; user++)
        {
            // All but one of the six.
            lines.AddRange(
                Enumerable.Range(1, 6)
                    .Where(item => item != 6 - (user / 2 % 6))
                    .Select(item => $"u{user},{(user % 2 == 0 ? "w" : "d")}{item},5"));
        }

        File.WriteAllLines(folder.File("ratings.csv"), lines);
        File.WriteAllLines(folder.File("items.csv"), Enumerable.Range(1, 6).SelectMany(i => new[] { $"w{i},w{i},war", $"d{i},d{i},drama" })
            .Prepend("id,title,category").Append("w9,A new war film,war").Append("d9,A new drama,drama"));
        File.WriteAllLines(folder.File("history.csv"), ["d1,5", "d2,4"]);
    }

    private Task<CliRun> Run(params string[] args) =>
        CliRun.OfAsync([.. args.Select(arg => File.Exists(folder.File(arg)) || arg == "m" ? folder.File(arg) : arg)]);
}
