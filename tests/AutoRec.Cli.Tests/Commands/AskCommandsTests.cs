using System.Text.Json;
using DuckDB.NET.Data;

namespace AutoRec.Cli.Tests;

/// <summary>One model for all: a has w and x, b has x and y, c has z, and all of it is positive.</summary>
public sealed class KeptModel : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public KeptModel()
    {
        Write("ratings.csv", "user,item,rating", "a,w,5", "a,x,3", "b,x,4", "b,y,1", "c,z,2");
        Write("items.csv", "id,title,category,price", "w,The W,Books,5", "x,Ex,Games,10", "y,Why,Books|Games,20", "z,Zed,,");
        string[] args =
        [
            "train", "--data", File("ratings.csv"), "--item-file", File("items.csv"),
            "--model", "ease", "--set", "regularization=1", "--positive-from", "all", "--output", Path,
        ];
        var run = CliRun.OfAsync(args).GetAwaiter().GetResult();
        Assert.Equal(0, run.ExitCode);
    }

    public string Path => folder.File("model");

    public string File(string name) => folder.File(name);

    public string Write(string name, params string[] lines)
    {
        System.IO.File.WriteAllLines(File(name), lines);
        return File(name);
    }

    public void Dispose() => folder.Dispose();
}

public sealed class AskCommandsTests(KeptModel model) : IClassFixture<KeptModel>
{
    [Fact]
    public async Task Recommend_KnownUser_TableWithNames()
    {
        var run = await CliRun.OfAsync("recommend", "--model", model.Path, "--user", "a", "--k", "2", "--reasons", "1");
        Assert.Equal("", run.Error);
        Assert.Contains("by the model ease", run.Output);
        Assert.Matches("y +│ Why +│ Ex ", run.Output);
    }

    [Fact]
    public async Task Recommend_Json_OneObjectThatSaysWhatWasUsed()
    {
        var run = await CliRun.OfAsync("recommend", "--model", model.Path, "--json", "--k", "1");
        using var json = JsonDocument.Parse(run.Output);
        Assert.Equal("popularity", json.RootElement.GetProperty("basis").GetString());
        var item = json.RootElement.GetProperty("items")[0];
        Assert.Equal("x", item.GetProperty("item").GetString());
        Assert.Equal("Ex", item.GetProperty("title").GetString());
        Assert.False(item.TryGetProperty("rating", out _));
    }

    [Fact]
    public async Task Recommend_History_UnknownItemIsNoted()
    {
        var history = model.Write("history.csv", "item,rating", "y,4", "q,", "\"z\"");
        var run = await CliRun.OfAsync("recommend", "--model", model.Path, "--history", history, "--json");
        Assert.Contains("note: the model does not know the item 'q'", run.Error);
        using var json = JsonDocument.Parse(run.Output);
        var items = json.RootElement.GetProperty("items").EnumerateArray();
        Assert.Equal(["x", "w"], items.Select(item => item.GetProperty("item").GetString()));
    }

