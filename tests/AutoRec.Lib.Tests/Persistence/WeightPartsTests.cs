using System.Buffers.Binary;
using System.Text.Json.Nodes;
using AutoRec.Catalog;
using AutoRec.Data;
using AutoRec.Distributed;
using AutoRec.Persistence;
using AutoRec.Serving;
using AutoRec.Training;

namespace AutoRec.Tests.Persistence;

/// <summary>Weights in parts. The truth is the same model with its weights in one file.</summary>
public sealed class WeightPartsTests : IDisposable
{
    private static readonly Interactions Log = SomeLog();

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("autorec-item")]
    [InlineData("autorec-user")]
    public void Load_InParts_GivesTheModelOfOneFile(string name)
    {
        var model = Fit(name, ProcessGroup.Single);
        model.Save(folder["file"]);
        model.Save(folder["parts"], inParts: true);
        Assert.Equal(9 + 5, Directory.GetFiles(folder["parts"]).Length);
        Assert.Equal(Scores(FittedModel.Load(folder["file"])), Scores(FittedModel.Load(folder["parts"])));

        // Another model takes the place of all files.
        model.Save(folder["parts"], inParts: false);
        Assert.Equal(Content(folder["file"]), Content(folder["parts"]));
    }

    // As a program reads them that knows the convention of safetensors and nothing of this library.
    [Fact]
    public void Save_InParts_TheIndexTellsWhereEachArrayIs()
    {
        Fit("autorec-item", ProcessGroup.Single).Save(folder["file"]);
        Fit("autorec-item", ProcessGroup.Single).Save(folder["parts"], inParts: true);
        var whole = Tensors(Directory.GetFiles(folder["file"], "weights-*.safetensors").Single());
        var index = JsonNode.Parse(File.ReadAllText(Directory.GetFiles(folder["parts"], "weights-*.index.json").Single()))!;
        var map = index["weight_map"]!.AsObject();
        Assert.Equal((int)index["metadata"]!["total_size"]!, whole.Values.Sum(array => array.Length));
        Assert.Equal(9, map.Select(place => (string)place.Value!).Distinct().Count());
        foreach (var (name, bytes) in whole)
        {
            string[] parts = map.ContainsKey(name) ? [name] : [.. Enumerable.Range(0, 8).Select(leaf => $"{name}.{leaf}")];
            Assert.Equal(bytes, parts.SelectMany(part => Tensors(Path.Combine(folder["parts"], (string)map[part]!))[part]));
        }
    }

    [Fact]
    public void Save_OnAnyNumberOfProcesses_GivesTheSameFiles()
    {
        Fit("autorec-item", ProcessGroup.Single).Save(folder["1"], inParts: true);
        foreach (var size in new[] { 2, 3, 8 })
        {
            ThreadGroup.Run(size, group =>
            {
                Fit("autorec-item", group).Save(folder[$"{size}"], inParts: true);
                return 0;
            });
            Assert.Equal(Content(folder["1"]), Content(folder[$"{size}"]));
        }
    }

    // In the third and the fourth leaf: all users of these, or all but the first and the last.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Load_SomeUsers_ReadsTheirFilesAlone(int without)
    {
        Fit("autorec-item", ProcessGroup.Single).Save(folder["m"], inParts: true);
        var all = new RecommendationService(FittedModel.Load(folder["m"]));
        var users = Log.Users;
        var starts = LeafSplit.Of(Log.ToMatrix().RowLengths(), ProcessGroup.Single).Starts;
        var (first, last) = (starts[2] + without, starts[4] - 1 - without);
        foreach (var leaf in new[] { 0, 1, 4, 5, 6, 7 })
        {
            File.Delete(Directory.GetFiles(folder["m"], $"weights-0000{leaf + 2}-of-00009-*").Single());
        }

        var some = new RecommendationService(FittedModel.Load(folder["m"], null, UserRange.Parse($"{users[first]}..{users[last]}")));
        string[] here = [.. users.Skip(first).Take(last + 1 - first)];
        Assert.Equal(Lists(all, here), Lists(some, here));
        Assert.Equal(all.SimilarItems("i3", 5), some.SimilarItems("i3", 5));
        foreach (var row in new[] { 0, first - 1, last + 1, users.Count - 1 })
        {
            var error = Assert.Throws<UserElsewhereException>(() => some.Recommend(new RecommendationRequest { User = users[row] }));
            Assert.Equal(
                $"The user '{users[row]}' is not served here: this server has the users '{users[first]}' to '{users[last]}'. "
                + "Ask the server that has the user.",
                error.Message);
        }

        Assert.Contains("weights-00002-of-00009", Assert.Throws<DataFileException>(() => FittedModel.Load(folder["m"])).Message);

        static string[] Lists(RecommendationService service, string[] users) =>
            [.. service.Recommend(users, 5).Select(list => string.Join(' ', list.Items.Select(item => $"{item.Item} {item.Score:R}")))];
    }

    [Theory]
    [InlineData("autorec-item", true, "x..", "does not know the user 'x'")]
    [InlineData("autorec-item", true, "u9..u1", "No user is between 'u9' and 'u1'")]
    [InlineData("autorec-item", false, "..u1", "Serve it without --users, or train it with --parts")]
    [InlineData("autorec-user", true, "..u1", "The weights of 'autorec-user' are not split by user")]
    public void Load_SomeUsersOfAModelWithoutThem_SaysWhy(string name, bool inParts, string users, string problem)
    {
        Fit(name, ProcessGroup.Single).Save(folder["m"], inParts);
        var error = Assert.Throws<DataFileException>(() => FittedModel.Load(folder["m"], null, UserRange.Parse(users)));
        Assert.StartsWith(folder["m"], error.Message);
        Assert.Contains(problem, error.Message);
    }

    [Theory]
    [InlineData("u1")]
    [InlineData("..")]
    [InlineData("u1..u2..u3")]
    public void Parse_NoRange_SaysWhatIsExpected(string text) =>
        Assert.Contains("--users must be FROM..TO", Assert.Throws<ArgumentException>(() => UserRange.Parse(text)).Message);

    [Fact]
    public void Load_APartOfAnotherModel_IsNamed()
    {
        Fit("autorec-item", ProcessGroup.Single).Save(folder["m"], inParts: true);
        var part = Directory.GetFiles(folder["m"], "weights-00005-of-00009-*").Single();
        var bytes = File.ReadAllBytes(part);
        bytes[^1] ^= 1;
        File.WriteAllBytes(part, bytes);
        var error = Assert.Throws<DataFileException>(() => FittedModel.Load(folder["m"]));
        Assert.StartsWith($"{part}: The file was changed", error.Message);
    }

    [Fact]
    public void Save_ModelWithoutLeavesInParts_SaysWhichModelsHaveThem()
    {
        var error = Assert.Throws<NotSupportedException>(() => Fit("ease", ProcessGroup.Single).Save(folder["m"], inParts: true));
        Assert.EndsWith("or use a model that can: autorec-item, autorec-user.", error.Message);
        Assert.False(Directory.Exists(folder["m"]));
    }

    [Theory]
    [InlineData(500_000, false)]
    [InlineData(500_001, true)]
    public void AreLarge_SplitWeights_Above2GB(int rows, bool expected)
    {
        var split = new StateArray(Array.Empty<float>(), [rows, 1000]) { Rows = LeafSplit.OneLeaf(rows) };
        Assert.Equal(expected, WeightParts.AreLarge(new ModelState().Add("split", split)));
        Assert.False(WeightParts.AreLarge(new ModelState().Add("whole", split with { Rows = null })));
    }

    private static FittedModel Fit(string name, IProcessGroup group)
    {
        var entry = ModelCatalog.Find(name);
        KeyValuePair<string, string>[] settings = name == "ease" ? [] : [new("hidden-units", "5"), new("epochs", "2")];
        return new FittedModel
        {
            Entry = entry,
            Model = entry.CreateTrainer(settings, out var options).Fit(Log.ToMatrix(), new FitContext { Group = group }),
            Options = ModelEntry.Settings(options),
            Seed = 42,
            Data = new DataSet { Name = "x", Title = "x", Source = "x", Interactions = Log },
            Group = group,
        };
    }

    private static float[] Scores(FittedModel model)
    {
        var scores = new float[model.Interactions.RowCount * model.Model.ItemCount];
        model.Model.Score(Histories.OfTraining(model.Interactions), scores);
        return scores;
    }

    private static string[] Content(string folder) =>
        [
            .. Directory.EnumerateFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal)!,
            File.ReadAllText(Path.Combine(folder, "model.json")),
        ];

    private static Dictionary<string, byte[]> Tensors(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var length = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        return JsonNode.Parse(bytes.AsSpan(8, length))!.AsObject().ToDictionary(array => array.Key, array =>
        {
            int[] place = [.. array.Value!["data_offsets"]!.AsArray().Select(offset => (int)offset!)];
            return bytes[(8 + length + place[0])..(8 + length + place[1])];
        });
    }

    private static Interactions SomeLog()
    {
        var random = new Random(4);
        var ratings = new InteractionsBuilder();
        for (var user = 0; user < 90; user++)
        {
            for (var item = 0; item < 30; item++)
            {
                if (random.Next(90) > user / 2)
                {
                    ratings.Add($"u{user}", $"i{item}", 1 + random.Next(5));
                }
            }
        }

        return ratings.Build(DuplicateRule.KeepLast, RatingScale.OneToFive, out _);
    }
}
