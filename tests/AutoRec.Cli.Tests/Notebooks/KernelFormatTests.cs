using AutoRec.Data;
using AutoRec.Notebooks;
using Microsoft.DotNet.Interactive.Formatting;

namespace AutoRec.Cli.Tests.Notebooks;

/// <summary>What a kernel shows of the notebooks' values: it asks the formatting package, as these tests do.</summary>
public sealed class KernelFormatTests
{
    [Fact]
    public void Figure_InAKernel_IsAPictureAndAText()
    {
        var figure = Chart.Bar("Ratings", "rating (stars)", "ratings", ["1", "2"], [3, 4]);
        Assert.Equal(["text/html", "text/plain"], Formatter.GetPreferredMimeTypesFor(typeof(Figure)));
        Assert.Equal(figure.ToHtml(), figure.ToDisplayString("text/html"));
        Assert.Equal("[chart] Ratings: ratings by category: 1: 3; 2: 4", figure.ToDisplayString("text/plain"));
    }

    [Fact]
    public void DataFrame_InAKernel_IsATable()
    {
        var frame = DataFrames.Of(DataFrames.Column("user", ["a"]), DataFrames.Column("ratings", [1234]));
        Assert.Equal(["text/html", "text/plain"], Formatter.GetPreferredMimeTypesFor(frame.GetType()));
        Assert.Contains("<td style=\"text-align:right;padding:.15em .7em;white-space:nowrap\">1,234</td>", frame.ToDisplayString("text/html"), StringComparison.Ordinal);
        Assert.Equal("user  ratings\n----  -------\na       1,234", frame.ToDisplayString("text/plain"));
    }

    [Fact]
    public void Matrix_InAKernel_IsASummary()
    {
        _ = Takeaway.Of($"A first use of the library registers its formatters.");
        var matrix = InteractionMatrix.FromTriplets(2, 3, [0, 1], [2, 0], [5f, 1f], RatingScale.OneToFive);
        Assert.Equal("sparse matrix\nrows     2\ncolumns  3\nentries  2", matrix.ToDisplayString("text/plain"));
    }
}
