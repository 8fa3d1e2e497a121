using System.Text.RegularExpressions;

namespace AutoRec.Data;

/// <summary>How to read a shop's orders.</summary>
public sealed record OrderOptions
{
    /// <summary>Which columns hold what. Default: found by their names.</summary>
    public OrderColumns Columns { get; init; } = new();

    /// <summary>
    /// Which product codes are no products, whole codes in any case. Default: postage, fees, discounts, manual entries, vouchers and
    /// samples as shops commonly code them (POST, DOT, M, C2, D, S, B, BANK CHARGES, AMAZONFEE, CRUK, PADS, GIFT_..., and plain words).
    /// </summary>
    public Regex NonProducts { get; init; } = new(
        @"POST|DOT|M|C2|D|S|B|BANK CHARGES|AMAZONFEE|CRUK|PADS|ADJUST\d*|GIFT_.*|TEST\d*"
            + "|POSTAGE|SHIPPING|DELIVERY|DISCOUNT|FEE|VOUCHER|SAMPLES?|MANUAL",
        RegexOptions.CultureInvariant);

    /// <summary>What separates fields, as <see cref="ReadOptions.Separator"/>. Default: null, recognised.</summary>
    public string? Separator { get; init; }

    /// <summary>The encoding of the files, as <see cref="ReadOptions.Encoding"/>. Default: null, recognised.</summary>
    public string? Encoding { get; init; }

    /// <summary>How times are written, as <see cref="ReadOptions.TimeFormat"/>. Default: null, recognised.</summary>
    public string? TimeFormat { get; init; }

    /// <summary>
    /// Which order numbers mark a cancellation, whole numbers in any case. Default: a C before digits, as in <c>C536379</c>.
    /// </summary>
    public Regex Cancellations { get; init; } = new(@"C\d+", RegexOptions.CultureInvariant);
}

/// <summary>
/// The columns of files of orders. Null finds a column by the names that are usual, whatever their case, blanks, hyphens and
/// underscores: those of shop exports (<c>customer_id</c>, <c>lineitem_sku</c>, <c>lineitem_quantity</c>), of Northwind
/// (<c>customerID</c>, <c>productID</c>, <c>quantity</c>) and of UCI Online Retail (<c>CustomerID</c>, <c>StockCode</c>, <c>Quantity</c>).
/// </summary>
/// <param name="Order">The order's number.</param>
/// <param name="Customer">The customer's id.</param>
/// <param name="Product">The product's code.</param>
/// <param name="Quantity">How many were bought.</param>
/// <param name="Time">When the order was placed.</param>
/// <param name="ProductName">The product's name, in the lines or in the file of products.</param>
public sealed record OrderColumns(
    string? Order = null,
    string? Customer = null,
    string? Product = null,
    string? Quantity = null,
    string? Time = null,
    string? ProductName = null);
