using AutoRec.Cli.Notebooks;

namespace AutoRec.Cli.Tests;

public sealed class NotebookParametersTests
{
    private static readonly NotebookDocument Notebook = NotebookSamples.Notebook(
        ".",
        "var other = Parameters.Text(\"elsewhere\", \"\");",
        """
        parameters:
        var dataset = Parameters.Choice("dataset", "sample", "ml-1m");
        var epochs = AutoRec.Notebooks.Parameters.Int("max-epochs", 20); // Parameters.Int("comment", 1)
        var path = Path.Combine("no", "parameter");
        """);

    [Fact]
    public void NamesIn_TaggedCell_ListsWhatItReads() => Assert.Equal(["dataset", "max-epochs"], NotebookParameters.NamesIn(Notebook));

    [Fact]
    public void DefaultOf_Parameter_IsAsTheNotebookWritesIt()
    {
        Assert.Equal("20", NotebookParameters.DefaultOf(Notebook, "max-epochs"));
        Assert.Equal("\"sample\"", NotebookParameters.DefaultOf(Notebook, "dataset"));
        Assert.Null(NotebookParameters.DefaultOf(Notebook, "elsewhere"));
    }

    [Fact]
    public void Bind_KnownNames_GivesEnvironmentVariables() => Assert.Equal(
        new Dictionary<string, string?> { ["AUTOREC_DATASET"] = "ml-1m", ["AUTOREC_MAX_EPOCHS"] = "a=b" },
        NotebookParameters.Bind(Notebook, ["dataset=ml-1m", "max-epochs=a=b"]));

    [Fact]
    public void Variable_AnyName_IsTheOneThatNotebooksRead() =>
        Assert.Equal(AutoRec.Notebooks.Parameters.VariableOf("max-epochs"), NotebookParameters.Variable("max-epochs"));

    [Theory]
    [InlineData("elsewhere=1", "It has: dataset, max-epochs.")]
    [InlineData("dataset", "expected name=value")]
    [InlineData("=1", "expected name=value")]
    public void Bind_WrongSetting_SaysWhatIsExpected(string setting, string reason) =>
        Assert.Contains(reason, Assert.Throws<ArgumentException>(() => NotebookParameters.Bind(Notebook, [setting])).Message);

    [Fact]
    public void Bind_NameTwice_IsRefused() =>
        Assert.Contains(
            "twice", Assert.Throws<ArgumentException>(() => NotebookParameters.Bind(Notebook, ["dataset=a", "dataset=b"])).Message);
}
