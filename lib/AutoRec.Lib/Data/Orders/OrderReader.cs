using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using DuckDB.NET.Data;

namespace AutoRec.Data;

/// <summary>
/// Reads a shop's orders, cleans them and says what was left out and why. It takes one file of order lines, such as UCI Online Retail,
/// or a folder with <c>orders.csv</c> and, where they are, <c>order-details.csv</c> (lines that name their order, as in Northwind),
/// <c>products.csv</c> and <c>customers.csv</c>, plain or gzip.
/// </summary>
public static class OrderReader
{
    private const string Scheme = "orders:";

    private static readonly Dictionary<string, string[]> Shops = new()
    {
        ["northwind"] = ["northwind"],
        ["online-retail"] =
        [
            "online-retail/online-retail.csv",
            "online-retail/online-retail.csv.gz",
            "uci-online-retail/online-retail.csv",
            "uci-online-retail/online-retail.csv.gz",
        ],
    };

    /// <summary>The names that <see cref="Load"/> knows.</summary>
    public static IReadOnlyList<string> Names { get; } = ["sample", .. Shops.Keys];

    /// <summary>Reads orders.</summary>
    /// <param name="source">The file or the folder.</param>
    /// <param name="options">How to read them; null finds columns by their names.</param>
    /// <param name="cancellation">Ends the read.</param>
    /// <exception cref="FileNotFoundException">There is nothing at <paramref name="source"/>, or no file of orders in it.</exception>
    /// <exception cref="DataFileException">A file cannot be read or lacks a column, or no line is a purchase.</exception>
    public static OrderLog Read(string source, OrderOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(source);
        var files = OrderFiles.Find(source);
        using var database = new OrderDatabase(options ?? new OrderOptions(), cancellation);
        return database.Read(source, files);
    }

    /// <summary>Loads a shop's orders by name.</summary>
    /// <param name="name"><c>sample</c>, which is drawn anew (<c>data/sample</c> holds the same as files); <c>northwind</c> or
    /// <c>online-retail</c>, whose files lie in a folder of that name in the data folder; or a path as <see cref="Read"/> takes it.</param>
    /// <param name="dataFolder">The folder of data sets; null looks as <see cref="DataSets.Load"/> does.</param>
    /// <inheritdoc cref="Read" path="/exception"/>
    public static OrderLog Load(string name, string? dataFolder = null) => LoadShop(name, new OrderOptions(), dataFolder);

    /// <summary>Loads orders as ratings are read: with their encoding, separator and format of times.</summary>
    internal static OrderLog LoadAs(string name, ReadOptions options) => LoadShop(
        name,
        new OrderOptions { Encoding = options.Encoding, Separator = options.Separator, TimeFormat = options.TimeFormat },
        dataFolder: null);

    private static OrderLog LoadShop(string name, OrderOptions options, string? dataFolder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (name == "sample")
        {
            return Sample();
        }

        if (!Shops.TryGetValue(name, out var shop))
        {
            return Read(name, options);
        }

        var folder = dataFolder ?? DataFolders.Default() ?? ".";
        var found = shop.Select(place => Path.Combine(folder, place)).FirstOrDefault(Path.Exists) ?? throw new FileNotFoundException(
            $"The orders of {name} are not here: {string.Join(" or ", shop)} was looked for in '{folder}'. "
            + "data/README.md says where they come from; "
            + $"the data folder is named by {DataFolders.Variable} or --data-dir.");
        return Read(found, options);
    }

    /// <summary>The shop that <c>orders:SHOP</c> names; null for any other text.</summary>
    internal static string? ShopOf(string source) =>
        source.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && source.Length > Scheme.Length ? source[Scheme.Length..] : null;

    private static OrderLog Sample()
    {
        using var folder = new ScratchFolder("orders");
        SampleOrders.Write(SampleGenerator.Generate(), folder.Path);
        var log = Read(folder.Path);
        return new OrderLog(
            log.Customers,
            log.Products,
            [.. log.CustomerRows],
            [.. log.ProductRows],
            [.. log.Quantities],
            [.. log.Times],
            log.Report with { Source = "sample" })
        {
            ProductNames = log.ProductNames,
            CustomerNames = log.CustomerNames,
        };
    }
}

