using System.Text.Json.Nodes;
using AutoRec.Cli.Notebooks;

namespace AutoRec.Cli.Tests;

public sealed class NotebookComparisonTests
{
    [Theory]
    [InlineData("RMSE 0.8373", "RMSE 0.8374")]
    [InlineData("epoch 120: 1,234.5 of 6,040", "epoch 121: 1,239.9 of 6,040")]
    [InlineData("0.0012", "0.0013")]
    [InlineData("model   RMSE\n------  ----\nbias    0.94", "model  RMSE\n-----  ----\nbias   0.94")]
    public void Differences_OnlyRounding_None(string expected, string actual) => Assert.Empty(Differences(expected, actual));

    [Theory]
    [InlineData("RMSE 0.8373", "RMSE 0.8523", "'0.8373' is expected, it is '0.8523', after 'RMSE'")]
    [InlineData("best: ease", "best: mult-vae", "'ease' is expected, it is 'mult-vae', after 'best:'")]
    [InlineData("6,040 users", "6,140 users", "'6,040' is expected, it is '6,140'")]
    [InlineData("12 users", "13 users", "'12' is expected")]
    [InlineData("-0.5", "0.5", "'-0.5' is expected")]
    [InlineData("one two", "one", "'two' is expected, it is 'the end'")]
    public void Differences_AnotherResult_IsNamed(string expected, string actual, string reason) =>
        Assert.Contains(reason, Assert.Single(Differences(expected, actual)));

    [Fact]
    public void Differences_CodeCountOrKind_AreNamed()
    {
        var (expected, actual) = (Run("a", 1), Run("b", 1));
        Assert.Equal("cell 1: the code is another", Assert.Single(NotebookComparison.Differences(expected, actual)));
        Assert.Contains("count [1] is expected, it is [2]", Assert.Single(NotebookComparison.Differences(Run("a", 1), Run("a", 2))));
        Assert.Contains(
            "0 outputs are expected, there are 1", Assert.Single(NotebookComparison.Differences(Run("a", 1), Run("a", 1, Stream("x")))));
        Assert.Contains(
            "stream stdout is expected, it is display_data text/html",
            Assert.Single(NotebookComparison.Differences(
                Run("a", 1, Stream("x")),
                Run("a", 1, new JsonObject { ["output_type"] = "display_data", ["data"] = new JsonObject { ["text/html"] = "x" } }))));
    }

    [Fact]
    public void Differences_OfACellThatVaries_AreOfKindsAlone()
    {
        JsonObject[] outputs = [Stream("12 s"), Stream("19 s"), new JsonObject { ["output_type"] = "error", ["evalue"] = "19 s" }];
        NotebookDocument Varying(JsonObject output)
        {
            var notebook = NotebookSamples.Notebook(".", "varies:a");
            notebook.Cells[0].SetOutputs(1, [output]);
            return notebook;
        }

        var runs = Array.ConvertAll(outputs, Varying);
        Assert.Empty(NotebookComparison.Differences(runs[0], runs[1]));
        Assert.Contains("it is error", Assert.Single(NotebookComparison.Differences(runs[0], runs[2])));
    }

    [Theory]
    [InlineData("ease 0.100 of 20", "ease 0.104 of 21", true)]
    [InlineData("ease 0.100 of 20", "ease 0.106 of 20", false)]
    [InlineData("ease 0.100 of 20", "bias 0.100 of 20", false)]
    public void Differences_OfACellThatStatesATolerance_AreThoseOfWordsAndBeyondIt(string expected, string actual, bool agrees)
    {
        NotebookDocument Tolerant(string text)
        {
            var notebook = NotebookSamples.Notebook(".", "within-5%:a");
            notebook.Cells[0].SetOutputs(1, [Stream(text)]);
            return notebook;
        }

        Assert.Equal(agrees, NotebookComparison.Differences(Tolerant(expected), Tolerant(actual)).Count == 0);
    }

    private static IReadOnlyList<string> Differences(string expected, string actual) =>
        NotebookComparison.Differences(Run("a", 1, Stream(expected)), Run("a", 1, Stream(actual)));

    private static JsonObject Stream(string text) => new() { ["output_type"] = "stream", ["name"] = "stdout", ["text"] = text };

    private static NotebookDocument Run(string code, int count, params JsonObject[] outputs)
    {
        var notebook = NotebookSamples.Notebook(".", code);
        notebook.Cells[0].SetOutputs(count, outputs);
        return notebook;
    }
}
