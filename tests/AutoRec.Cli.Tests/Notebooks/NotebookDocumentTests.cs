using AutoRec.Cli.Notebooks;

namespace AutoRec.Cli.Tests;

public sealed class NotebookDocumentTests
{
    // As Jupyter writes it: keys sorted, one space, text line by line; with members that this program does not know.
    private const string WellFormed = """
        {
         "cells": [
          {
           "attachments": {
            "plot.png": {
             "image/png": "aGVsbG8="
            }
           },
           "cell_type": "markdown",
           "id": "intro",
           "metadata": {
            "slideshow": {
             "slide_type": "slide"
            }
           },
           "source": [
            "# Überschrift – naïve 😀\n",
            "\n",
            "![plot](attachment:plot.png) \"quoted\" \\ back\tslash <b>&amp;</b>"
           ]
          },
          {
           "cell_type": "code",
           "execution_count": 3,
           "id": "params",
           "metadata": {
            "polyglot_notebook": {
             "kernelName": "csharp"
            },
            "tags": [
             "parameters"
            ],
            "unknown": {
             "list": [
              1,
              2.50,
              -1e-05,
              true,
              null,
              []
             ],
             "object": {}
            }
           },
           "outputs": [
            {
             "data": {
              "application/json": {
               "a": [
                1
               ]
              },
              "text/html": [
               "<b>1</b>\n",
               "\u001b[0m\u2028"
              ]
             },
             "execution_count": 3,
             "metadata": {},
             "output_type": "execute_result"
            }
           ],
           "source": [
            "1"
           ]
          },
          {
           "cell_type": "raw",
           "id": "raw",
           "metadata": {},
           "source": []
          }
         ],
         "metadata": {
          "kernelspec": {
           "display_name": ".NET (C#)",
           "language": "C#",
           "name": ".net-csharp"
          }
         },
         "nbformat": 4,
         "nbformat_minor": 5
        }

        """;

    [Fact]
    public void ToJson_WellFormedNotebook_IsTheSameToTheByte()
    {
        var text = WellFormed.Replace("\\u2028", "\u2028", StringComparison.Ordinal);
        Assert.Equal(text, NotebookDocument.Parse("a.ipynb", text).ToJson());
    }

    [Fact]
    public void Parse_KnownCells_GivesKindTagsAndSource()
    {
        var cells = NotebookDocument.Parse("a.ipynb", WellFormed).Cells;
        Assert.Equal([CellKind.Markdown, CellKind.Code, CellKind.Raw], cells.Select(cell => cell.Kind));
        Assert.Equal([1, 2, 3], cells.Select(cell => cell.Number));
        Assert.Equal(["parameters"], cells[1].Tags);
        Assert.Equal("csharp", cells[1].Language);
        Assert.Equal(3, cells[1].ExecutionCount);
        Assert.StartsWith("# Überschrift – naïve 😀\n\n![plot]", cells[0].Source);
    }

    [Fact]
    public void ToJson_SourceInOneString_WritesLines()
    {
        var notebook = NotebookDocument.Parse("a.ipynb", """{"nbformat":4,"cells":[{"source":"a\nb\n","cell_type":"code"}]}""");
        Assert.Equal("a\nb\n", notebook.Cells[0].Source);
        Assert.Contains("   \"source\": [\n    \"a\\n\",\n    \"b\\n\"\n   ]", notebook.ToJson());
    }

    [Theory]
    [InlineData("", "not valid JSON")]
    [InlineData("{\"nbformat\":4,", "not valid JSON")]
    [InlineData("{\"nbformat\":4,\"nbformat\":4,\"cells\":[]}", "not valid JSON")]
    [InlineData("[]", "not an object")]
    [InlineData("{\"cells\":[]}", "no number 'nbformat'")]
    [InlineData("{\"nbformat\":3,\"worksheets\":[]}", "nbformat 3 is not supported")]
    [InlineData("{\"nbformat\":4}", "no array 'cells'")]
    [InlineData("{\"nbformat\":4,\"cells\":[1]}", "cell 1 is not an object")]
    [InlineData("{\"nbformat\":4,\"cells\":[{\"cell_type\":\"heading\",\"source\":\"\"}]}", "cell 1 has the type 'heading'")]
    [InlineData("{\"nbformat\":4,\"cells\":[{\"cell_type\":\"code\",\"source\":[1]}]}", "cell 1 has no text 'source'")]
    public void Parse_NotANotebook_NamesFileAndReason(string json, string reason)
    {
        var error = Assert.Throws<NotebookFileException>(() => NotebookDocument.Parse("folder/a.ipynb", json));
        Assert.StartsWith("folder/a.ipynb: ", error.Message);
        Assert.Contains(reason, error.Message);
    }

    [Fact]
    public void Read_MissingFile_NamesIt() =>
        Assert.Contains("no-such.ipynb", Assert.Throws<FileNotFoundException>(() => NotebookDocument.Read("no-such.ipynb")).Message);
}