/// <summary>The files of a shop; those that are not there are null.</summary>
internal sealed record OrderFiles(string Orders, string? Lines, string? Products, string? Customers)
{
    public static OrderFiles Find(string source)
    {
        if (File.Exists(source))
        {
            return new OrderFiles(source, null, null, null);
        }

        if (!Directory.Exists(source))
        {
            throw new FileNotFoundException($"{source}: There is no such file or folder.", source);
        }

        var orders = In("orders")
            ?? throw new FileNotFoundException($"{source}: There is no orders.csv (or .tsv, .csv.gz) in this folder.", source);
        return new OrderFiles(orders, In("orderdetails", "orderlines", "orderitems", "lineitems"), In("products"), In("customers"));

        string? In(params string[] names) => Directory.EnumerateFiles(source).Order(StringComparer.Ordinal).FirstOrDefault(path =>
            Regex.Match(Path.GetFileName(path), @"^([\w\- ]+)\.(csv|tsv|txt)(\.gz)?$", RegexOptions.IgnoreCase) is { Success: true } match
            && names.Contains(Layout.Plain(match.Groups[1].Value)));
    }
}

/// <summary>The tables: <c>lines</c> (order_id, customer, product, name, quantity, time), cleaned step by step.</summary>
internal sealed class OrderDatabase(OrderOptions options, CancellationToken cancellation) : DuckDbSession(cancellation)
{
    private static readonly string[] OrderNames = ["orderid", "order", "ordernumber", "invoiceno", "invoice", "invoiceid", "name"];
    private static readonly string[] CustomerNames = ["customerid", "customer", "userid", "user", "email"];
    private static readonly string[] ProductNames = ["lineitemsku", "sku", "stockcode", "productid", "product", "itemid", "item"];
    private static readonly string[] QuantityNames = ["lineitemquantity", "quantity", "qty"];
    private static readonly string[] TimeNames = ["orderdate", "invoicedate", "createdat", "date", "timestamp", "time"];
    private static readonly string[] LineNameNames = ["lineitemname", "productname", "description", "title"];
    private static readonly string[] TitleNames =
        ["productname", "name", "title", "description", "companyname", "customername", "fullname", "contactname"];

    private const string Spare = "autorec_spare";

    private long unevenLines;
    private bool takesComma;

    public OrderLog Read(string source, OrderFiles files)
    {
        try
        {
            var lineFile = files.Lines ?? files.Orders;
            Load("orders", files.Orders);
            if (files.Lines is not null)
            {
                Load("details", files.Lines);
            }

            CreateLines(files, lineFile);
            var total = Number("SELECT count(*) FROM lines");
            var dropped = Clean();
            var kept = Number("SELECT count(*) FROM lines");
            if (kept == 0)
            {
                var reasons = dropped.Where(step => step.Rows > 0).Select(step => $"{step.Rows} {step.Reason}");
                throw new DataFileException(
                    source,
                    $"None of the {total} order lines is a purchase: {string.Join(", ", reasons)}.");
            }

            var orders = (int)Number("SELECT count(DISTINCT order_id) FROM lines");
            return ToLog(new OrderReport(source, total, kept, orders, dropped) { UnevenLines = unevenLines }, files);
        }
        catch (DuckDBException error)
        {
            Cancellation.ThrowIfCancellationRequested();
            throw DiskFull.Is(error) ? DiskFull.TemporaryError(error)
                : new DataFileException(source, $"The orders cannot be read: {error.Message.ReplaceLineEndings(" ")}", error);
        }
    }

    private void Load(string table, string path)
    {
        // Exports are sloppy: a comma in an address that is not quoted makes a line longer than the header. Such lines are read all
        // the same, without what is too much; what they say of customer, time and quantity is checked later like all else.
        var columns = 0;
        DuckDBAppender? appender = null;
        try
        {
            takesComma |= TextRows.Read(
                path,
                (line, fields) =>
                {
                    if (appender is null)
                    {
                        columns = fields.Length;
                        Execute($"CREATE TEMP TABLE {table} ({string.Join(", ", Header(fields).Select(name => $"{Name(name)} VARCHAR"))})");
                        appender = Connection.CreateAppender(table);
                        return;
                    }

                    if ((line & 0xfff) == 0)
                    {
                        Cancellation.ThrowIfCancellationRequested();
                    }

                    unevenLines += fields.Length > columns ? 1 : 0;
                    var row = appender.CreateRow();
                    for (var i = 0; i < columns; i++)
                    {
                        row.AppendValue(i < fields.Length && fields[i] is not ("" or "NULL") ? fields[i] : null);
                    }

                    row.EndRow();
                },
                options.Separator,
                options.Encoding,
                Cancellation);
        }
        finally
        {
            appender?.Dispose();
        }
    }

