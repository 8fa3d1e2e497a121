using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AutoRec.Catalog;
using AutoRec.Data;
using AutoRec.Tests.Catalog;

namespace AutoRec.Tests.Persistence;

/// <summary>Model folders whose checksums are right and whose content is not, as a program with a mistake or bad intent would write
/// them.</summary>
public sealed partial class ModelMutationTests : IDisposable
{
    private const string InParts = "autorec-item in parts";

    private static readonly (string Model, (string, string)[] Settings)[] Models =
    [
        ("popularity", []), ("random", []), ("bias", []), ("ease", []), ("sansa", []), ("infinite-ae", []), ("slim", []), ("item-knn", []),
        ("user-knn", []),
        ("ials", [("latent-factors", "3")]), ("ials-features", [("latent-factors", "3")]), ("popularity-features", []),
        ("biased-mf", [("latent-factors", "3"), ("epochs", "1")]),
        ("pmf-em", [("latent-factors", "3"), ("epochs", "1")]),
        ("autorec-item", [("hidden-units", "3"), ("epochs", "1")]),
        (InParts, [("hidden-units", "3"), ("epochs", "1")]),
        ("autorec-user", [("hidden-units", "3"), ("epochs", "1")]),
        ("deep-ae", [("widths", "3-2"), ("epochs", "1")]),
        ("mult-dae", [("hidden-units", "3"), ("epochs", "1")]),
        ("mult-vae", [("hidden-units", "3"), ("latent-factors", "2"), ("epochs", "1")]),
        ("recvae", [("hidden-units", "3"), ("latent-factors", "2"), ("epochs", "1")]),
        ("cdae", [("hidden-units", "3"), ("epochs", "1")]),
        ("kernelnet", [("epochs", "1")]),
    ];

    // Of each model; 2,000 of all, or what the environment variable AUTOREC_FUZZ says.
    private static readonly int Mutations =
        ((int.TryParse(Environment.GetEnvironmentVariable("AUTOREC_FUZZ"), out var count) && count > 0 ? count : 2000) / Models.Length) + 1;

    private static readonly JsonNode?[] Junk =
    [
        null, -1, 0, 1, 3, 7, int.MaxValue, 4_000_000_000L, -9e18, 0.5, 1e300, "", "x", "NaN", "F64", "I32", true,
        new JsonArray(), new JsonObject(), new JsonArray(1, -1), new JsonArray((JsonNode?)null), new JsonArray("a", "a"),
        new JsonArray(int.MaxValue, 2),
    ];

    private static readonly int[] Numbers =
    [
        0, 1, -1, 2, 1000, int.MaxValue, int.MinValue, BitConverter.SingleToInt32Bits(float.NaN),
        BitConverter.SingleToInt32Bits(float.PositiveInfinity)
    ];

    private readonly TemporaryFolder folder = new();

    public static TheoryData<string> Names => [.. Models.Select(model => model.Model)];

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void Load_WrongContentWithRightChecksums_ScoresOrOneErrorThatNamesAFile(string model)
    {
        FittedModels.Fit(model.Split(' ')[0], null, Models.Single(entry => entry.Model == model).Settings)
            .Save(folder["whole"], inParts: model == InParts);
        var files = Directory.GetFiles(folder["whole"]).ToDictionary(path => Path.GetFileName(path), File.ReadAllBytes);
        var random = new Random(model.Sum(letter => letter));
        var refused = 0;
        for (var number = 0; number < Mutations; number++)
        {
            var content = files.ToDictionary(file => file.Key, file => (byte[])file.Value.Clone());
            var name = content.Keys.Order(StringComparer.Ordinal).ElementAt(random.Next(content.Count));
            content[name] = name.EndsWith(".json", StringComparison.Ordinal)
                ? MutateJson(content[name], random)
                : MutateTensors(content[name], random);
            var place = folder[$"{number}"];
            Write(place, content);
            try
            {
                Use(FittedModel.Load(place));
            }
            catch (DataFileException error)
            {
                refused++;
                Assert.StartsWith(place, error.Message);
                Assert.DoesNotMatch(TypeName(), error.Message[place.Length..]);
            }
            catch (Exception error) when (error is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"Mutation {number} of {name}: {error}");
            }

            Directory.Delete(place, recursive: true);
        }

