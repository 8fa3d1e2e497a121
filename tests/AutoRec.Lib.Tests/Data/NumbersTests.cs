using System.Text;
using AutoRec.Data;

namespace AutoRec.Tests;

public sealed class NumbersTests
{
    [Theory]
    [InlineData("5", 5f)]
    [InlineData("+5", 5f)]
    [InlineData("-0.5", -0.5f)]
    [InlineData("5.", 5f)]
    [InlineData(".5", 0.5f)]
    [InlineData("1e3", 1000f)]
    [InlineData("1E-2", 0.01f)]
    [InlineData("1e9", 1e9f)]
    [InlineData("-1e9", -1e9f)]
    [InlineData("1.1e9", null)]
    [InlineData("-1.1e9", null)]
    [InlineData("", null)]
    [InlineData(".", null)]
    [InlineData("e", null)]
    [InlineData("+-5", null)]
    [InlineData(" 5", null)]
    [InlineData("5%", null)]
    [InlineData("1e99", null)]
    [InlineData("1,5", 1.5f, true)]
    [InlineData(",5", 0.5f, true)]
    [InlineData(",500", 0.5f, true)]
    [InlineData("-1,5", -1.5f, true)]
    [InlineData("0,500", 0.5f, true)]
    [InlineData("-0,500", -0.5f, true)]
    [InlineData("1,5000", 1.5f, true)]
    [InlineData("1,50", 1.5f, true)]
    [InlineData("1,500", null, true)] // or thousands?
    [InlineData("-1,500", null, true)]
    [InlineData("1000,500", null, true)]
    [InlineData("10000,500", 10000.5f, true)]
    [InlineData("1,500.0", null, true)]
    [InlineData("1,2,3", null, true)]
    [InlineData(",", null, true)]
    [InlineData("1,00000000000000000000000000000000000000000000000000000000000000", 1f, true)] // 64 letters
    [InlineData("1,000000000000000000000000000000000000000000000000000000000000000", null, true)]
    [InlineData("1,5", null)]
    public void Parse_Text_ValueOrProblem(string text, float? expected, bool takesComma = false) =>
        Assert.Equal(expected, Numbers.Parse(Encoding.UTF8.GetBytes(text), takesComma, out var value) is null ? value : null);

    [Theory]
    [InlineData("", true)]
    [InlineData("NULL", true)]
    [InlineData("NaN", true)]
    [InlineData("None", true)]
    [InlineData("\\N", true)]
    [InlineData("<null>", true)]
    [InlineData("0", false)]
    [InlineData("nul", false)]
    [InlineData("nullable", false)]
    [InlineData("\\n1", false)]
    public void IsMissing_WordsForNothing(string id, bool expected) =>
        Assert.Equal(expected, Numbers.IsMissing(Encoding.UTF8.GetBytes(id)));
}
