using AutoRec.Catalog;

namespace AutoRec.Cli.Tests;

public sealed class TrainCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Train_FileWithItemsAndUsers_AllOfItIsInTheModel()
    {
        var ratings = Write("ratings.csv", "user,item,rating", "a,x,5", "a,y,3", "b,x,4", "b,z,1");
        var items = Write("items.csv", "id,title,genres", "x,\"Ex, the film\",war|drama", "z,Zed,");
        var users = Write("users.csv", "id,name,Age,city", "b,Ben,41,Oslo", "nobody,N,1,Rome");
        var run = await CliRun.OfAsync(
            "train", "--data", ratings, "--item-file", items, "--user-file", users,
            "--model", "ease", "--set", "regularization=2", "--output", folder.File("m"));
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("ease for 3 items, with 4 interactions of 2 users", run.Output);
        var model = FittedModel.Load(folder.File("m"));
        Assert.Equal("2", model.Options["regularization"]);
        Assert.InRange(model.Threads!.Value, 1, Environment.ProcessorCount);
        Assert.Equal(["Ex, the film", "y", "Zed"], model.Data.ItemTitles);
        Assert.Equal(["war", "drama"], model.Data.ItemCategories[0]);
        Assert.Equal(["", "41"], model.Data.UserAttributes["age"]);
        Assert.Equal(["", "Oslo"], model.Data.UserAttributes["city"]);
        Assert.Equal(["a", "Ben"], model.Data.UserNames);
    }

    [Fact]
    public async Task Train_ModelWithEpochs_MeasuresOnWhatItHoldsOut()
    {
        var run = await CliRun.OfAsync(
            "train", "--data", "sample", "--model", "autorec-user", "--set", "epochs=2", "--set", "hidden-units=4",
            "--min-rating", "4", "--output", folder.File("m"));
        Assert.Equal(0, run.ExitCode);
        var model = FittedModel.Load(folder.File("m"));
        Assert.Equal(["validation ndcg@100"], model.Metrics.Keys);
        Assert.All(model.Metrics.Values, value => Assert.InRange(value, 0.01, 1));
        Assert.Equal(1, model.Data.Interactions.Scale.Max);
        Assert.Equal(3, model.Data.UserAttributes.Count);
    }

    [Fact]
    public async Task Train_Checkpoint_SameWeightsAndNoCheckpointLeft()
    {
        string[] args = ["train", "--data", "sample", "--model", "biased-mf", "--set", "epochs=3", "--output"];
        await CliRun.OfAsync([.. args, folder.File("a")]);
        var run = await CliRun.OfAsync([.. args, folder.File("b"), "--checkpoint", folder.File("c")]);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(Weights("a"), Weights("b"));
        Assert.Equal(["a", "b"], Directory.EnumerateFileSystemEntries(folder.Path).Select(System.IO.Path.GetFileName).Order());
    }

    [Theory]
    [InlineData("--data R --model ease --output OUT --resume", "--resume requires --checkpoint FILE")]
    [InlineData("--data R --model pmf-em --output OUT --checkpoint c", "does not support checkpoints")]
    [InlineData("--data R --model ease --output OUT --holdout 0.7", "--holdout must be between 0 and 0.5; got 0.7.")]
    [InlineData("--data R --model ease --output OUT --min-rating 6", "no rating is 6 or more")]
    [InlineData("--data sample --item-file R --model ease --output OUT", "are for files of your own")]
    [InlineData("--data R --user-file MISSING --model ease --output OUT", "There is no such file")]
    [InlineData("--data R --model ease", "--output")]
    public async Task Train_Mistake_ErrorAndNoFolder(string args, string expected)
    {
        var ratings = Write("ratings.csv", "user,item,rating", "a,x,5", "b,x,4", "b,z,1");
        var words = args.Split(' ').Select(word => word == "R" ? ratings : word == "OUT" ? folder.File("m") : word);
        var run = await CliRun.OfAsync(["train", .. words]);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(expected, run.Error);
        Assert.False(Directory.Exists(folder.File("m")));
    }

    private byte[] Weights(string model) =>
        System.IO.File.ReadAllBytes(Assert.Single(Directory.GetFiles(folder.File(model), "weights-*.safetensors")));

    private string Write(string name, params string[] lines)
    {
        System.IO.File.WriteAllLines(folder.File(name), lines);
        return folder.File(name);
    }
}
