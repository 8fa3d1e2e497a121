using System.Globalization;
using AutoRec.Catalog;

namespace AutoRec.Cli.Tests;

public sealed class QuickstartCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    // Two tastes: even users like even items, odd ones odd items. Popularity cannot tell them apart.
    [Fact]
    public async Task Quickstart_TwoTastes_KeepsAModelThatSeparatesThemAndSaysHowSureItIs()
    {
        var likes = Write("likes.csv", ["user,item", .. TwoTastes()]);
        Write("likes.items.csv", ["id,title", .. Enumerable.Range(0, 40).Select(item => $"i{item},Title {item}")]);
        var output = folder.File("out");
        var run = await CliRun.OfAsync("quickstart", likes, "--output", output);
        Assert.True(run.ExitCode == 0, run.Error);

        var model = FittedModel.Load(Path.Combine(output, "model"));
        Assert.NotEqual("popularity", model.Entry.Name);
        Assert.Contains($"{model.Entry.Name} has the highest ndcg@10", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("better than popularity", run.Output, StringComparison.Ordinal);
        Assert.Contains("60 users with 40 items: likes", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("autorec-item", run.Output, StringComparison.Ordinal); // Likes are no ratings to predict.

        // Ten people with names of things, each recommended what is of the own taste.
        string[] blocks = [.. run.Output.Split("\n\n").Where(block => block.Contains(" has Title ", StringComparison.Ordinal))];
        Assert.Equal(10, blocks.Length);
        foreach (var block in blocks)
        {
            var lines = block.Split('\n');
            var parity = Number(lines[0].Split(' ')[0].TrimStart('u')) % 2;
            Assert.All(lines[1..4], line => Assert.Equal(parity, Number(line.Split(' ')[^1]) % 2));
        }

        var page = File.ReadAllText(Path.Combine(output, "report.html"));
        Assert.All(blocks, block => Assert.Contains(block.Split("1. ")[1].Split('\n')[0], page, StringComparison.Ordinal));
        var command = run.Output.Split('\n').Single(line => line.Contains("autorec recommend", StringComparison.Ordinal)).Trim();
        Assert.Equal(0, (await CliRun.OfAsync(command.Split(' ')[1..])).ExitCode);
        Assert.Contains(command, page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Quickstart_FileOfSomebodyElseInTheFolder_ErrorBeforeTheWork()
    {
        var likes = Write("likes.csv", ["user,item", .. TwoTastes()]);
        Directory.CreateDirectory(folder.File("out"));
        var page = Write(Path.Combine("out", "report.html"), "mine");
        var run = await CliRun.OfAsync("quickstart", likes, "--output", folder.File("out"));
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("report.html", run.Error, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(page).Trim());
        Assert.False(Directory.Exists(folder.File(Path.Combine("out", "model"))));
    }

    [Fact]
    public async Task Quickstart_TooFewInteractions_SaysHowManyAreNeeded()
    {
        var run = await CliRun.OfAsync("quickstart", Write("few.csv", "user,item", "a,x", "a,y", "b,x"), "--output", folder.File("out"));
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("3 positive interactions of 2 users are too few", run.Error, StringComparison.Ordinal);
        Assert.Contains("at least 50 of 10 users", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Auto_TrainAndEvaluate_TheChoiceOfQuickstart()
    {
        var likes = Write("likes.csv", ["user,item", .. TwoTastes()]);
        var run = await CliRun.OfAsync("train", "--data", likes, "--model", "auto", "--output", folder.File("m"));
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.NotEqual("popularity", FittedModel.Load(folder.File("m")).Entry.Name);
        Assert.Contains("has the highest ndcg@10", run.Error, StringComparison.Ordinal);

        run = await CliRun.OfAsync("evaluate", "--data", likes, "--model", "auto", "--split", "random:0.8");
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains("compared on 672 interactions", run.Error, StringComparison.Ordinal); // of 840: the test part is not seen

        run = await CliRun.OfAsync("train", "--data", likes, "--model", "auto", "--set", "epochs=3", "--output", folder.File("n"));
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("Leave out --set", run.Error, StringComparison.Ordinal);

        run = await CliRun.OfAsync("train", "--data", likes, "--output", folder.File("n"));
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("--model ease", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("autorec-item", run.Error, StringComparison.Ordinal); // There are no ratings.
    }

    // 60 users with 14 of their taste's 20 items.
    private static IEnumerable<string> TwoTastes()
    {
        var random = new Random(3);
        foreach (var user in Enumerable.Range(0, 60))
        {
            int[] items = [.. Enumerable.Range(0, 20).Select(i => (2 * i) + (user % 2))];
            random.Shuffle(items);
            foreach (var item in items.Take(14))
            {
                yield return $"u{user},i{item}";
            }
        }
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private string Write(string name, params IEnumerable<string> lines)
    {
        var path = folder.File(name);
        File.WriteAllLines(path, lines);
        return path;
    }
}
