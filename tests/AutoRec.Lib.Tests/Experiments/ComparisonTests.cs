using AutoRec.Experiments;

namespace AutoRec.Tests.Experiments;

public sealed class ComparisonTests
{
    [Fact]
    public void StudentT_Degrees_AsTablesHaveThem()
    {
        Assert.Equal(12.706, ComparedModel.StudentT(1));
        Assert.Equal(2.776, ComparedModel.StudentT(4));
        Assert.Equal(2.042, ComparedModel.StudentT(30));
        Assert.Equal(1.960, ComparedModel.StudentT(31));
    }
}
