using AutoRec.Data;

namespace AutoRec.Tests.Data;

public sealed class SideFeaturesTests
{
    [Fact]
    public void OneHot_Labels_AreColumnsInOrdinalOrder()
    {
        var features = SideFeatures.OneHot([["War", "Action", "War"], [], ["Action"], ["drama"]]);
        Assert.Equal(3, features.ColumnCount); // Action, War, drama
        Assert.Equal([0, 1], features.Columns(0).ToArray());
        Assert.Equal(0, features.RowLength(1));
        Assert.Equal([0], features.Columns(2).ToArray());
        Assert.Equal([2], features.Columns(3).ToArray());
        Assert.All(features.Values().ToArray(), value => Assert.Equal(1, value));
    }

    [Fact]
    public void FromTable_Numbers_ZerosAreLeftOut()
    {
        var features = SideFeatures.FromTable(new float[,] { { 0, 2 }, { -1, 0 }, { 0, 0 } });
        Assert.Equal((3, 2, 2), (features.RowCount, features.ColumnCount, features.Count));
        Assert.Equal([2f, -1f], features.Values().ToArray());
        Assert.Equal([1, 0], features.Columns().ToArray());
    }

    [Fact]
    public void FromTable_NotANumber_SaysWhere() =>
        Assert.Contains(
            "row 1, column 0",
            Assert.Throws<ArgumentException>(() => SideFeatures.FromTable(new float[,] { { 0, 2 }, { float.NaN, 0 } })).Message);

    // Categories and words are features of their own; of 12 years from 2000 to 2011 the deciles are 2000, 2001, 2002, 2003, 2004, 2005,
    // 2006, 2007, 2008, 2009 and 2011, and 2010 lies half way between the last two.
    [Fact]
    public void OfItems_CategoriesWordsAndNumbers_ByHand()
    {
        var builder = new InteractionsBuilder();
        for (var item = 0; item < 12; item++)
        {
            builder.Add("u", $"i{item:00}", 1);
        }

        var data = new DataSet
        {
            Name = "test",
            Title = "Test",
            Source = "made up",
            Interactions = builder.Build(DuplicateRule.KeepLast, null, out _),
            ItemCategories =
            [
                .. Enumerable.Range(0, 12)
                    .Select(item => (IReadOnlyList<string>)(item == 0 ? ["war", "drama"] : item == 1 ? ["drama"] : []))
            ],
            ItemAttributes = new Dictionary<string, IReadOnlyList<string>>
            {
                ["year"] = [.. Enumerable.Range(0, 12).Select(item => $"{2000 + item}")],
                ["colour"] = ["red", "", "red", "n/a", .. Enumerable.Repeat("", 8)],
            },
        };
        var features = SideFeatures.OfItems(data);

        Assert.Equal((12, 2 + 11 + 2), (features.RowCount, features.ColumnCount));
        Assert.Equal([0, 1, 2, 13], features.Columns(0).ToArray()); // war, drama, 2000, red
        Assert.Equal([1, 3], features.Columns(1).ToArray());
        Assert.Equal([11, 12], features.Columns(10).ToArray());
        Assert.Equal([0.5f, 0.5f], features.Values(10).ToArray());
        Assert.Equal([12], features.Columns(11).ToArray());
        Assert.Equal([1f], features.Values(11).ToArray());
        Assert.Equal([5, 14], features.Columns(3).ToArray());
        Assert.Equal(
            0, SideFeatures.OfItems(new DataSet { Name = "", Title = "", Source = "", Interactions = data.Interactions }).ColumnCount);
    }
}
