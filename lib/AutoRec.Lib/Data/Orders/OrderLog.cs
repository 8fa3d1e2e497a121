using System.Collections.Immutable;

namespace AutoRec.Data;

/// <summary>What was met while orders were read.</summary>
/// <param name="Source">The folder or file.</param>
/// <param name="Lines">Order lines in all.</param>
/// <param name="Kept">Lines that are purchases.</param>
/// <param name="Orders">Orders with a line that was kept.</param>
/// <param name="Dropped">Why the others were left out, in the order of the steps; a line counts for the first reason that it meets.</param>
public sealed record OrderReport(string Source, long Lines, long Kept, int Orders, IReadOnlyList<Dropped> Dropped)
{
    /// <summary>
    /// Lines of the files with more fields than their header, as from a comma that is not quoted; they are read all the same.
    /// </summary>
    public long UnevenLines { get; init; }
}

/// <summary>
/// The cleaned order lines of a shop: who bought what, how many, and when. Customers and products are sorted by their ids as in
/// <see cref="Interactions"/>, lines by customer, product, time and quantity.
/// </summary>
public sealed class OrderLog
{
    internal OrderLog(
        IdIndex customers, IdIndex products, int[] customerRows, int[] productRows, float[] quantities, long[] times, OrderReport report)
    {
        (Customers, Products, Report) = (customers, products, report);
        CustomerRows = [.. customerRows];
        ProductRows = [.. productRows];
        Quantities = [.. quantities];
        Times = [.. times];
    }

    /// <summary>What was read and what was left out.</summary>
    public OrderReport Report { get; }

    /// <summary>Customer ids and their rows.</summary>
    public IdIndex Customers { get; }

    /// <summary>Product codes and their rows.</summary>
    public IdIndex Products { get; }

    /// <summary>The name of each product, by row; its code where no name is known.</summary>
    public required IReadOnlyList<string> ProductNames { get; init; }

    /// <summary>The name of each customer, by row; the id where no name is known.</summary>
    public required IReadOnlyList<string> CustomerNames { get; init; }

    /// <summary>The customer's row of each line.</summary>
    public ImmutableArray<int> CustomerRows { get; }

    /// <summary>The product's row of each line.</summary>
    public ImmutableArray<int> ProductRows { get; }

    /// <summary>The units of each line, above 0.</summary>
    public ImmutableArray<float> Quantities { get; }

    /// <summary>When each line was ordered, in seconds since 1970-01-01 UTC.</summary>
    public ImmutableArray<long> Times { get; }

    /// <summary>
    /// The lines added up to one interaction for each customer and product: how many units were bought, and when first. All
    /// parts of a shop share <see cref="Customers"/> and <see cref="Products"/>.
    /// </summary>
    /// <param name="from">Counts lines of this time or later; null from the beginning.</param>
    /// <param name="before">Counts lines before this time; null to the end.</param>
    public Interactions Counts(DateTimeOffset? from = null, DateTimeOffset? before = null)
    {
        var window = new InteractionFilter { From = from, Before = before };
        window.Validate();
        int[] lines = [.. Enumerable.Range(0, Times.Length).Where(i => window.IsInWindow(Times[i]))];
        var columns = new InteractionColumns(Customers, Products, Of(CustomerRows), Of(ProductRows), Of(Quantities), Of(Times));
        return Interactions.Of(columns, DuplicateRule.Sum, new FeedbackRule { Kind = FeedbackKind.Counts }, out _);

        T[] Of<T>(ImmutableArray<T> column) => Array.ConvertAll(lines, line => column[line]);
    }

    /// <summary>The shop as a data set of counted purchases.</summary>
    public DataSet ToDataSet() => new()
    {
        Name = Report.Source,
        Title = Path.GetFileName(Path.TrimEndingDirectorySeparator(Report.Source)),
        Source = "a shop's orders",
        Interactions = Counts(),
        ItemTitles = ProductNames,
        UserNames = CustomerNames,
    };
}
