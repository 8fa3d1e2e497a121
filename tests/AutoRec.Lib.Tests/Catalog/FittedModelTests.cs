using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AutoRec.Catalog;
using AutoRec.Data;
using AutoRec.Scoring;

namespace AutoRec.Tests.Catalog;

public sealed class FittedModelTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string Place => folder["model"];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Load_WhatWasSaved_AllOfIt()
    {
        var saved = FittedModels.Fit("ease", new ProfileWeights([1, 0.9, 0.5, 0.3, 0.2, 0.1, 0, 0]), null, ("regularization", "0.7"));
        saved.Save(Place);
        var loaded = FittedModel.Load(Place);
        Assert.Equal("ease", loaded.Entry.Name);
        Assert.Equal("0.7", loaded.Options["regularization"]);
        Assert.Equal(saved.Options, loaded.Options);
        Assert.Equal(saved.Metrics, loaded.Metrics);
        Assert.Equal(saved.ProfileWeights.ByGroup, loaded.ProfileWeights.ByGroup);
        Assert.Equal("0.1.0", loaded.LibraryVersion);
        Assert.Equal(saved.Data.ItemTitles, loaded.Data.ItemTitles);
        Assert.Equal(saved.Data.ItemCategories, loaded.Data.ItemCategories);
        Assert.Equal(saved.Data.ItemAttributes["price"], loaded.Data.ItemAttributes["price"]);
        Assert.Equal(saved.Data.UserNames, loaded.Data.UserNames);
        Assert.Equal(saved.Data.UserAttributes["age"], loaded.Data.UserAttributes["age"]);
        Assert.Equal(["a", "b", "c"], loaded.Data.Interactions.Users);
        Assert.Equal(["w", "x", "y", "z"], loaded.Data.Interactions.Items);
        Assert.Equal(RatingScale.OneToFive, loaded.Data.Interactions.Scale);
        Assert.Equal([5f, 3, 4, 1, 2], loaded.Interactions.Values());
        Assert.Equal(Scores(saved), Scores(loaded));
    }

    [Fact]
    public void Save_Twice_SameBytesAndNothingBeside()
    {
        var model = FittedModels.Fit("ease");
        model.Save(Place);
        var first = Files();
        model.Save(Place);
        Assert.Equal(first, Files());
        Assert.Equal(["model"], Directory.EnumerateFileSystemEntries(folder.Path).Select(Path.GetFileName));
        Assert.Equal(["interactions-.safetensors", "items-.json", "model.json", "users-.json", "weights-.safetensors"], first.Keys.Order().Select(WithoutChecksum));
    }

    [Fact]
    public void Save_FolderOfSomethingElse_ThrowsAndLeavesIt()
    {
        folder.Write("model/thesis.txt", "precious");
        Assert.Contains("Nothing was overwritten", Assert.Throws<DataFileException>(() => FittedModels.Fit("ease").Save(Place)).Message);
        Assert.Equal(["thesis.txt"], Directory.EnumerateFileSystemEntries(Place).Select(Path.GetFileName));
        Assert.Equal(["model"], Directory.EnumerateFileSystemEntries(folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void Load_AnyFileCutOffOrEditedAnywhere_NamesTheFile()
    {
        FittedModels.Fit("popularity").Save(Place);
        foreach (var (name, content) in Files())
        {
            for (var at = 0; at < content.Length; at += 7)
            {
                byte[] edited = [.. content];
                edited[at] ^= 4;
                foreach (var bytes in new[] { content[..at], edited })
                {
                    File.WriteAllBytes(Path.Combine(Place, name), bytes);
                    Assert.Contains(Place, Assert.ThrowsAny<IOException>(() => FittedModel.Load(Place)).Message);
                }
            }

            File.WriteAllBytes(Path.Combine(Place, name), content);
        }

        FittedModel.Load(Place);
    }

    [Theory]
    [InlineData("weights-*.safetensors")]
    [InlineData("users-*.json")]
    public void Load_FileMissing_NamesIt(string pattern)
    {
        FittedModels.Fit("popularity").Save(Place);
        var name = Path.GetFileName(Assert.Single(Directory.GetFiles(Place, pattern)));
        File.Delete(Path.Combine(Place, name));
        Assert.Contains($"{name}: This file of the model is missing.", Assert.Throws<DataFileException>(() => FittedModel.Load(Place)).Message);
    }

    [Fact]
    public void Load_NoFolder_SaysSo() => Assert.Contains("This is not a model folder", Assert.Throws<DataFileException>(() => FittedModel.Load(Place)).Message);

    [Fact]
    public void Load_NewerFormat_SaysWhichVersionIsNeeded()
    {
        FittedModels.Fit("popularity").Save(Place);
        var path = Path.Combine(Place, "model.json");
        var main = JsonNode.Parse(File.ReadAllText(path))!;
        main["format-version"] = 5;
        main["library-version"] = "9.9.9";
        File.WriteAllText(path, main.ToJsonString());
        var message = Assert.Throws<DataFileException>(() => FittedModel.Load(Place)).Message;
        Assert.Contains("written by version 9.9.9 in format 5", message);
        Assert.Contains("reads formats up to 4", message);
    }

    [Fact]
    public void Load_FormatWithoutProfileWeights_ProfilesDoNotCount()
    {
        FittedModels.Fit("popularity", new ProfileWeights([1, 1, 1, 1, 1, 1, 1, 1])).Save(Place);
        Rewrite(main =>
        {
            main["format-version"] = 1;
            main.Remove("profile-weights");
        });
        Assert.True(FittedModel.Load(Place).ProfileWeights.IsNone);
    }

    [Fact]
    public void Load_Feedback_IsThatOfTheData()
    {
        var data = FittedModels.Data(positiveFrom: 3);
        FittedModels.Fit("popularity", data).Save(Place);
        Assert.Equal(data.Interactions.Feedback, FittedModel.Load(Place).Interactions.Feedback);
        FittedModels.Fit("popularity", data.ToPositives(4)).Save(Place);
        Assert.Equal("likes", FittedModel.Load(Place).Interactions.Feedback.ToString());
        Assert.Equal("stars 1..5, positive from 4", FittedModel.Load(Place).Interactions.Feedback.Original!.ToString());
    }

    [Fact]
    public void Load_FormatWithoutFeedback_EveryInteractionIsPositiveAsItWas()
    {
        FittedModels.Fit("popularity").Save(Place);
        Rewrite(main =>
        {
            main["format-version"] = 2;
            var data = main["data"]!.AsObject();
            data["scale"] = data["feedback"]!["scale"]!.DeepClone();
            data.Remove("feedback");
        });
        Assert.Equal("stars 1..5, positive from 1", FittedModel.Load(Place).Interactions.Feedback.ToString());
    }

    [Fact]
    public void Load_WrongProfileWeights_NamesTheFile()
    {
        FittedModels.Fit("popularity").Save(Place);
        Rewrite(main => main["profile-weights"]!["3-5"] = 1.5);
        var message = Assert.Throws<DataFileException>(() => FittedModel.Load(Place)).Message;
        Assert.Contains("model.json", message);
        Assert.Contains("between 0 and 1", message);
    }

    [Fact]
    public void Load_FileEditedWithinTheChecksumOfModelJson_Throws()
    {
        FittedModels.Fit("popularity").Save(Place);
        var path = Path.Combine(Place, "model.json");
        File.WriteAllText(path, File.ReadAllText(path).Replace("\"seed\": 42", "\"seed\": 43", StringComparison.Ordinal));
        Assert.Contains("its checksum differs", Assert.Throws<DataFileException>(() => FittedModel.Load(Place)).Message);
    }

    // Changes model.json as an honest writer would, with the right checksum.
    private void Rewrite(Action<JsonObject> change)
    {
        var path = Path.Combine(Place, "model.json");
        var main = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        change(main);
        var zeros = new string('0', 64);
        main["checksum"] = zeros;
        var text = main.ToJsonString();
        File.WriteAllText(path, text.Replace(zeros, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))), StringComparison.Ordinal));
    }

    private static string WithoutChecksum(string name) => Regex.Replace(name, "-[0-9a-f]{16}", "-");

    private Dictionary<string, byte[]> Files() => Directory.EnumerateFiles(Place).ToDictionary(path => Path.GetFileName(path), File.ReadAllBytes);

    private static float[] Scores(FittedModel model)
    {
        var scores = new float[model.Interactions.RowCount * model.Model.ItemCount];
        model.Model.Score(Histories.OfTraining(model.Interactions), scores);
        return scores;
    }
}