    private static string[] Header(string[] fields)
    {
        string[] names = [.. fields];
        for (var i = 0; i < names.Length; i++)
        {
            // A column without a name, or with one that was there before, can be asked for by nobody.
            names[i] = names[i].Length == 0 || names.AsSpan(0, i).Contains(names[i]) ? $"{Spare}_{i}" : names[i];
        }

        return names;
    }

    /// <summary>Makes the table <c>name</c> (text, value) of what the texts of a column mean, by the grammar of all readers.</summary>
    private void Translate(string name, string table, string column, Func<IReadOnlyList<byte[]>, IEnumerable<double?>> meaning)
    {
        List<string> texts = [];
        using (var command = Command($"SELECT DISTINCT {Name(column)} FROM {table} WHERE {Name(column)} IS NOT NULL ORDER BY 1"))
        using (var reader = command.ExecuteReader())
        {
            while (reader.Read())
            {
                texts.Add(reader.GetString(0));
            }
        }

        Execute($"CREATE TEMP TABLE {name} (text VARCHAR, value DOUBLE)");
        using var appender = Connection.CreateAppender(name);
        foreach (var (text, value) in texts.Zip(meaning([.. texts.Select(text => Encoding.UTF8.GetBytes(text.Trim()))])))
        {
            appender.CreateRow().AppendValue(text).AppendValue(value).EndRow();
        }
    }

    private IEnumerable<double?> Quantities(IReadOnlyList<byte[]> texts) =>
        texts.Select(text => Numbers.Parse(text, takesComma, out var value) is null ? value : (double?)null);

    private double?[] Times(IReadOnlyList<byte[]> texts, string path)
    {
        var format = options.TimeFormat is { } named ? TimeFormat.Named(named) : TimeFormat.Recognise(texts);
        if (format is null)
        {
            return new double?[texts.Count]; // counted as times that cannot be read
        }

        var order = default(DateOrder);
        var (times, good) = (new long[texts.Count], new bool[texts.Count]);
        for (var i = 0; i < times.Length; i++)
        {
            good[i] = format.Parse(texts[i], i + 1, out times[i], ref order) is null;
        }

        if (format.Kind == TimeKind.DayOrMonthFirst)
        {
            TimeFormat.Decided(times, order, path);
        }

        return [.. times.Select((time, i) => good[i] ? time : (double?)null)];
    }

    private void CreateLines(OrderFiles files, string lineFile)
    {
        var lineTable = files.Lines is null ? "orders" : "details";
        var (lines, orders) = (Columns(lineTable), Columns("orders"));
        var order = Find(lines, lineFile, "order", options.Columns.Order, OrderNames);
        var customer = Find(orders, files.Orders, "customer", options.Columns.Customer, CustomerNames);
        var product = Find(lines, lineFile, "product", options.Columns.Product, ProductNames);
        var quantity = Find(lines, lineFile, "quantity", options.Columns.Quantity, QuantityNames);
        var time = Find(orders, files.Orders, "time of the order", options.Columns.Time, TimeNames);
        var name = Match(lines, options.Columns.ProductName, LineNameNames);
        var from = files.Lines is null
            ? "orders o"
            : $"details l LEFT JOIN orders o ON l.{Name(order)} = "
                + $"o.{Name(Find(orders, files.Orders, "order", options.Columns.Order, OrderNames))}";
        var l = files.Lines is null ? "o" : "l";
        var row = files.Lines is null ? "o.rowid" : "l.rowid";
        Translate("quantities", lineTable, quantity, Quantities);
        Translate("times", "orders", time, texts => Times(texts, files.Orders));
        Execute($"""
            CREATE TEMP TABLE lines AS SELECT trim({l}.{Name(order)}) AS order_id,
            regexp_replace(trim(o.{Name(customer)}), '\.0+$', '') AS customer,
            trim({l}.{Name(product)}) AS product,
            {(name is null ? "NULL::VARCHAR" : $"trim({l}.{Name(name)})")} AS name,
            quantities.value AS quantity, times.value AS time
            FROM {from} LEFT JOIN quantities ON {l}.{Name(quantity)} = quantities.text LEFT JOIN times ON o.{Name(time)} = times.text
            ORDER BY {row}
            """);
    }

