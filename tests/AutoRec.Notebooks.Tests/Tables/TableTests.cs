using AngleSharp.Html.Parser;

namespace AutoRec.Notebooks.Tests;

public sealed class TableTests
{
    private sealed record Row(string Model, double Rmse, int ItemCount, double? Novelty);

    [Fact]
    public void ToString_Records_AlignsNumbersToTheRight()
    {
        Row[] rows = [new("bias", 0.91234, 1000, null), new("autorec-item", 0.8, 20, 12.5)];
        Assert.Equal(
            """
            Models
            model         rmse ↓  item count  novelty
            ------------  ------  ----------  -------
            bias          0.9123       1,000        –
            autorec-item  0.8000          20    12.50
            """.ReplaceLineEndings("\n"),
            Table.Of(rows, "Models").ToString());
    }

    [Fact]
    public void ToHtml_DataFrame_HasHeadAndRowsAndSaysHowManyMore()
    {
        var frame = DataFrames.Of(DataFrames.Column("user", ["a", "b", "c"]), DataFrames.Column("ratings", [1, 2000, 3]));
        var page = new HtmlParser().ParseDocument(Table.Of(frame, rows: 2).ToHtml());
        Assert.Equal(["user", "ratings"], page.QuerySelectorAll("th").Select(cell => cell.TextContent));
        Assert.Equal(["a", "1", "b", "2,000"], page.QuerySelectorAll("td").Select(cell => cell.TextContent));
        Assert.Equal("... and 1 more rows", page.QuerySelector("em")!.TextContent);
        Assert.Contains("right", page.QuerySelectorAll("td")[1].GetAttribute("style"), StringComparison.Ordinal);
        Assert.Contains("left", page.QuerySelectorAll("td")[0].GetAttribute("style"), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_MetricColumns_MarksTheBestAndTheDirection()
    {
        var table = Table.Of(DataFrames.Of(
            DataFrames.Column("model", ["a", "b", "c", "d"]),
            DataFrames.Column("RMSE", [0.9, 0.80001, 0.8, double.NaN]),
            DataFrames.Column("NDCG@10", [0.1, 0.3, 0.2, double.NaN]),
            DataFrames.Column("epochs", [3, 2, 1, 0])));
        var page = new HtmlParser().ParseDocument(table.ToHtml());
        Assert.Equal(["model", "RMSE ↓", "NDCG@10 ↑", "epochs"], page.QuerySelectorAll("th").Select(cell => cell.TextContent));
        Assert.Equal(
            ["lower is better", "higher is better"], page.QuerySelectorAll("th span").Select(arrow => arrow.GetAttribute("title")));

        // What looks the same is the same to a reader.
        Assert.Equal(["0.8000", "0.3000", "0.8000"], page.QuerySelectorAll("td > strong").Select(cell => cell.TextContent));
        Assert.Equal("model  RMSE ↓  NDCG@10 ↑  epochs", table.ToString().Split('\n')[0]);
    }

    [Fact]
    public void Of_NothingToChooseBetween_MarksNone()
    {
        var frame = DataFrames.Of(DataFrames.Column("RMSE", [0.9, 0.9]), DataFrames.Column("MAE", [0.8, double.NaN]));
        Assert.DoesNotContain("<strong>", Table.Of(frame).ToHtml(), StringComparison.Ordinal);

        // The best may be in a row that is not shown.
        frame = DataFrames.Of(DataFrames.Column("RMSE", [0.9, 0.8, 0.7]));
        Assert.DoesNotContain("<strong>", Table.Of(frame, rows: 2).ToHtml(), StringComparison.Ordinal);
    }

    [Fact]
    public void ToHtml_MarkupInCells_IsEscaped()
    {
        var html = Table.Of(DataFrames.Of(DataFrames.Column("<i>", ["<script>alert(1)</script>"])), "<b>").ToHtml();
        Assert.DoesNotContain("<script>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<i>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Facts_NumbersAndWords_AreShownShort() =>
        Assert.Equal(
            "ratings   100,000\ndensity   0.063\ntimed     yes",
            string.Join(
                '\n',
                Table.Facts(null, ("ratings", 100_000), ("density", 0.0630467), ("timed", true)).ToString().Split('\n').Select(Squeeze)));

    [Fact]
    public void Of_NoRows_ShowsTheHead() => Assert.StartsWith("model", Table.Of(Array.Empty<Row>()).ToString(), StringComparison.Ordinal);

    private static string Squeeze(string line)
    {
        var parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return $"{parts[0],-9} {parts[1]}";
    }
}
