using System.Globalization;
using System.Text;
using System.Text.Json;

namespace AutoRec.Cli.Tests;

public sealed class EvaluateCommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("autorec-evaluate-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Json_RatingModel_ExactlyTheContractsObjectOnStdout()
    {
        var run = await Run(
            "evaluate", "--model", "bias", "--data", Ratings(), "--split", "random:0.9",
            "--metrics", "rmse,Recall@20,hr@5", "--set", "epochs=3", "--seed", "7", "--json");
        Assert.Equal(0, run.Code);
        using var json = JsonDocument.Parse(run.Output);
        var root = json.RootElement;
        Assert.Equal(
            ["model", "options", "seed", "threads", "epochs", "data", "metrics", "baseline", "cold_users", "notes", "seconds", "peak_mb"],
            Names(root));
        Assert.Equal("bias", root.GetProperty("model").GetString());
        Assert.Equal("""{"user-regularization":15,"item-regularization":10,"epochs":3}""", root.GetProperty("options").GetRawText());
        Assert.Equal(7, root.GetProperty("seed").GetInt32());
        Assert.InRange(root.GetProperty("threads").GetInt32(), 1, Environment.ProcessorCount);
        Assert.Equal("""{"users":30,"items":20,"train":360,"validation":36,"test":40}""", root.GetProperty("data").GetRawText());
        Assert.Equal(["rmse", "recall@20", "hit-rate@5"], Names(root.GetProperty("metrics")));
        Assert.InRange(root.GetProperty("metrics").GetProperty("rmse").GetDouble(), 0.5, 2);
        Assert.Equal(["load", "fit", "evaluate"], Names(root.GetProperty("seconds")));
        Assert.True(root.GetProperty("peak_mb").GetDouble() > 1);
    }

    [Theory]
    [InlineData("bias", "rmse,mae,precision@10,recall@10,ndcg@10")]
    [InlineData("popularity", "precision@10,recall@10,ndcg@10")]
    public async Task Json_NoMetricsNamed_DefaultsOfTheModelsKind(string model, string metrics)
    {
        var run = await Run("evaluate", "--model", model, "--data", Ratings(), "--split", "leave-one-out", "--json");
        Assert.Equal(0, run.Code);
        using var json = JsonDocument.Parse(run.Output);
        Assert.Equal(metrics.Split(','), Names(json.RootElement.GetProperty("metrics")));
    }

    [Theory]
    [InlineData("autorec-item", "random:0.8")]
    [InlineData("autorec-user", "strong:5:0.5")]
    [InlineData("mult-vae", "time:0.8")]
    [InlineData("mult-vae", "leave-one-out")]
    public async Task Json_SameSeedTwice_SameMetricsToTheLastDigit(string model, string split)
    {
        string[] args =
        [
            "evaluate", "--model", model, "--data", Ratings(), "--split", split,
            "--set", "hidden-units=8", "--set", "epochs=5", "--metrics", "ndcg@5,recall@5", "--json",
        ];
        var first = await Run(args);
        var second = await Run(args);
        var other = await Run([.. args, "--seed", "43"]);
        Assert.Equal(0, first.Code);
        Assert.Equal(Metrics(first.Output), Metrics(second.Output));
        Assert.NotEqual(Metrics(first.Output), Metrics(other.Output));
    }

    [Fact]
    public async Task Json_SplitOfUsers_TrainCountsAllThatIsNotTested()
    {
        var run = await Run(
            "evaluate", "--model", "mult-vae", "--data", Ratings(), "--split", "strong:4:0.5",
            "--set", "epochs=1", "--set", "hidden-units=4", "--json");
        Assert.Equal(0, run.Code);
        using var json = JsonDocument.Parse(run.Output);
        var data = json.RootElement.GetProperty("data");
        Assert.Equal(400, data.GetProperty("train").GetInt32() + data.GetProperty("test").GetInt32());
        Assert.InRange(data.GetProperty("test").GetInt32(), 4 * 5, 4 * 8);
    }

    [Fact]
    public async Task TrainAndTest_Files_ShareUsersAndItems()
    {
        // mu = 4, one sweep without penalties: b_i = 1, 0, -1; user b has 4 - 4 - 1 = -1 and so 4 - 1 + 0 = 3 for y.
        var train = Write("train.tsv", "user\titem\trating", "a\tx\t5", "a\ty\t4", "a\tz\t3", "b\tx\t4");
        var test = Write("test.tsv", "user\titem\trating", "b\ty\t4", "c\tnew\t3");
        var run = await Run(
            "evaluate", "--model", "bias", "--train", train, "--test", test, "--metrics", "mae",
            "--set", "user-regularization=0", "--set", "item-regularization=0", "--set", "epochs=500", "--json");
        Assert.Equal(0, run.Code);
        using var json = JsonDocument.Parse(run.Output);
        Assert.Equal("""{"users":3,"items":4,"train":4,"validation":1,"test":2}""", json.RootElement.GetProperty("data").GetRawText());

        // Least squares: b is 1 below a, so y is 3 for b, off by 1; c and new are unknown and get mu = 4, off by 1.
        Assert.Equal(1, json.RootElement.GetProperty("metrics").GetProperty("mae").GetDouble(), 1e-4);
        Assert.Contains("1 test ratings are of users without a training rating", run.Error);
        Assert.Contains("1 test ratings are of items without a training rating", run.Error);
    }

    [Fact]
    public async Task Feedback_OfTheFileOrDeclared_DecidesWhatIsLearnedAndMeasured()
    {
        var lines = Enumerable.Range(0, 300)
            .Select(i => $"u{i % 20},i{(i / 20) + (i % 3)},{(i % 7 < 3 ? 1 : 5)}")
            .Prepend("user,item,rating");
        var path = Path.Combine(folder, "dislikes.csv");
        await File.WriteAllLinesAsync(path, lines);
        string[] command = ["evaluate", "--model", "ease", "--data", path, "--split", "random:0.8"];
        var stars = await Run([.. command, "--json"]);
        Assert.Contains("ratings that are 4 or more (--positive-from)", stars.Error);
        Assert.Contains("(stars 1..5, positive from 4)", (await Run(command)).Output);
        var all = await Run([.. command, "--positive-from", "all", "--json"]);
        Assert.DoesNotContain("learns from", all.Error);
        Assert.NotEqual(Metrics(stars.Output), Metrics(all.Output));

        var run = await Run([.. command, "--feedback", "counts", "--metrics", "rmse"]);
        Assert.Equal(1, run.Code);
        command[2] = "bias";
        run = await Run([.. command, "--columns", "user=user,item=item,rating=-", "--metrics", "rmse"]);
        Assert.Contains("The data have no ratings but likes or counts, so 'rmse' cannot be measured.", run.Error);

        static string Metrics(string output)
        {
            using var json = JsonDocument.Parse(output);
            return json.RootElement.GetProperty("metrics").GetRawText();
        }
    }

    [Fact]
    public async Task MinRating_TrainAndTestFiles_KeepTheSameRows()
    {
        // Positives: x has two users, y one, z none. For c, who has x, y is next: a hit. w is positive in the test only.
        var train = Write("train.csv", "user,item,rating", "a,z,1", "a,x,5", "b,x,4", "b,y,4", "c,z,2", "c,x,4");
        var test = Write("test.csv", "user,item,rating", "c,y,5", "a,w,5", "b,z,1");
        var run = await Run(
            "evaluate", "--model", "popularity", "--train", train, "--test", test,
            "--min-rating", "4", "--metrics", "recall@1", "--json");
        Assert.Equal(0, run.Code);
        using var json = JsonDocument.Parse(run.Output);
        Assert.Equal("""{"users":3,"items":3,"train":4,"validation":1,"test":2}""", json.RootElement.GetProperty("data").GetRawText());
        Assert.Equal(0.5, json.RootElement.GetProperty("metrics").GetProperty("recall@1").GetDouble());
        Assert.Contains("1 users were left out of ranking metrics", run.Error);
    }

    [Fact]
    public async Task Validation_File_ChoosesTheEpochAndCountsAsTraining()
    {
        var lines = File.ReadAllLines(Ratings());
        var train = Write("train.csv", lines[..300]);
        var validation = Write("validation.csv", [lines[0], .. lines[300..350]]);
        var test = Write("test.csv", [lines[0], .. lines[350..]]);
        string[] args =
        [
            "evaluate", "--model", "autorec-user", "--train", train, "--test", test,
            "--set", "hidden-units=8", "--set", "epochs=60", "--set", "regularization=0.1", "--set", "learning-rate=0.003",
            "--metrics", "rmse", "--json",
        ];
        var with = await Run([.. args, "--validation", validation]);
        var without = await Run(args);
        Assert.Contains("\"train\":349,\"validation\":50,\"test\":51", with.Output);
        Assert.Contains("\"train\":299,\"validation\":30,\"test\":51", without.Output);
        Assert.NotEqual(Metrics(with.Output), Metrics(without.Output));
    }

    [Fact]
    public async Task Table_ResultsOnStdout_NotesOnStderrWithoutControlCodes()
    {
        var run = await Run(
            "evaluate", "--model", "popularity", "--data", Ratings(), "--split", "random:0.9", "--metrics", "ndcg@10", "--threads", "1");
        Assert.Equal(0, run.Code);
        Assert.Contains("popularity: 360 training and 40 test interactions of 30 users and 20 items", run.Output);
        Assert.Contains("ndcg@10", run.Output);
        Assert.Contains("note: the whole catalogue was ranked", run.Error);
        Assert.DoesNotContain('\u001b', run.Output + run.Error);
    }

    public static TheoryData<string, string> Mistakes() => new()
    {
        { "--model svd --data R --split random:0.9", "There is no model 'svd'. Models: random, popularity, " },
        {
            "--model bias --data R --split random:0.9 --set epoch=3",
            "has no option 'epoch'. Options: user-regularization, item-regularization, epochs, half-life."
        },
        { "--model bias --data R --split random:0.9 --set epochs=0", "Option 'epochs' must be between 1 and 10000; got 0." },
        { "--model bias --data R --split random:0.9 --set epochs", "'--set epochs' is incomplete. Use --set option=value." },
        { "--model bias --data R --split random:0.9 --metrics rsme", "'rsme' is not a metric. Metrics: rmse, mae, precision@K" },
        {
            "--model popularity --data MISSING --split random:0.9 --metrics rmse",
            "ranks items and does not predict ratings, so it has no 'rmse'. Models that predict ratings: bias, "
        },
        { "--model bias --data MISSING --split random:0.9 --metrics rmse --min-rating 4", "'rmse' cannot be measured" },
        { "--model popularity --data R --split random:0.9 --min-rating 6", "no rating is 6 or more (--min-rating)." },
        { "--model bias --data MISSING --split random:0.9", "MISSING" },
        { "--model bias --data R --split random:1.5", "The split 'random:1.5' is unknown." },
        { "--model bias --data R --split strong:30", "30 users cannot be held out" },
        { "--model bias --data R", "--data needs --split" },
        { "--model popularity --data R --split random:0.9 --rules MISSING", "MISSING: There is no such file (--rules)." },
        {
            "--model popularity --data R --split random:0.9 --rules RULES",
            "only their ids are known. Give a table of items (--item-file FILE)."
        },
        { "--model bias --split random:0.9", "No data are named" },
        { "--model bias --train R", "--train and --test go together." },
        { "--model bias --data R --split random:0.9 --test R", "not both" },
        { "--model bias", "No data are named" },
        { "--data R --split random:0.9", "--model" },
        { "--model bias --data R --split random:0.9 --thread 2", "--thread" },
        { "--model bias --data R --split random:0.9 --threads 0", "0" },
        { "--model autorec-item --data R --split strong:5 --set epochs=1 --set hidden-units=4", "'autorec-user'" },
    };

    [Fact]
    public async Task Rules_File_IsSaidAndMeasured()
    {
        string[] args =
        [
            "evaluate", "--model", "popularity", "--data", "sample", "--split", "random:0.9", "--metrics", "ndcg@10", "--json"
        ];
        var (without, with) = (await Run(args), await Run([.. args, "--rules", Rules()]));
        Assert.Contains("note: lists are made by rules: category=Home, at least 3 users; ", with.Error);
        Assert.True(Ndcg(with.Output) < Ndcg(without.Output));

        static double Ndcg(string json) => JsonDocument.Parse(json).RootElement.GetProperty("metrics").GetProperty("ndcg@10").GetDouble();
    }

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task Mistake_Any_ExitCodeOneErrorOnStderrNothingOnStdout(string args, string expected)
    {
        var run = await Run(
            ["evaluate", .. args.Split(' ').Select(word => word == "R" ? Ratings() : word == "RULES" ? Rules() : word), "--json"]);
        Assert.Equal(1, run.Code);
        Assert.Equal("", run.Output);
        Assert.Contains(
            run.Error.Split('\n'),
            line => line.StartsWith("error: ", StringComparison.Ordinal) && line.Contains(expected, StringComparison.Ordinal));
        Assert.DoesNotContain("Parameter '", run.Error);
    }

    [Fact]
    public async Task BadLine_Fails_UnlessSkippedAndThenIsCounted()
    {
        var path = Write("bad.csv", [.. File.ReadAllLines(Ratings()), "u1,i1,many,1"]);
        string[] args = ["evaluate", "--model", "bias", "--data", path, "--split", "random:0.9", "--metrics", "rmse", "--json"];
        var failed = await Run(args);
        Assert.Equal(1, failed.Code);
        Assert.Contains("line 402", failed.Error);
        var skipped = await Run([.. args, "--on-bad-line", "skip"]);
        Assert.Equal(0, skipped.Code);
        Assert.Contains("1 of 401 lines were bad and were skipped", skipped.Error);
    }

    private string Rules()
    {
        var path = Path.Combine(folder, "rules.json");
        File.WriteAllText(path, """{"where":["category=Home"],"min_users":3}""");
        return path;
    }

    // 400 ratings of 30 users and 20 items, with times.
    private string Ratings()
    {
        var path = Path.Combine(folder, "ratings.csv");
        if (!File.Exists(path))
        {
            var random = new Random(11);
            var pairs = Enumerable.Range(0, 600).ToArray();
            random.Shuffle(pairs);
            var text = new StringBuilder("user,item,rating,timestamp\n");
            foreach (var pair in pairs.Take(400))
            {
                text.Append(CultureInfo.InvariantCulture, $"u{pair / 20},i{pair % 20},{random.Next(1, 6)},{random.Next(1_000_000)}\n");
            }

            File.WriteAllText(path, text.ToString());
        }

        return path;
    }

    private string Write(string name, params string[] lines)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllLines(path, lines);
        return path;
    }

    private static async Task<(int Code, string Output, string Error)> Run(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await CommandLine.RunAsync(args, output, error);
        return (code, output.ToString(), error.ToString());
    }

    private static string[] Names(JsonElement element) => [.. element.EnumerateObject().Select(property => property.Name)];

    private static string Metrics(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.GetProperty("metrics").GetRawText();
    }
}
