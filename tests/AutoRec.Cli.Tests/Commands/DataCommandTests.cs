namespace AutoRec.Cli.Tests;

public sealed class DataCommandTests : IDisposable
{
    private const string Text = "user,item,rating,timestamp\nu1,i1,5,0\nu1,i2,3.5,60\nu2,i1,x,60\nu2,i1,1,86400\nu2,i1,2,86401\n";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task DescribeJson_SmallFile_ExactlyThisObject()
    {
        var run = await CliRun.OfAsync("data", "describe", File(Text), "--on-bad-line", "skip", "--json");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(
            """
            {"path":"PATH","format":"delimited",
            "mapping":{"user":"user","item":"item","rating":"rating","timestamp":"timestamp"},
            "columns":"user=user,item=item,rating=rating,timestamp=timestamp",
            "example":"line 2: user=u1, item=i1, rating=5, time=1970-01-01","unread":[],"separator":",","encoding":"utf-8",
            "feedback":"stars","positive_from":5,"lines":5,"bad_lines":1,"duplicates":1,"duplicates_by_value":0,
            "users":2,"items":2,"interactions":3,"density":0.75,
            "scale":{"min":2,"max":5},"mean":3.5,"standard_deviation":1.224744871391589,
            "histogram":[{"value":2,"count":1},{"value":3.5,"count":1},{"value":5,"count":1}],
            "per_user":{"min":1,"median":1.5,"mean":1.5,"p90":1.9,"max":2},"per_item":{"min":1,"median":1.5,"mean":1.5,"p90":1.9,"max":2},
            "users_below_5":2,"items_below_5":2,
            "top_items_share":{"1%":0.6666666666666666,"10%":0.6666666666666666,"20%":0.6666666666666666},
            "item_gini":0.16666666666666666,"first":"1970-01-01 00:00:00Z","last":"1970-01-02 00:00:01Z","dropped":[],
            "quality":{"cold_users":2,"cold_items":2,"near_constant_users":0,"long_tail_items_share":0,
            "drift":[{"from":"1970-01-01 00:00:00Z","count":1,"mean":5},{"from":"1970-01-01 00:01:00Z","count":1,"mean":3.5},
            {"from":"1970-01-02 00:00:01Z","count":1,"mean":2}]},"leakage":null,
            "notes":["PATH: 1 of 5 lines were bad and were skipped; the first: PATH, line 4: The rating 'x' is not a finite number. The line reads: u2,i1,x,60",
            "PATH: 1 interactions repeat the user and item of another; the latest of them counts",
            "PATH: times before 1990 or after next year: 3, for example 1970-01-01 (user u1); check the unit, or use --time-format"]}
            """.ReplaceLineEndings(""),
            run.Output.Replace(folder.File("ratings.csv"), "PATH", StringComparison.Ordinal).Trim());
    }

    [Fact]
    public async Task Describe_SmallFile_TablesWithEveryFact()
    {
        var run = await CliRun.OfAsync("data", "describe", File(Text), "--on-bad-line", "skip");

        Assert.Equal(0, run.ExitCode);
        foreach (var (label, value) in new[]
        {
            ("lines of data", "5"), ("bad lines left out", "1"), ("duplicates merged", "1"),
            ("interactions", "3"), ("users", "2"), ("items", "2"),
            ("density", "75.000 %"), ("scale", "2..5"), ("mean", "3.5000"), ("standard deviation", "1.2247"),
            ("first", "1970-01-01 00:00:00Z"), ("last", "1970-01-02 00:00:01Z"),
            ("most popular 20 % of items", "66.7 %"), ("Gini coefficient of items", "0.167"),
        })
        {
            Assert.Matches($@"(?m)^\W+{label}\W+{value}\W*$", run.Output);
        }

        Assert.Matches(@"(?m)^\W+3\.5\W+1\W+33\.3 %\W*$", run.Output);
        Assert.Matches(@"(?m)^\W+per user\W+1\W+1\.5\W+1\.5\W+1\.9\W+2\W+2\W*$", run.Output);
        Assert.Contains("line 4: The rating 'x' is not a finite number.", run.Output, StringComparison.Ordinal);
        var lines = run.Output.Split('\n').Where(line => !line.Contains(folder.Path, StringComparison.Ordinal));
        Assert.All(lines, line => Assert.True(line.Length <= 80, line));
    }

    [Fact]
    public async Task Describe_TestPart_LeaksAreCounted()
    {
        var train = File("user,item,rating,timestamp\nu1,i1,5,100\nu2,i1,5,300\n");
        var test = folder.File("test.csv");
        System.IO.File.WriteAllText(test, "user,item,rating,timestamp\nu1,i1,4,400\nu1,i2,4,200\nu3,i1,4,500\n");
        var run = await CliRun.OfAsync("data", "describe", train, "--test", test);

        Assert.Matches(@"(?m)^\W+same pair in the training part\W+1\W*$", run.Output);
        Assert.Matches(@"(?m)^\W+older than the newest training one\W+1\W*$", run.Output);
        Assert.Matches(@"(?m)^\W+users without training\W+1\W*$", run.Output);
        Assert.Contains(
            "\"same_pairs\":1,\"test_before_train\":1,\"test_before_own_train\":0",
            (await CliRun.OfAsync("data", "describe", train, "--test", test, "--json")).Output,
            StringComparison.Ordinal);
        Assert.Equal(1, (await CliRun.OfAsync("data", "describe", train, "--test", test, "--core", "2")).ExitCode);
    }