    [Theory]
    [InlineData("--positive-from 4")]
    [InlineData("--min-rating 4")]
    public async Task Recommend_HistoryWithRatings_IsReadByTheThresholdOfTheModel(string option)
    {
        var path = model.File($"model {option}");
        string[] train = ["train", "--data", model.File("ratings.csv"), "--model", "ease", "--output", path, .. option.Split(' ')];
        var trained = await CliRun.OfAsync(train);
        Assert.Equal(0, trained.ExitCode);
        Assert.Equal(option == "--positive-from 4", trained.Error.Contains("ease learns from the 2 of 5 ratings that are 4 or more"));
        Assert.Equal("model", await BasisAsync("w,5"));
        Assert.Equal("popularity", await BasisAsync("w,3"));
        var run = await CliRun.OfAsync("recommend", "--model", path, "--history", model.Write("six.csv", "w,6"));
        Assert.Contains("outside the scale 1..5", run.Error);

        async Task<string?> BasisAsync(string line)
        {
            var run = await CliRun.OfAsync("recommend", "--model", path, "--history", model.Write("one.csv", line), "--json");
            Assert.Equal((0, ""), (run.ExitCode, run.Error));
            using var json = JsonDocument.Parse(run.Output);
            Assert.DoesNotContain(
                "w", json.RootElement.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("item").GetString()));
            return json.RootElement.GetProperty("basis").GetString();
        }
    }

    [Fact]
    public async Task Recommend_ManyUsers_CsvInTheirOrder()
    {
        var users = model.Write("users.csv", "user", "c", "a");
        var output = model.File("out.csv");
        var run = await CliRun.OfAsync("recommend", "--model", model.Path, "--users", users, "--output", output, "--k", "1");
        Assert.Equal("", run.Error);
        var lines = File.ReadAllLines(output);
        Assert.Equal("user,rank,item,title,score,rating,probability,basis", lines[0]);
        Assert.Equal("c,1,y,Why,0,,,model", lines[1]); // w, x and y have the same score; the seed's order puts y first
        Assert.StartsWith("a,1,y,Why,0.", lines[2]);
        Assert.Equal(3, lines.Length);
    }

    [Fact]
    public async Task Recommend_ManyUsersToParquet_TheSameRows()
    {
        var output = model.File("out.parquet");
        var users = model.Write("p.csv", "c", "a");
        var run = await CliRun.OfAsync("recommend", "--model", model.Path, "--users", users, "--output", output, "--k", "2");
        Assert.Equal("", run.Error);
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT string_agg(\"user\" || rank || item || title || basis || coalesce(rating, -1), ' ') FROM '{output}'";
        Assert.Equal("c1yWhymodel-1.0 c2xExmodel-1.0 a1yWhymodel-1.0 a2zZedmodel-1.0", command.ExecuteScalar());
    }

    [Theory]
    [InlineData("", "yz")] // b's items, then what nobody shares with a
    [InlineData("--exclude y", "z")]
    [InlineData("--exclude z,w --exclude x", "y")]
    [InlineData("--only ONLY", "z")]
    [InlineData("--where category=books --where price>=20", "y")]
    [InlineData("--where category!=Games", "z")]
    [InlineData("--include-seen --where price<=10", "wx")]
    [InlineData("--include-seen --min-users 2", "x")]
    [InlineData("--include-seen --max-users 1 --exclude y", "wz")]
    [InlineData("--include-seen --at-most category=1 --exclude y", "wxz")]
    [InlineData("--diversity 0.5", "yz")]
    [InlineData("--rules RULES", "wx")]
    [InlineData("--item-file TABLE --where category=Books", "z")]
    public async Task Recommend_Rules_OneUserAndMany(string options, string expected)
    {
        var files = new Dictionary<string, string>
        {
            ["ONLY"] = model.Write("only.csv", "item", "z", "w"),
            ["RULES"] = model.Write("rules.json", "{\"include_seen\":true,\"where\":[\"price<=10\"]}"),
            ["TABLE"] = model.Write("other.csv", "id,category", "y,Toys", "z,Books", "new,Books"),
        };
        string[] words = [.. options.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => files.GetValueOrDefault(word, word))];
        var one = await CliRun.OfAsync(["recommend", "--model", model.Path, "--user", "a", "--json", .. words]);
        Assert.Equal("", one.Error);
        using var json = JsonDocument.Parse(one.Output);
        var items = json.RootElement.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("item").GetString()).ToArray();
        Assert.Equal(
            expected,
            string.Concat(
                options.Contains("seen", StringComparison.Ordinal) || options.Contains("RULES", StringComparison.Ordinal)
                    ? items.Order()
                    : items));
        var output = model.File("rules.csv");
        var many = await CliRun.OfAsync(
            ["recommend", "--model", model.Path, "--users", model.Write("a.csv", "b", "a"), "--output", output, .. words]);
        Assert.Equal(0, many.ExitCode);
        Assert.Equal(
            items,
            File.ReadLines(output).Where(line => line.StartsWith("a,", StringComparison.Ordinal)).Select(line => line.Split(',')[2]));
    }

    [Fact]
    public async Task Recommend_NothingLeft_SentenceInsteadOfATable()
    {
        var run = await CliRun.OfAsync("recommend", "--model", model.Path, "--user", "a", "--where", "category=Books", "--exclude", "y");
        Assert.Equal(
            "The list is empty: of 4 items, 'exclude (1 item)' leaves 3, 'category=Books' leaves 1, and the user has all of these.",
            run.Output.Trim());
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public async Task Recommend_ManyUsersSomeUnknown_OthersAreAnswered()
    {
        var (some, none) = (model.File("some.csv"), model.File("none.csv"));
        var run = await CliRun.OfAsync(
            "recommend", "--model", model.Path, "--users", model.Write("u.csv", "nobody", "a", "who"), "--output", some, "--k", "1");
        Assert.Equal((0, "note: the model does not know 2 of 3 users: 'nobody', 'who'"), (run.ExitCode, run.Error.Trim()));
        Assert.Contains("recommendations for 1 users", run.Output);
        Assert.Equal(["a"], File.ReadLines(some).Skip(1).Select(line => line.Split(',')[0]));
        var unknown = await CliRun.OfAsync("recommend", "--model", model.Path, "--users", model.Write("n.csv", "nobody"), "--output", none);
        Assert.Equal(1, unknown.ExitCode);
        Assert.Contains("n.csv: The model knows none of these users.", unknown.Error);
        Assert.False(File.Exists(none));
    }

    [Fact]
    public async Task Recommend_AllUsers_InOrderAndThoseWithoutAListAreNamed()
    {
        var output = model.File("all.csv");
        var run = await CliRun.OfAsync(
            "recommend", "--model", model.Path, "--users", "all", "--output", output, "--only", model.Write("wx.csv", "w", "x"));
        Assert.Equal(
            "note: 1 of 3 users get no item: a (The list is empty: of 4 items, 'only (2 items)' leaves 2, and the user has all of these)",
            run.Error.Trim());
        Assert.Equal(["b", "c", "c"], File.ReadLines(output).Skip(1).Select(line => line.Split(',')[0]));
    }

    [Theory]
    [InlineData("recommend --user ANNA --k 1", "note: ANNA is the user a", 0)]
    [InlineData("explain --user Anna --item y", "note: Anna is the user a", 0)]
    [InlineData("similar --user Anna", "note: Anna is the user a", 0)]
    [InlineData("recommend --user a --k 1", "", 0)]
    [InlineData("recommend --user Bob", "error: 2 users are called 'Bob'. Give the id of one of them: b, c.", 1)]
    [InlineData("recommend --user Ana", "error: The model does not know the user 'Ana'. Did you mean 'Anna'?", 1)]
    public async Task User_Name_IsFoundUnlessSeveralHaveIt(string args, string error, int code)
    {
        var named = model.File("named");
        string[] train =
        [
            "train", "--data", model.File("ratings.csv"), "--model", "ease", "--positive-from", "all", "--output", named,
            "--user-file", model.Write("people.csv", "id,name", "a,Anna", "b,Bob", "c,Bob"),
        ];
        Assert.Equal(0, (await CliRun.OfAsync(train)).ExitCode);
        var run = await CliRun.OfAsync([.. args.Split(' '), "--model", named]);
        Assert.Equal((code, error), (run.ExitCode, run.Error.Trim()));
        Assert.Equal(code == 0, run.Output.Length > 0);
    }

    [Theory]
    [InlineData("ease", "ease gives scores, not probabilities")]
    [InlineData("mult-vae", "probability: that the user's next item is this one")]
    [InlineData("deep-ae-sigmoid", "probability: the network's sigmoid")]
    public async Task Recommend_Table_SaysWhatAProbabilityIs(string name, string expected)
    {
        var path = model.File(name);
        string[] set = name == "ease" ? [] : ["--set", "epochs=1"];
        Assert.Equal(
            0,
            (await CliRun.OfAsync(
                ["train", "--data", model.File("ratings.csv"), "--model", name, "--output", path, "--holdout", "0", .. set])).ExitCode);
        var run = await CliRun.OfAsync("recommend", "--model", path, "--user", "a");
        Assert.Contains(expected, run.Output);
        Assert.Equal(name != "ease", run.Output.Contains("│ probability │", StringComparison.Ordinal));
        var ofNobody = await CliRun.OfAsync("recommend", "--model", path);
        Assert.Contains(name == "ease" ? expected : "scores, not probabilities: the list was not made by the model alone", ofNobody.Output);
    }

    [Fact]
    public async Task Similar_Item_CosineOfRatings()
    {
        var run = await CliRun.OfAsync("similar", "--model", model.Path, "--item", "x", "--json");
        using var json = JsonDocument.Parse(run.Output);
        Assert.Equal(["y", "w"], json.RootElement.EnumerateArray().Select(item => item.GetProperty("id").GetString()));
        Assert.Equal(0.8, json.RootElement[0].GetProperty("similarity").GetDouble(), 1e-6);
    }

    [Fact]
    public async Task Explain_Item_WhatSpeaksForIt()
    {
        var run = await CliRun.OfAsync("explain", "--model", model.Path, "--user", "a", "--item", "y");
        Assert.Contains("what speaks for Why", run.Output);
        Assert.Matches("(?s)x +│ Ex +│ +0\\.[1-9].*w +│ The W", run.Output);
    }

    [Theory]
    [InlineData("recommend --model M --user nobody", "does not know the user 'nobody'")]
    [InlineData("recommend --model NONE --user a", "This is not a model folder")]
    [InlineData("recommend --model M --user a --history NONE", "There is no such file")]
    [InlineData("recommend --model M --profile age", "is not an attribute. Use NAME=VALUE")]
    [InlineData("recommend --model M --k 0", "K")]
    [InlineData("recommend --model M --where categories=Bocks", "Did you mean 'Books'?")]
    [InlineData("recommend --model M --at-most category", "'category' is not a limit. Use COLUMN=N")]
    [InlineData("recommend --model M --diversity 2", "Diversity must be between 0 and 1; got 2.")]
    [InlineData("recommend --model M --rules NONE", "NONE: There is no such file (--rules).")]
    [InlineData("recommend --model M --rules NONE --min-users 2", "either in a file (--rules) or as options")]
    [InlineData("recommend --model M --item-file NONE", "There is no such file")]
    [InlineData("recommend --model M --users NONE", "--users needs --output")]
    [InlineData("recommend --model M --users all --output x.csv --reasons 1", "--reasons is for one user")]
    [InlineData("recommend --model M --output x.csv", "--output goes with --users")]
    [InlineData("similar --model M", "either --item or --user")]
    [InlineData("similar --model M --item q", "does not know the item 'q'")]
    [InlineData("explain --model M --user a --item w", "has the item 'w' already")]
    public async Task Mistake_Any_ErrorOnStderrNothingOnStdout(string args, string expected)
    {
        var run = await CliRun.OfAsync([.. args.Split(' ').Select(word => word == "M" ? model.Path : word)]);
        Assert.Equal(1, run.ExitCode);
        Assert.Equal("", run.Output);
        Assert.StartsWith("error: ", run.Error);
        Assert.Contains(expected, run.Error);
    }
}
