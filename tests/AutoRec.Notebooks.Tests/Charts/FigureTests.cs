using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using AutoRec.Training;

namespace AutoRec.Notebooks.Tests;

public sealed class FigureTests
{
    public static TheoryData<string> Kinds => [.. Examples.Keys];

    private static Dictionary<string, Func<Figure>> Examples => new()
    {
        ["bar"] = () => Chart.Bar("Ratings", "rating (stars)", "ratings", ["1", "2", "3"], [10, 250, 40]),
        ["bars that lie down"] = () =>
            Chart.Bar(
                "By category",
                "category",
                "ratings",
                Enumerable.Range(1, 9).Select(i => $"a long category name {i}"),
                Enumerable.Range(1, 9)),
        ["histogram"] = () => Chart.Histogram("Ratings per user", "ratings of a user", "users", [1, 2, 2, 3, 9]),
        ["logarithmic histogram"] = () =>
            Chart.Histogram("Ratings per item", "ratings of an item", "items", [0, 1, 10, 100, 1000], logX: true),
        ["line"] = () =>
            Chart.Line(
                "Precision",
                "K",
                "Precision@K",
                [Series.Of("popularity", [1, 5, 10], [0.3, 0.2, double.NaN]), Series.Of("bias", [1, 5, 10], [0.4, 0.3, 0.2])]),
        ["time"] = () => Chart.Time("Over time", "ratings", [Series.Of("", [946684800.0, 978307200.0], [5, 7])]),
        ["scatter"] = () =>
            Chart.Scatter(
                "Means", "ratings", "mean rating (stars)", [Series.Of("items", Enumerable.Range(1, 900), Enumerable.Range(1, 900))]),
        ["heat map"] = () =>
            Chart.HeatMap(
                "Means",
                "category",
                "age",
                ["toys", "books"],
                ["young", "old"],
                new[,
                ] { { 1.5, 2 }, { 3, double.NaN } },
                "mean rating (stars)"),
        ["long tail"] = () => Chart.LongTail("Popularity", "movies", "ratings", [1, 1, 8, 90]),
        ["training curve"] = () => Chart.TrainingCurve("AutoRec", History),
        ["intervals"] = () => Chart.Intervals("Differences", "NDCG@10", ["a", "b"], [0.1, -0.2], [0, -0.3], [0.2, -0.1]),
        ["no values"] = () => Chart.Histogram("Nothing", "x", "y", Array.Empty<int>()),
        ["one value"] = () => Chart.Line("A point", "x", "y", [Series.Of("a", [3], [3])]),
    };

