using AutoRec.Catalog;
using AutoRec.Serving;
using DuckDB.NET.Data;

namespace AutoRec.Cli.Tests;

public sealed class ExportCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("items")]
    [InlineData("users")]
    public async Task Export_Vectors_TheirDotProductIsTheSimilarity(string of)
    {
        await TrainAsync("ials", "--set", "latent-factors=8");
        var run = await CliRun.OfAsync("export", "--model", folder.File("m"), "--of", of, "--embeddings", folder.File("v.parquet"));
        Assert.True(run.ExitCode == 0, run.Error);

        var service = new RecommendationService(FittedModel.Load(folder.File("m")));
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        var first = of == "items" ? "p007" : "u0007";
        command.CommandText = $"""
            SELECT b.id, b.name, list_inner_product(a.vector, b.vector) AS cosine
            FROM '{folder.File("v.parquet")}' a, '{folder.File("v.parquet")}' b
            WHERE a.id = '{first}' AND b.id <> a.id ORDER BY cosine DESC LIMIT 3
            """;
        using var reader = command.ExecuteReader();
        foreach (var near in of == "items" ? service.SimilarItems(first, 3) : service.SimilarUsers(first, 3))
        {
            Assert.True(reader.Read());
            Assert.Equal((near.Id, near.Title), (reader.GetString(0), reader.GetString(1)));
            Assert.Equal(near.Similarity, reader.GetFloat(2), 1e-5f);
        }
    }

    [Fact]
    public async Task Export_ModelWithoutVectorsOrAFileOfSomebodyElse_Error()
    {
        await TrainAsync("ease");
        var run = await CliRun.OfAsync("export", "--model", folder.File("m"), "--embeddings", folder.File("v.parquet"));
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("ease has no vectors", run.Error, StringComparison.Ordinal);

        File.WriteAllText(folder.File("v.parquet"), "mine");
        run = await CliRun.OfAsync("export", "--model", folder.File("m"), "--embeddings", folder.File("v.parquet"));
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("not overwritten", run.Error, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(folder.File("v.parquet")));
    }

    private async Task TrainAsync(string model, params string[] more)
    {
        var run = await CliRun.OfAsync(["train", "--data", "sample", "--model", model, "--output", folder.File("m"), .. more]);
        Assert.True(run.ExitCode == 0, run.Error);
    }
}
