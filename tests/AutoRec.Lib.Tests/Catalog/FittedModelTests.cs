using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AutoRec.Catalog;
using AutoRec.Data;
using AutoRec.Persistence;
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
        Assert.Equal(
            ["interactions-.safetensors", "items-.json", "model.json", "users-.json", "weights-.safetensors"],
            first.Keys.Order().Select(WithoutChecksum));
    }

    [Fact]
    public void Save_FolderOfSomethingElse_ThrowsAndLeavesIt()
    {
        folder.Write("model/thesis.txt", "precious");
        Assert.Contains("Nothing was overwritten", Assert.Throws<DataFileException>(() => FittedModels.Fit("ease").Save(Place)).Message);
        Assert.Equal(["thesis.txt"], Directory.EnumerateFileSystemEntries(Place).Select(Path.GetFileName));
        Assert.Equal(["model"], Directory.EnumerateFileSystemEntries(folder.Path).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("the folder is not a model folder (model.json)", "model.json")]
    [InlineData("the folder has files that are not of a model (weights.safetensors)", "weights.safetensors")]
    [InlineData("the folder has files that are not of a model (weights-0123456789abcdef.json)", "weights-0123456789abcdef.json")]
    [InlineData("the folder has files that are not of a model (items-0123456789abcdeg.json)", "items-0123456789abcdeg.json")]
    [InlineData(
        "the folder has files that are not of a model (thesis.txt.0123456789abcdef0123456789abcdef.partial)",
        "thesis.txt.0123456789abcdef0123456789abcdef.partial")]
    [InlineData("the folder has files that are not of a model (a, b, c, d)", "e", "d/x", "c", "b", "a")]
    public void Save_FilesOfSomethingElse_AreNamedAndStay(string problem, params string[] names)
    {
        Assert.All(names, name => folder.Write("model/" + name, "precious"));
        Assert.Contains(problem, Assert.Throws<DataFileException>(() => FittedModels.Fit("ease").Save(Place)).Message);
        Assert.All(names, name => Assert.Equal("precious", File.ReadAllText(Path.Combine(Place, name))));
    }

    [Fact]
    public void Save_FileBesideAModel_IsNamedAndTheModelStays()
    {
        FittedModels.Fit("popularity").Save(Place);
        folder.Write("model/notes.txt", "precious");
        Assert.Contains(
            "the folder has files that are not of a model (notes.txt)",
            Assert.Throws<DataFileException>(() => FittedModels.Fit("ease").Save(Place)).Message);
        Assert.Equal("popularity", FittedModel.Load(Place).Entry.Name);
    }

    [Fact]
    public void Save_OverAnotherModelAndWhatAKilledWriteLeft_OnlyTheNewOneStays()
    {
        FittedModels.Fit("ease").Save(Place);
        var expected = Files();
        Directory.Delete(Place, recursive: true);

        FittedModels.Fit("popularity").Save(Place);
        foreach (var name in new[]
        {
            "weights-0123456789abcdef.safetensors", "users-0123456789abcdef.json", "model.json.0123456789abcdef0123456789abcdef.partial",
            ".autorec.lock", "items.json.0123456789abcdef0123456789abcdef.partial",
            "weights-00002-of-00009-0123456789abcdef.safetensors", "weights-0123456789abcdef.safetensors.index.json",
            "weights-00002-of-00009.safetensors.0123456789abcdef0123456789abcdef.partial",
        })
        {
            folder.Write("model/" + name, "left");
        }

        FittedModels.Fit("ease").Save(Place);
        Assert.Equal(expected, Files());
    }

    [Fact]
    public void Save_ToAFile_ThrowsAndLeavesIt()
    {
        folder.Write("model", "precious");
        Assert.Contains(
            "This is a file; --output must name a folder",
            Assert.Throws<DataFileException>(() => FittedModels.Fit("ease").Save(Place)).Message);
        Assert.Contains(
            "This is a file; a folder is expected",
            Assert.Throws<DataFileException>(() => FittedModels.Fit("ease").Save(Path.Combine(Place, "below"))).Message);
        Assert.Equal("precious", File.ReadAllText(Place));
    }

    [Fact]
    public void Save_OverAModelWhoseFilesHaveNoChecksumInTheName_ReplacesThem()
    {
        FittedModels.Fit("ease").Save(Place);
        var expected = Files();
        Rewrite(main =>
        {
            foreach (var (name, checksum) in main["files"]!.AsObject().ToArray())
            {
                var plain = Regex.Replace(name, "-[0-9a-f]{16}", "");
                File.Move(Path.Combine(Place, name), Path.Combine(Place, plain));
                main["files"]!.AsObject().Remove(name);
                main["files"]![plain] = checksum!.DeepClone();
            }
        });
        Assert.Equal("ease", FittedModel.Load(Place).Entry.Name);
        FittedModels.Fit("ease").Save(Place);
        Assert.Equal(expected, Files());
    }

    [Fact]
    public void Load_NotesMissingAndScaleOfOneValue_AreTaken()
    {
        FittedModels.Fit("ease").Save(Place);
        Rewrite(main =>
        {
            main.Remove("notes");
            main["data"]!["feedback"]!["scale"]!["max"] = 1;
        });
        Assert.Empty(FittedModel.Load(Place).Notes);
    }

    [Fact]
    public void Guarded_AnyError_IsOfTheFileUnlessTheFileIsNotToBlame()
    {
        Assert.Equal(
            "f: The file is cut off or damaged. bad Train the model again, or copy the folder again.",
            Message(new InvalidDataException("bad")));
        Assert.Contains("damaged. bad Train", Message(new FormatException("bad")));
        Assert.Contains("damaged. bad Train", Message(new NotSupportedException("bad")));
        Assert.Contains("in line 3.", Message(new JsonException("bad", null, 2, 0)));
        Assert.All(
            new Exception[] { new EndOfStreamException("bad"), new InvalidCastException("bad"), new IndexOutOfRangeException("bad") },
            error => Assert.Contains("damaged. Train", Message(error)));
        Assert.All(
            new Exception[]
            {
                new OutOfMemoryException(), new UnauthorizedAccessException(), new OperationCanceledException(), new IOException("bad"),
                new DataFileException("g", "own")
            },
            error => Assert.Same(error, Assert.ThrowsAny<Exception>(() => ModelFolder.Guarded<int>("f", () => throw error))));

        static string Message(Exception error) =>
            Assert.Throws<DataFileException>(() => ModelFolder.Guarded<int>("f", () => throw error)).Message;
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
        Assert.Contains(
            $"{name}: This file of the model is missing.", Assert.Throws<DataFileException>(() => FittedModel.Load(Place)).Message);
    }

    [Fact]
    public void Load_NoFolder_SaysSo() =>
        Assert.Contains("This is not a model folder", Assert.Throws<DataFileException>(() => FittedModel.Load(Place)).Message);

    [Fact]
    public void Load_NewerFormat_SaysWhichVersionIsNeeded()
    {
        FittedModels.Fit("popularity").Save(Place);
        var path = Path.Combine(Place, "model.json");
        var main = JsonNode.Parse(File.ReadAllText(path))!;
        main["format-version"] = 6;
        main["library-version"] = "9.9.9";
        File.WriteAllText(path, main.ToJsonString());
        var message = Assert.Throws<DataFileException>(() => FittedModel.Load(Place)).Message;
        Assert.Contains("written by version 9.9.9 in format 6", message);
        Assert.Contains("reads formats up to 5", message);
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
    public void Load_FormatWithoutItemAttributes_HasNone()
    {
        FittedModels.Fit("popularity").Save(Place);
        Rewrite("items", content => Encoding.UTF8.GetBytes(
            Regex.Replace(Encoding.UTF8.GetString(content), ",\"attributes\":\\{[^}]*\\}", "")));
        Rewrite(main => { main["format-version"] = 3; });
        var loaded = FittedModel.Load(Place);
        Assert.Empty(loaded.Data.ItemAttributes);
        Assert.Equal(["drama", "war"], loaded.Data.ItemCategories[1]);
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

    // Content that a program with a mistake may write: the checksums are right.
    [Theory]
    [InlineData("users", """["a","b","c"]""", """["a","b","a"]""", "'ids' has the id 'a' more than once")]
    [InlineData("users", """["a","b","c"]""", "null", "'ids' is missing")]
    [InlineData("users", """["Ann","Ben","c"]""", """["Ann","Ben"]""", "'names' must have 3 entries without a null; it has 2")]
    [InlineData("users", """["30","41",""]""", """["30",null,""]""", "'attributes.age' must have 3 entries without a null")]
    [InlineData("users", """{"age":""", """{"":0,"age":""", "not the JSON that is expected, in line 1")]
    [InlineData("items", "\"Ünder Y\",", "\"Ünder Y\",\"more\",", "'titles' must have 4 entries without a null; it has 5")]
    [InlineData("users", """["a","b","c"]""", """["b","a","c"]""", "kept users and items in another order")]
    [InlineData("items", """["w","x","y","z"]""", """["x","w","y","z"]""", "kept users and items in another order")]
    [InlineData("items", """["w","x","y","z"]""", """["w","x","y","w"]""", "'ids' has the id 'w' more than once")]
    [InlineData(
        "items", """["5","20","","12.5"]""", """["5","20",""]""", "'attributes.price' must have 4 entries without a null; it has 3")]
    [InlineData("items", """["drama","war"]""", """["drama",null]""", "'categories' has a null")]
    [InlineData("items", """["drama","war"],""", "", "'categories' must have 4 entries without a null; it has 3")]
    [InlineData("items", """["5","20","","12.5"]""", """["5","20",null,"12.5"]""", "'attributes.price' must have 4 entries without a null")]
    [InlineData("model", "\"users\": 3", "\"users\": 4", "'users' is 4, but the files hold 3")]
    [InlineData("model", "\"items\": 4", "\"items\": 3", "'items' is 3, but the files hold 4")]
    [InlineData("model", "\"interactions\": 5", "\"interactions\": 6", "'interactions' is 6, but the files hold 5")]
    [InlineData("model", "\"kind\": \"stars\"", "\"kind\": \"9\"", "'feedback' must have a kind and a finite 'positive-from'")]
    [InlineData("model", "\"kind\": \"stars\"", "\"kind\": \"moons\"", "'feedback' must have a kind and a finite 'positive-from'")]
    [InlineData("model", "\"max\": 5", "\"max\": 0.5", "'scale' must be two numbers, the lower one first; it is 1..0.5")]
    [InlineData("model", "\"max\": 5", "\"max\": 1e300", "'scale' must be two numbers")]
    [InlineData("model", "\"min\": 1", "\"min\": -1e300", "'scale' must be two numbers")]
    [InlineData("model", "\"positive-from\": 1", "\"positive-from\": 1e300", "a finite 'positive-from'")]
    [InlineData("model", "\"name\": \"test\"", "\"name\": null", "'data.name' is missing")]
    [InlineData("model", "\"title\": \"Test\"", "\"title\": null", "'data.title' is missing")]
    [InlineData("model", "\"source\": \"made up\"", "\"source\": null", "'data.source' is missing")]
    [InlineData("model", "\"model\": \"ease\"", "\"model\": null", "'model' is missing")]
    [InlineData("model", "\"library-version\": \"0.1.0\"", "\"library-version\": null", "'library-version' is missing")]
    [InlineData("model", "\"format\": \"autorec-model\"", "\"format\": \"other\"", "This is not the description of a model")]
    [InlineData("model", "\"format-version\": 4", "\"format-version\": null", "it has no 'format-version'")]
    [InlineData("model", "\"notes\": []", "\"notes\": [null]", "'notes' is missing")]
    [InlineData("model", "\"weights-", "\"weight-", "'files' must name one file of weights")]
    public void Load_WrongContentWithRightChecksums_SaysWhat(string part, string good, string bad, string problem)
    {
        FittedModels.Fit("ease").Save(Place);
        if (part == "model")
        {
            Rewrite(main => Replaced(main.ToJsonString(Indented)));
        }
        else
        {
            Rewrite(part, content => Encoding.UTF8.GetBytes(Replaced(Encoding.UTF8.GetString(content))));
        }

        var message = Assert.Throws<DataFileException>(() => FittedModel.Load(Place)).Message;
        Assert.StartsWith(problem.Contains("another order", StringComparison.Ordinal) ? Place : Path.Combine(Place, part), message);
        Assert.Contains(problem, message);

        string Replaced(string text)
        {
            Assert.Contains(good, text);
            return text.Replace(good, bad, StringComparison.Ordinal);
        }
    }

    // Rows (0 0) (0 1) (1 1) (1 2) (2 3) of three users and four items.
    [Theory]
    [InlineData("users", 4, 3, "Interaction 4 has user 3 and item 3: it is out of order, or not one of 3 users and 4 items.")]
    [InlineData("users", 0, -1, "Interaction 0 has user -1 and item 0")]
    [InlineData("users", 2, 0, "Interaction 2 has user 0 and item 1")]
    [InlineData("users", 2, 2, "Interaction 3 has user 1 and item 2")]
    [InlineData("items", 4, 4, "Interaction 4 has user 2 and item 4")]
    [InlineData("items", 1, 0, "Interaction 1 has user 0 and item 0")]
    [InlineData("items", 3, 0, "Interaction 3 has user 1 and item 0")]
    [InlineData("values", 1, float.NaN, "The array 'values' holds NaN at position 1")]
    [InlineData("values", 0, float.NegativeInfinity, "The array 'values' holds -Infinity at position 0")]
    [InlineData("values", 5, 1, "The arrays must be equally long; they have 5, 5 and 6 numbers")]
    [InlineData("users", 5, 2, "The arrays must be equally long; they have 6, 5 and 5 numbers")]
    [InlineData("items", 5, 3, "The arrays must be equally long; they have 5, 6 and 5 numbers")]
    public void Load_WrongInteractionWithRightChecksums_SaysWhich(string array, int place, float value, string problem)
    {
        FittedModels.Fit("ease").Save(Place);
        Rewrite("interactions", content =>
        {
            var log = Safetensors.Read(new MemoryStream(content));
            var changed = new ModelState()
                .Add("users", With("users", log.Ints("users")))
                .Add("items", With("items", log.Ints("items")))
                .Add("values", With("values", log.Floats("values")));
            using var stream = new MemoryStream();
            Safetensors.Write(stream, changed);
            return stream.ToArray();
        });
        var message = Assert.Throws<DataFileException>(() => FittedModel.Load(Place)).Message;
        Assert.StartsWith(Path.Combine(Place, "interactions-"), message);
        Assert.Contains(problem, message);

        T[] With<T>(string name, T[] numbers)
        {
            if (name == array)
            {
                Array.Resize(ref numbers, Math.Max(numbers.Length, place + 1));
                numbers[place] = (T)Convert.ChangeType(value, typeof(T), CultureInfo.InvariantCulture);
            }

            return numbers;
        }
    }

    [Fact]
    public void Load_WeightThatIsNotFinite_SaysWhich()
    {
        FittedModels.Fit("ease").Save(Place);
        Rewrite("weights", content => [.. content[..^4], .. BitConverter.GetBytes(float.PositiveInfinity)]);
        Assert.Contains("holds Infinity at position", Assert.Throws<DataFileException>(() => FittedModel.Load(Place)).Message);
    }

    private static JsonSerializerOptions Indented { get; } = new() { WriteIndented = true };

    // Changes a file as an honest writer would, with the right checksum.
    private void Rewrite(string part, Func<byte[], byte[]> change)
    {
        var path = Assert.Single(Directory.GetFiles(Place, part + "-*"));
        File.WriteAllBytes(path, change(File.ReadAllBytes(path)));
        Rewrite(main => main["files"]![Path.GetFileName(path)] = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path))));
    }

    private void Rewrite(Action<JsonObject> change) => Rewrite(main =>
    {
        change(main);
        return main.ToJsonString();
    });

    private void Rewrite(Func<JsonObject, string> change)
    {
        var path = Path.Combine(Place, "model.json");
        var main = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        var zeros = new string('0', 64);
        main["checksum"] = zeros;
        var text = change(main);
        File.WriteAllText(
            path, text.Replace(zeros, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))), StringComparison.Ordinal));
    }

    private static string WithoutChecksum(string name) => Regex.Replace(name, "-[0-9a-f]{16}", "-");

    private Dictionary<string, byte[]> Files() =>
        Directory.EnumerateFiles(Place).ToDictionary(path => Path.GetFileName(path), File.ReadAllBytes);

    private static float[] Scores(FittedModel model)
    {
        var scores = new float[model.Interactions.RowCount * model.Model.ItemCount];
        model.Model.Score(Histories.OfTraining(model.Interactions), scores);
        return scores;
    }
}