    private static EpochReport[] History =>
    [
        new(1, 3, 1.25, "rmse", 1.5, "rmse", true, IsLast: false, TimeSpan.FromSeconds(1)),
        new(2, 3, 0.75, "rmse", 1.125, "rmse", true, IsLast: false, TimeSpan.FromSeconds(2)),
        new(3, 3, 0.5, "rmse", 1.375, "rmse", false, IsLast: false, TimeSpan.FromSeconds(3)),
    ];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void ToSvg_AnyKind_IsXmlInsideItsBox(string kind)
    {
        var svg = XDocument.Parse(Examples[kind]().ToSvg()).Root!;
        Assert.Equal("720", (string?)svg.Attribute("width"));
        Assert.DoesNotContain("NaN", svg.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("∞", svg.ToString(), StringComparison.Ordinal);
        var height = double.Parse((string)svg.Attribute("height")!);
        Assert.All(
            svg.Descendants().Where(element => element.Name.LocalName is "text" or "rect" && element.Attribute("y") is not null),
            element => Assert.InRange((double)element.Attribute("y")!, 0, height));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void ToPlotlyJson_AnyKind_IsJsonThatCannotEndItsScript(string kind)
    {
        var json = Examples[kind]().ToPlotlyJson();
        var root = JsonDocument.Parse(json).RootElement;
        Assert.True(root.GetProperty("data").GetArrayLength() > 0);
        Assert.Equal(Examples[kind]().Title, root.GetProperty("layout").GetProperty("title").GetProperty("text").GetString());
        Assert.DoesNotContain('<', json);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void ToHtml_SameChartTwice_IsTheSameText(string kind) => Assert.Equal(Examples[kind]().ToHtml(), Examples[kind]().ToHtml());

    [Fact]
    public void ToHtml_Bar_HoldsThePictureAndItsText()
    {
        var html = Examples["bar"]().ToHtml();
        var picture = Regex.Match(html, "src=\"data:image/svg\\+xml;base64,([^\"]+)\"").Groups[1].Value;
        var svg = XDocument.Parse(Encoding.UTF8.GetString(Convert.FromBase64String(picture)));
        var texts = svg.Descendants().Where(element => element.Name.LocalName == "text").Select(element => element.Value).ToArray();
        Assert.Superset(
            new HashSet<string> { "Ratings", "rating (stars)", "ratings", "1", "2", "3", "10", "250", "40" }, texts.ToHashSet());
        Assert.Contains("alt=\"[chart] Ratings: ratings by category: 1: 10; 2: 250; 3: 40\"", html, StringComparison.Ordinal);
    }

    [Fact]
    public void ToHtml_MarkupInNames_IsEscaped()
    {
        var figure = Chart.Bar("</script><b>&", "\"x\"", "y\u0001", ["<img src=x>"], [1]);
        var html = figure.ToHtml();
        Assert.DoesNotContain("<b>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<img src=x>", html, StringComparison.Ordinal);
        Assert.Equal(2, Regex.Count(html, "</script>"));
        Assert.Contains(XDocument.Parse(figure.ToSvg()).Descendants(), element => element.Value == "</script><b>&");
    }

    [Fact]
    public void Bar_HeightsOfBars_AreInProportion()
    {
        var svg = XDocument.Parse(Examples["bar"]().ToSvg());
        var heights = svg.Descendants()
            .Where(element => element.Name.LocalName == "rect" && (string?)element.Attribute("fill") == "#0072B2")
            .Select(element => (double)element.Attribute("height")!)
            .ToArray();
        Assert.Equal(3, heights.Length);
        Assert.Equal(25, heights[1] / heights[0], 0.3); // 250 to 10, in tenths of a pixel
        Assert.Equal(6.25, heights[1] / heights[2], 0.05); // 250 to 40
    }

    [Fact]
    public void ToString_EachKind_StatesKeyNumbers()
    {
        Assert.Equal("[chart] Ratings per user: 5 users, from 1 to 9, median 2, mean 3.4", Examples["histogram"]().ToString());
        Assert.Equal(
            "[chart] Ratings per item: 4 items, from 1 to 1,000, median 55, mean 277.8; 1 without a place on the axis left out",
            Examples["logarithmic histogram"]().ToString());
        Assert.Equal(
            "[chart] Popularity: of 4 movies, the top 1 % hold 90 % of ratings, the top 10 % hold 90 % of ratings, the top 50 % hold 98 % "
                + "of ratings", Examples["long tail"]().ToString());
        Assert.Equal(
            "[chart] AutoRec: training from 1.25 to 0.5 (lowest 0.5, highest 1.25); validation from 1.5 to 1.375 (lowest 1.125, highest "
                + "1.5)", Examples["training curve"]().ToString());
        Assert.Equal("[chart] Differences: a 0.1 [0, 0.2]; b -0.2 [-0.3, -0.1]", Examples["intervals"]().ToString());
        Assert.Contains("900 points (500 of them drawn)", Examples["scatter"]().ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void TrainingCurve_WithValidation_MarksTheBestEpoch() =>
        Assert.Contains("chosen: epoch 2", Examples["training curve"]().ToSvg(), StringComparison.Ordinal);

    [Fact]
    public void TrainingCurve_OtherMeasures_ShowsValidationAlone()
    {
        var history = History.Select(report => report with { TrainMetric = "elbo", ValidationMetric = "ndcg@100" }).ToArray();
        Assert.DoesNotContain("training", Chart.TrainingCurve("VAE", history).ToString(), StringComparison.Ordinal);
        Assert.Contains("NDCG@100", Chart.TrainingCurve("VAE", history).ToSvg(), StringComparison.Ordinal);
        Assert.Contains("Elbo", Chart.TrainingError("VAE", history).ToSvg(), StringComparison.Ordinal);
    }

    [Fact]
    public void Line_SeriesOfUnequalLength_Throws() =>
        Assert.Contains(
            "'a' has 2 x values and 1 y values",
            Assert.Throws<ArgumentException>(() => Series.Of("a", [1, 2], [1])).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Bar_NamesMissing_Throws() => Assert.Throws<ArgumentException>(() => Chart.Bar("t", "c", "q", ["a"], [1, 2]));
}
