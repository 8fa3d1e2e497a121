using AutoRec.Catalog;

namespace AutoRec.Cli.Tests;

/// <summary><c>train --from</c>.</summary>
public sealed class ContinueTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("new.csv")]
    [InlineData("all.csv")]
    public async Task Train_FromAModelWithNewInteractions_SameModelAsOfAll(string data)
    {
        var rows = Rows();
        Write("old.csv", rows[..300]);
        Write("new.csv", rows[300..]);
        Write("all.csv", rows);
        await Run("--data", "old.csv", "--model", "ease", "--set", "regularization=5", "--output", "kept");
        var run = await Run("--data", data, "--from", "kept", "--output", "kept");
        Assert.Equal("", run.Error.Split('\n').FirstOrDefault(line => line.StartsWith("error", StringComparison.Ordinal)) ?? "");
        await Run("--data", "all.csv", "--model", "ease", "--set", "regularization=5", "--output", "scratch");

        Assert.Contains("interactions are new", run.Error);
        Assert.Equal(Weights("scratch"), Weights("kept"));
    }

    [Theory]
    [InlineData("--from kept --data new.csv --model ials", "--from kept is a model 'ease', not 'ials'. Leave out --model.")]
    [InlineData(
        "--from kept --data new.csv --set regularization=9", "'regularization' cannot be set: a continued model keeps its options.")]
    [InlineData(
        "--from kept --data new.csv --feedback counts",
        "--feedback differs from the data that the model was fitted to (stars 1..5, positive from 4).")]
    [InlineData("--from kept --data large.csv", "The rating 9 is outside the scale 1..5")]
    [InlineData("--from kept --data likes.csv", "The model was fitted to stars 1..5, positive from 4, and --data has no ratings.")]
    [InlineData("--from kept --data strangers.csv", "The model knows no user and no item of --data: it has users such as 'u0'")]
    [InlineData("--from kept --data old.csv", "--data holds no interaction that is new to the model")]
    [InlineData("--data new.csv", "To continue a kept model, name its folder with --from.")]
    public async Task Mistake_Any_Error(string args, string expected)
    {
        var rows = Rows();
        Write("old.csv", rows[..300]);
        Write("new.csv", rows[300..]);
        Write("large.csv", ["u0,i1,9"]);
        Write("strangers.csv", ["x,y,5"]);
        File.WriteAllText(folder.File("likes.csv"), "user,item\nu0,i1\nu1,new");
        await Run("--data", "old.csv", "--model", "ease", "--output", "kept");
        var run = await Run([.. args.Split(' '), "--output", "out"]);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(expected, run.Error.Replace(folder.Path + Path.DirectorySeparatorChar, "", StringComparison.Ordinal));
        Assert.False(Directory.Exists(folder.File("out")));
    }

    private static string[] Rows()
    {
        var random = new Random(2);
        return [.. Enumerable.Range(0, 1_500).Select(_ => (User: random.Next(60), Item: random.Next(30))).Distinct()
            .Select(pair => $"u{pair.User},i{pair.Item},{random.Next(1, 6)}").Take(400)];
    }

    private float[] Weights(string name)
    {
        var fitted = FittedModel.Load(folder.File(name));
        return fitted.Entry.Save(fitted.Model).Floats("weights");
    }

    private void Write(string name, string[] rows) => File.WriteAllLines(folder.File(name), ["user,item,rating", .. rows]);

    private Task<CliRun> Run(params string[] args) => CliRun.OfAsync(
        [
            "train",
            .. args.Select(arg =>
                arg is "kept" or "out" or "scratch" || arg.EndsWith(".csv", StringComparison.Ordinal) ? folder.File(arg) : arg)
        ]);
}
