using AutoRec.Data;
using CsCheck;

namespace AutoRec.Tests;

public sealed class IdIndexTests
{
    [Fact]
    public void Index_AnyIds_SameAsADictionary() => Gen.String[0, 20].Where(id => !id.Any(char.IsSurrogate)).Array[0, 300].Sample(ids =>
    {
        var rows = new Dictionary<string, int>();
        foreach (var id in ids)
        {
            rows.TryAdd(id, rows.Count);
        }

        var index = new IdIndex(ids);
        Assert.Equal(rows.Keys, index);
        Assert.All(rows, pair => Assert.Equal((pair.Value, pair.Key), (index.RowOf(pair.Key), index[pair.Value])));
        Assert.False(index.TryGetRow("an id that is not there at all", out _));
    });

    [Fact]
    public void Index_ManyIds_AllAreFound()
    {
        var index = new IdIndex(Enumerable.Range(0, 100_000).Select(i => $"user {i}"));

        Assert.Equal(100_000, index.Count);
        Assert.All(Enumerable.Range(0, 100_000), i => Assert.Equal(i, index.RowOf($"user {i}")));
    }

    [Fact]
    public void Index_LongAndForeignIds_ComeBackAsTheyWere()
    {
        string[] ids = [new('x', 10_000), "héllo", "日本語", "😀", "", "a\0b"];

        Assert.Equal(ids, new IdIndex(ids));
    }

    [Fact]
    public void Index_RowThatIsNotThere_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => new IdIndex(["a"])[1]);

    [Fact]
    public void Index_HalfASurrogatePair_IsRefused() => Assert.ThrowsAny<ArgumentException>(() => new IdIndex(["\ud800"]));
}