        Assert.InRange(refused, Mutations / 4, Mutations);
    }

    [GeneratedRegex(@"System\.|AutoRec\.\w|[A-Z]\w+Exception|JsonNode|JsonElement|`\d")]
    private static partial Regex TypeName();

    // What was loaded answers, or says that it has no answer for these users.
    private static void Use(FittedModel fitted)
    {
        var scores = new float[fitted.Interactions.RowCount * fitted.Model.ItemCount];
        foreach (var histories in new[] { Histories.OfTraining(fitted.Interactions), Histories.OfNewUsers(fitted.Interactions) })
        {
            try
            {
                fitted.Model.Score(histories, scores);
            }
            catch (NotSupportedException)
            {
            }
        }
    }

    private static byte[] MutateJson(byte[] content, Random random)
    {
        var root = JsonNode.Parse(content)!;
        Mutate(root, random);
        return Encoding.UTF8.GetBytes(root.ToJsonString());
    }

    private static byte[] MutateTensors(byte[] content, Random random)
    {
        var length = (int)BinaryPrimitives.ReadInt64LittleEndian(content);
        var (header, data) = (content[8..(8 + length)], content[(8 + length)..]);
        switch (random.Next(4))
        {
            case 0: // the length of the header
                BinaryPrimitives.WriteInt64LittleEndian(
                    content, new[] { 0, -1, 1, length + 8L, long.MaxValue, 100_000_000, content.Length }[random.Next(7)]);
                return content;
            case 1: // the header
                return [.. Prefix(MutateJson(header, random)), .. data];
            case 2 when data.Length > 0: // a number
                BinaryPrimitives.WriteInt32LittleEndian(
                    data.AsSpan(random.Next(data.Length / 4) * 4), Numbers[random.Next(Numbers.Length)]);
                return [.. Prefix(header), .. data];
            default: // more or less data
                return random.Next(2) == 0 ? [.. content, 0, 0, 0, 0] : content[..random.Next(content.Length)];
        }

        static byte[] Prefix(byte[] header)
        {
            var bytes = new byte[8 + header.Length];
            BinaryPrimitives.WriteInt64LittleEndian(bytes, header.Length);
            header.CopyTo(bytes, 8);
            return bytes;
        }
    }

    // Changes, removes or repeats one node anywhere.
    private static void Mutate(JsonNode root, Random random)
    {
        var nodes = new List<JsonNode>();
        Collect(root);
        if (nodes.Count == 0)
        {
            return;
        }

        var node = nodes[random.Next(nodes.Count)];
        var junk = Junk[random.Next(Junk.Length)]?.DeepClone();
        switch (node.Parent, random.Next(3))
        {
            case (JsonObject parent, 0):
                parent.Remove(node.GetPropertyName());
                break;
            case (JsonObject parent, _):
                parent[node.GetPropertyName()] = junk;
                break;
            case (JsonArray parent, 0):
                parent.Remove(node);
                break;
            case (JsonArray parent, 1):
                parent.Add(node.DeepClone());
                break;
            case (JsonArray parent, _):
                parent[node.GetElementIndex()] = junk;
                break;
        }

        void Collect(JsonNode? from)
        {
            foreach (var child in from switch
            {
                JsonObject parent => parent.Select(member => member.Value),
                JsonArray parent => parent,
                _ => [],
            })
            {
                if (child is not null)
                {
                    nodes.Add(child);
                    Collect(child);
                }
            }
        }
    }

    // With the checksums that an honest writer would give.
    private static void Write(string place, Dictionary<string, byte[]> content)
    {
        Directory.CreateDirectory(place);
        foreach (var (name, bytes) in content.Where(file => file.Key != "model.json"))
        {
            File.WriteAllBytes(Path.Combine(place, name), bytes);
        }

        var main = JsonNode.Parse(content["model.json"])!.AsObject();
        if (main["files"] is JsonObject files)
        {
            foreach (var name in files.Select(file => file.Key).Where(content.ContainsKey).ToArray())
            {
                files[name] = Convert.ToHexStringLower(SHA256.HashData(content[name]));
            }
        }

        var zeros = new string('0', 64);
        main["checksum"] = zeros;
        var text = main.ToJsonString();
        File.WriteAllText(
            Path.Combine(place, "model.json"),
            text.Replace(zeros, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))), StringComparison.Ordinal));
    }
}
