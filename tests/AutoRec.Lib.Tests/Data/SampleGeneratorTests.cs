using AutoRec.Data;

namespace AutoRec.Tests.Data;

public sealed class SampleGeneratorTests
{
    private static readonly Lazy<Sample> Default = new(() => SampleGenerator.Generate());

    [Theory]
    [InlineData("ratings.csv")]
    [InlineData("users.csv")]
    [InlineData("products.csv")]
    public void Write_DefaultSample_IsWhatTheProjectHolds(string file)
    {
        using var folder = new TemporaryFolder();
        SampleGenerator.Write(Default.Value, folder.Path);

        Assert.True(
            File.ReadAllBytes(Path.Combine(Repository.Root, "data", "sample", file)).AsSpan().SequenceEqual(File.ReadAllBytes(folder[file])),
            $"data/sample/{file} is not what the generator writes: autorec data sample --output data/sample writes it anew.");
    }
}