    /// <summary>Takes away what is no purchase; a line counts for the first reason that it meets.</summary>
    private List<Dropped> Clean()
    {
        List<Dropped> dropped = [];
        Drop("no customer", "coalesce(customer, '') = ''");
        Drop("no product", "coalesce(product, '') = ''");
        Drop("cancelled order", Matches("order_id", options.Cancellations));
        Drop("not a product (postage, fee, voucher, ...)", Matches("product", options.NonProducts));
        Drop("quantity is no number", "quantity IS NULL OR NOT isfinite(quantity)");
        Drop("quantity not above 0", "quantity <= 0");
        Drop("time cannot be read", "time IS NULL");
        Drop(
            "same line again in the same order",
            "rowid NOT IN (SELECT arg_min(rowid, coalesce(name, '')) FROM lines "
            + "GROUP BY order_id, customer, product, quantity, time)");
        return dropped;

        void Drop(string reason, string condition)
        {
            var rows = Number($"SELECT count(*) FROM lines WHERE {condition}");
            Execute($"DELETE FROM lines WHERE {condition}");
            dropped.Add(new Dropped(reason, rows));
        }

        static string Matches(string column, Regex pattern) =>
            $"regexp_full_match(coalesce({column}, ''), {Text(pattern.ToString())}, 'i')";
    }

    private OrderLog ToLog(OrderReport report, OrderFiles files)
    {
        var (customers, products) = (Ids("customer"), Ids("product"));
        List<int> customerRows = [];
        List<int> productRows = [];
        List<float> quantities = [];
        List<long> times = [];
        using (var command = Command(
            "SELECT customer, product, quantity, floor(time)::BIGINT FROM lines ORDER BY customer, product, time, quantity"))
        using (var reader = command.ExecuteReader())
        {
            while (reader.Read())
            {
                customerRows.Add(customers.RowOf(reader.GetString(0)));
                productRows.Add(products.RowOf(reader.GetString(1)));
                quantities.Add((float)reader.GetDouble(2));
                times.Add(reader.GetInt64(3));
            }
        }

        string[] productNames = [.. products];
        Titles(
            "SELECT product, name FROM lines WHERE name IS NOT NULL GROUP BY product, name ORDER BY count(*), name",
            products,
            productNames); // the usual name comes last
        FromFile("products", files.Products, [options.Columns.Product, options.Columns.ProductName], ProductNames, products, productNames);
        string[] customerNames = [.. customers];
        FromFile("customers", files.Customers, [options.Columns.Customer, null], CustomerNames, customers, customerNames);
        return new OrderLog(customers, products, [.. customerRows], [.. productRows], [.. quantities], [.. times], report)
        {
            ProductNames = productNames,
            CustomerNames = customerNames,
        };
    }

    private IdIndex Ids(string column)
    {
        var ids = new IdIndex();
        using var command = Command($"SELECT DISTINCT {column} FROM lines");
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            ids.GetOrAdd(reader.GetString(0));
        }

        return CanonicalOrder.Sort(ids, []);
    }

    private void FromFile(string table, string? path, string?[] asked, string[] idNames, IdIndex index, string[] titles)
    {
        if (path is null)
        {
            return;
        }

        Load(table, path);
        var columns = Columns(table);
        if ((Match(columns, asked[0], idNames) ?? Match(columns, null, ["id"])) is { } id
            && Match(columns, asked[1], TitleNames) is { } title)
        {
            Titles(
                $"SELECT trim({Name(id)}), trim({Name(title)}) FROM {table} "
                + $"WHERE {Name(id)} IS NOT NULL AND {Name(title)} IS NOT NULL ORDER BY 2",
                index,
                titles);
        }
    }

    /// <summary>Takes ids and titles; of several titles of one id the last.</summary>
    private void Titles(string sql, IdIndex index, string[] titles)
    {
        using var command = Command(sql);
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            if (index.TryGetRow(reader.GetString(0), out var row) && reader.GetString(1) is { Length: > 0 } title)
            {
                titles[row] = title;
            }
        }
    }

    private string[] Columns(string table)
    {
        List<string> names = [];
        using var command = Command(string.Create(CultureInfo.InvariantCulture, $"DESCRIBE {table}"));
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            names.Add(reader.GetString(0));
        }

        return [.. names];
    }

    private static string Find(string[] columns, string path, string part, string? asked, string[] names) =>
        Match(columns, asked, names) ?? throw new DataFileException(
            path,
            (asked is null
                ? $"There is no column for the {part}: one of {string.Join(", ", names)} is expected, or its name in the options."
                : $"There is no column '{asked}' for the {part}.")
            + $" The columns are: {string.Join(", ", columns.Where(column => !column.StartsWith(Spare, StringComparison.Ordinal)))}.");

    private static string? Match(string[] columns, string? asked, string[] names) => asked is not null
        ? Array.Find(columns, column => string.Equals(column, asked, StringComparison.OrdinalIgnoreCase))
        : names.Select(name => Array.Find(columns, column => Layout.Plain(column) == name))
            .FirstOrDefault(column => column is not null);
}