    [Fact]
    public async Task Describe_Filters_AreHeededAndCounted()
    {
        var path = File(
            "user,item,rating,timestamp\nu1,i1,5,86400\nu1,i2,5,86400\nu2,i1,5,86400\nu2,i2,5,86400\nu3,i2,1,86400\nu3,i1,1,90000000\nu4,i1,5,0\n");
        var run = await CliRun.OfAsync("data", "describe", path, "--from", "1970-01-02", "--before", "1972-01-01", "--core", "2,2");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Matches(@"(?m)^\W+left out: outside the time window\W+2\W*$", run.Output);
        Assert.Matches(@"(?m)^\W+left out: not in the 2-core\W+1\W*$", run.Output);
        var kept = await CliRun.OfAsync("data", "describe", path, "--keep-rating", "5");
        Assert.Matches(@"(?m)^\W+left out: value below 5\W+2\W*$", kept.Output);
        Assert.Equal(1, (await CliRun.OfAsync("data", "describe", path, "--from", "yesterday")).ExitCode);
        Assert.Equal(1, (await CliRun.OfAsync("data", "describe", path, "--core", "many")).ExitCode);
    }

    [Fact]
    public async Task Get_WithoutConsent_ShowsTheTermsAndFetchesNothing()
    {
        var run = await CliRun.OfAsync("data", "get", "ml-100k", "--data-dir", folder.File("data"));

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("do not pass the data on", run.Output, StringComparison.Ordinal);
        Assert.Contains("--accept-license", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.File("data")));
    }

    [Fact]
    public async Task Get_FromFolder_IsTakenOver()
    {
        Directory.CreateDirectory(folder.File("mine/ml-100k"));
        System.IO.File.WriteAllText(folder.File("mine/ml-100k/u.data"), "1\t1\t5\t0\n");
        var run = await CliRun.OfAsync(
            "data", "get", "ml-100k", "--accept-license", "--from", folder.File("mine"), "--data-dir", folder.File("data"));

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("u.data", run.Output, StringComparison.Ordinal);
        Assert.True(System.IO.File.Exists(folder.File("data/ml-100k/u.data")));
        Assert.Contains("'netflix'", (await CliRun.OfAsync("data", "get", "netflix")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Describe_ManyValues_TheRestInOneLine()
    {
        var lines = string.Concat(Enumerable.Range(1, 30).Select(i => $"u{i},i1,{i}\n"));
        var run = await CliRun.OfAsync("data", "describe", File("user,item,rating\n" + lines));

        Assert.Matches(@"(?m)^\W+20\W+1\W+3\.3 %\W*$", run.Output);
        Assert.Matches(@"(?m)^\W+10 higher values\W+10\W+33\.3 %\W*$", run.Output);
    }

    [Fact]
    public async Task Describe_BadLine_ErrorOnStderrAndNothingOnStdout()
    {
        var run = await CliRun.OfAsync("data", "describe", File(Text));

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Equal(
            $"error: {folder.File("ratings.csv")}, line 4: The rating 'x' is not a finite number. "
                + "Correct it, or leave such lines out by --on-bad-line skip. The line reads: u2,i1,x,60",
            run.Error.Trim());
    }

    [Theory]
    [InlineData(
        "--format",
        "xml",
        "The format 'xml' is unknown. "
            + "Formats: auto, delimited, adjacency, netflix, json-lines, json.")]
    [InlineData("--scale", "5..1", "'5..1' is not a scale")]
    [InlineData("--scale", "1-5", "'1-5' is not a scale")]
    [InlineData("--columns", "user:who", "'user:who' does not name a column")]
    [InlineData("--columns", "who=user", "'who=user' does not name a column")]
    [InlineData("--on-bad-line", "ignore", "'ignore'")]
    public async Task Describe_WrongOption_ErrorSaysWhatIsExpected(string option, string value, string problem)
    {
        var run = await CliRun.OfAsync("data", "describe", File(Text), option, value);

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Contains(problem, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Describe_FormatColumnsScale_AreHeeded()
    {
        var path = File("who\twhat\thow much\n1\t2\t7\n");
        string[] args = ["data", "describe", path, "--columns", "user=who,item=what,rating=how much"];
        var run = await CliRun.OfAsync([.. args, "--format", "DELIMITED", "--separator", "tab", "--scale", "0..10", "--json"]);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("\"separator\":\"tab\"", run.Output, StringComparison.Ordinal);
        Assert.Contains("\"scale\":{\"min\":0,\"max\":10}", run.Output, StringComparison.Ordinal);
        Assert.Equal(1, (await CliRun.OfAsync([.. args, "--scale", "0..5"])).ExitCode);
    }

    [Fact]
    public async Task Sample_Folder_AllFilesAndTheSeedMatters()
    {
        var (first, again, other) = (folder.File("1"), folder.File("2"), folder.File("3"));
        Assert.Equal(0, (await CliRun.OfAsync("data", "sample", "--output", first)).ExitCode);
        Assert.Equal(0, (await CliRun.OfAsync("data", "sample", "--output", again, "--seed", "42")).ExitCode);
        Assert.Equal(0, (await CliRun.OfAsync("data", "sample", "--output", other, "--seed", "43")).ExitCode);

        foreach (var file in new[] { "ratings.csv", "users.csv", "products.csv", "orders.csv", "customers.csv" })
        {
            Assert.Equal(Read(first, file), Read(again, file));
        }

        Assert.NotEqual(Read(first, "ratings.csv"), Read(other, "ratings.csv"));

        static byte[] Read(string folder, string file) => System.IO.File.ReadAllBytes(Path.Combine(folder, file));
    }

    private string File(string text)
    {
        var path = folder.File("ratings.csv");
        System.IO.File.WriteAllText(path, text);
        return path;
    }
}
