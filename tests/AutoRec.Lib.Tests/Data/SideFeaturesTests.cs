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
        Assert.Contains("row 1, column 0", Assert.Throws<ArgumentException>(() => SideFeatures.FromTable(new float[,] { { 0, 2 }, { float.NaN, 0 } })).Message);
}
