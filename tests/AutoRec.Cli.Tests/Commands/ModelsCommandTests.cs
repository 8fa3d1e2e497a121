using System.Text.Json.Nodes;
using AutoRec.Catalog;

namespace AutoRec.Cli.Tests.Commands;

public sealed class ModelsCommandTests
{
    [Fact]
    public async Task Models_NoName_ListsAllWithKindAndDefaults()
    {
        var run = await CliRun.OfAsync("models");
        Assert.Equal(0, run.ExitCode);
        Assert.All(ModelCatalog.All, model => Assert.Contains($"│ {model.Name} ", run.Output));
        Assert.Contains("regularization=500", run.Output);
    }

    [Fact]
    public async Task Models_Name_SaysWhatIsAllowedAndWhatItMeans()
    {
        var run = await CliRun.OfAsync("models", "ials");
        Assert.Equal(0, run.ExitCode);
        Assert.StartsWith("ials (ranking): Matrix factorisation of implicit feedback", run.Output);
        Assert.Contains("latent-factors", run.Output);
        var words = string.Join(' ', run.Output.Split([' ', '\n', '│'], StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("10000", words);
        Assert.Contains("Weight alpha_0", words); // From the documentation file that lies beside the library.
    }

    [Fact]
    public async Task Models_Json_HasTypedDefaultsRangesAndDescriptions()
    {
        var run = await CliRun.OfAsync("models", "--json");
        var models = JsonNode.Parse(run.Output)!.AsArray();
        Assert.Equal(ModelCatalog.All.Select(model => model.Name), models.Select(model => (string)model!["name"]!));
        var ease = models.Single(model => (string)model!["name"]! == "ease")!;
        Assert.Equal("ranking", (string)ease["kind"]!);
        var option = ease["options"]!.AsArray().Single(option => (string)option!["name"]! == "regularization")!;
        Assert.Equal(
            """{"name":"regularization","default":500,"expected":"a number","minimum":0.001,"maximum":1000000000,"""
                + "\"description\":\"Weight lambda of the L2 penalty lambda |B|^2 against the sum of squared errors |X - X B|^2 "
                + "over all users and items, in users: several hundred for catalogues of some thousand items, "
                + "500 in the paper for MovieLens 20M.\"}",
            option.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
    }

    // Whoever adds an option says what it does and which numbers make sense.
    [Fact]
    public void Options_OfEveryModel_AreDescribedAndNumbersHaveARange() =>
        Assert.All(ModelCatalog.All.SelectMany(model => model.Options.Select(option => (model.Name, option))), pair =>
        {
            Assert.False(string.IsNullOrWhiteSpace(pair.option.Description), $"{pair.Name}: {pair.option.Name} has no description");
            var hasRange = pair.option.Default is not (int or double) || pair.option.Minimum is not null;
            Assert.True(hasRange, $"{pair.Name}: {pair.option.Name} has no range");
        });

    [Fact]
    public async Task Models_UnknownName_NamesThoseThereAre()
    {
        var run = await CliRun.OfAsync("models", "svd");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("There is no model 'svd'. Models: random", run.Error);
    }
}
