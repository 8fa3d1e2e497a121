
namespace AutoRec.Notebooks.Tests;

[Collection("environment")]
public sealed class ParametersTests : IDisposable
{
    private const string Name = "test-only-value";
    private const string Variable = "AUTOREC_TEST_ONLY_VALUE";

    public void Dispose() => Environment.SetEnvironmentVariable(Variable, null);

    [Fact]
    public void Each_NotSetOrEmpty_GivesItsDefault()
    {
        Assert.Equal("sample", Parameters.Text(Name, "sample"));
        Environment.SetEnvironmentVariable(Variable, "");
        Assert.Equal("sample", Parameters.Text(Name, "sample"));
        Assert.Equal(42, Parameters.Int(Name, 42));
        Assert.Equal(0.5, Parameters.Double(Name, 0.5));
        Assert.True(Parameters.Flag(Name, true));
    }

    [Fact]
    public void Each_Set_GivesTheValue()
    {
        Set("7");
        Assert.Equal("7", Parameters.Text(Name, "sample"));
        Assert.Equal(7, Parameters.Int(Name, 42));
        Set("1e-3");
        Assert.Equal(0.001, Parameters.Double(Name, 0.5));
        Set("True");
        Assert.True(Parameters.Flag(Name, false));
        Set("b");
        Assert.Equal("b", Parameters.Choice(Name, "a", "a", "b"));
    }

    [Theory]
    [InlineData("many", "expected a whole number from 1 to 100, such as 20.")]
    [InlineData("1.5", "expected a whole number from 1 to 100, such as 20.")]
    [InlineData("101", "expected a whole number from 1 to 100, such as 20.")]
    public void Int_NotOne_ErrorNamesVariableValueAndForm(string text, string expected)
    {
        Set(text);
        var error = Assert.Throws<ArgumentException>(() => Parameters.Int(Name, 20, 1, 100));
        Assert.Equal($"The parameter '{Name}' cannot be '{text}' (environment variable {Variable}): {expected}", error.Message);
    }

    [Fact]
    public void Others_NotOne_ErrorSaysWhatWasExpected()
    {
        Set("1,5");
        Assert.EndsWith(
            "expected a number of at least 0, such as 0.5.",
            Assert.Throws<ArgumentException>(() => Parameters.Double(Name, 0.5, min: 0)).Message,
            StringComparison.Ordinal);
        Assert.EndsWith(
            "expected true or false, such as true.",
            Assert.Throws<ArgumentException>(() => Parameters.Flag(Name, true)).Message,
            StringComparison.Ordinal);
        Assert.EndsWith(
            "expected one of a, b, such as a.",
            Assert.Throws<ArgumentException>(() => Parameters.Choice(Name, "a", "a", "b")).Message,
            StringComparison.Ordinal);
        Set("NaN");
        Assert.Throws<ArgumentException>(() => Parameters.Double(Name, 0.5));
    }

    private static void Set(string value) => Environment.SetEnvironmentVariable(Variable, value);
}
