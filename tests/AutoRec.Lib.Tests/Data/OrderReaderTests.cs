using AutoRec.Data;
using AutoRec.Splitting;

namespace AutoRec.Tests;

public sealed class OrderReaderTests : IDisposable
{
    // One line for each reason to be left out, in the order of the steps, and four purchases.
    private const string Retail =
        """"
        InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
        1001,85123A,WHITE HOLDER,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom
        1001,POST,POSTAGE,1,2010-12-01 08:26:00,4.95,17850.0,United Kingdom
        1001,85123A,WHITE HOLDER,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom
        1002,85123A,,2,2010-12-03 08:26:00,2.55,17850.0,United Kingdom
        C1003,85123A,WHITE HOLDER,-6,2010-12-04 08:26:00,2.55,17850.0,United Kingdom
        1004,71053,"LANTERN, ""METAL""",1,2010-12-05 08:26:00,3.39,,United Kingdom
        1005,71053,"LANTERN, ""METAL""",3,2010-12-06 00:00:00,3.39,13047.0,France
        1006,,damaged,1,2010-12-06 08:26:00,0,13047.0,France
        1007,71053,LANTERN,-1,2010-12-07 08:26:00,3.39,13047.0,France
        1008,71053,LANTERN,many,2010-12-07 08:26:00,3.39,13047.0,France
        1009,71053,LANTERN,1,yesterday,3.39,13047.0,France
        1010,85123A,WHITE HOLDER,1,2010-12-08 09:00:00,2.55,13047.0,France
        """";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Read_OnlineRetailColumns_EveryReasonCountedOnce()
    {
        var orders = OrderReader.Read(folder.Write("online-retail.csv", Retail), cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(["13047", "17850"], orders.Customers);
        Assert.Equal(["71053", "85123A"], orders.Products);
        Assert.Equal(["LANTERN, \"METAL\"", "WHITE HOLDER"], orders.ProductNames);
        Assert.Equal([3f, 1, 6, 2], orders.Quantities);
        Assert.Equal(new DateTimeOffset(2010, 12, 8, 9, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds(), orders.Times[1]);
        Assert.Equal((12, 4, 4), (orders.Report.Lines, orders.Report.Kept, orders.Report.Orders));
        Assert.Equal(
            [
                new("no customer", 1), new("no product", 1), new("cancelled order", 1),
                new("not a product (postage, fee, voucher, ...)", 1),
                new("quantity is no number", 1), new("quantity not above 0", 1), new("time cannot be read", 1),
                new("same line again in the same order", 1),
            ],
            orders.Report.Dropped);
    }

    [Theory]
    [InlineData("12/1/2010 8:26", "12/13/2010 9:00")] // UCI's own file
    [InlineData("01.12.2010 08:26", "13.12.2010 09:00")]
    [InlineData("1/12/2010 8:26 AM", "13/12/2010 9:00 AM")]
    public void Read_DayOrMonthFirst_TheFileDecides(string first, string second)
    {
        var orders = OrderReader.Read(
            folder.Write("orders.csv", $"order;customer;product;quantity;date\n1;c1;p1;1,5;{first}\n2;c1;p2;2;{second}\n"),
            cancellation: TestContext.Current.CancellationToken);

        Assert.Equal([1291191960, 1292230800], orders.Times);
        Assert.Equal([1.5f, 2], orders.Quantities);
    }

    [Fact]
    public void Read_ShuffledLines_SameOrders()
    {
        // 17850 buys 85123A for 0.1 + 0.2 + ... units, whose sum depends on the order of adding up, and it has two names as often.
        string[] lines =
        [
            .. Retail.Split('\n')[1..],
            .. Enumerable.Range(1, 9)
                .Select(i =>
                    $"{2000 + i},85123A,{(i % 2 == 0 ? "HOLDER" : "CANDLE HOLDER")},0.{i},2011-01-01 08:26:00,2.55,17850.0,France"),
        ];
        OrderLog Read(string[] some) =>
            OrderReader.Read(
                folder.Write("online-retail.csv", string.Join('\n', [Retail.Split('\n')[0], .. some])),
                cancellation: TestContext.Current.CancellationToken);
        var expected = Read(lines);
        for (var seed = 0; seed < 5; seed++)
        {
            new Random(seed).Shuffle(lines);
            var orders = Read(lines);

            Assert.Equal(expected.Customers, orders.Customers);
            Assert.Equal(expected.Products, orders.Products);
            Assert.Equal(expected.ProductNames, orders.ProductNames);
            Assert.Equal(expected.CustomerRows, orders.CustomerRows);
            Assert.Equal(expected.ProductRows, orders.ProductRows);
            Assert.Equal(expected.Quantities, orders.Quantities);
            Assert.Equal(expected.Times, orders.Times);
            Assert.Equal(expected.Report.Dropped, orders.Report.Dropped);
            Assert.Equal(expected.Counts().Values, orders.Counts().Values);
        }
    }

    [Fact]
    public void Counts_SameProductTwice_UnitsAddUpAndTheFirstTimeStands()
    {
        var orders = OrderReader.Read(folder.Write("online-retail.csv", Retail), cancellation: TestContext.Current.CancellationToken);
        var counts = orders.Counts();

        Assert.Equal([3f, 1, 8], counts.Values);
        Assert.Equal(orders.Times[2], counts.Timestamps[2]);
        Assert.Equal([6f], orders.Counts(before: new DateTimeOffset(2010, 12, 2, 0, 0, 0, TimeSpan.Zero)).Values);
    }

    [Fact]
    public void Read_NorthwindShape_LinesFindTheirOrderAndNames()
    {
        folder.Write(
            "shop/orders.csv",
            "orderID,customerID,orderDate\n1,ALFKI,1996-07-04 00:00:00.000\n2,ANATR,1996-07-05 00:00:00.000\n3,NULL,1996-07-06\n");
        folder.Write(
            "shop/order-details.csv",
            "orderID,productID,unitPrice,quantity,discount\n1,11,14.00,12,0\n1,42,9.80,10,0\n2,11,14,5,0\n3,11,14,5,0\n");
        folder.Write("shop/products.csv", "productID,productName,categoryID\n11,Queso Cabrales,4\n42,Singaporean Hokkien,5\n");
        folder.Write("shop/customers.csv", "customerID,companyName,contactName\nALFKI,Alfreds Futterkiste,Maria Anders\n");
        var orders = OrderReader.Read(folder["shop"], cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(["Queso Cabrales", "Singaporean Hokkien"], orders.ProductNames);
        Assert.Equal(["Alfreds Futterkiste", "ANATR"], orders.CustomerNames);
        Assert.Equal([12f, 10, 5], orders.Quantities);
        Assert.Equal(new Dropped("no customer", 1), orders.Report.Dropped[0]);
        Assert.Equal(["Queso Cabrales", "Singaporean Hokkien"], orders.ToDataSet().ItemTitles);
    }

    [Fact]
    public void Read_NamedColumnsAndRules_AreTaken()
    {
        var path = folder.Write("mine.csv", "no;who;what;n;day\n1;a;x;2;2020-01-01\nVOID1;a;y;1;2020-01-01\n2;b;SERVICE;1;2020-01-02\n");
        var options = new OrderOptions
        {
            Columns = new OrderColumns("no", "who", "what", "n", "day"),
            NonProducts = new("service"),
            Cancellations = new(@"void\d+"),
        };
        var orders = OrderReader.Read(path, options, TestContext.Current.CancellationToken);

        Assert.Equal(["a"], orders.Customers);
        Assert.Equal((1, 1), (orders.Report.Dropped[2].Rows, orders.Report.Dropped[3].Rows));
    }

    [Theory]
    [InlineData(
        "order_id,lineitem_sku,lineitem_quantity,created_at\n1,a,1,2020-01-01\n",
        "There is no column for the customer: one of customerid,")]
    [InlineData("", "The file is empty.")]
    [InlineData(
        "order_id,customer_id,lineitem_sku,lineitem_quantity,created_at\n1,,a,1,2020-01-01\n",
        "None of the 1 order lines is a purchase: 1 no customer.")]
    public void Read_NotUsable_ErrorSaysWhy(string text, string problem)
    {
        var error = Assert.Throws<DataFileException>(() =>
            OrderReader.Read(folder.Write("orders.csv", text), cancellation: TestContext.Current.CancellationToken));

        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_FolderWithoutOrders_ErrorNamesTheFile()
    {
        folder.Write("products.csv", "id,name\n1,x\n");

        Assert.Contains(
            "There is no orders.csv",
            Assert.Throws<FileNotFoundException>(() => OrderReader.Read(folder.Path,
                cancellation: TestContext.Current.CancellationToken)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void OfFiles_OrdersScheme_CountsWithNames()
    {
        folder.Write(
            "shop/orders.csv",
            "order_id,customer_id,lineitem_sku,lineitem_quantity,created_at\n1,a,x,2,2020-01-01\n2,a,x,3,2020-01-02\n3,b,y,1,2020-01-03\n4,,y,1,2020-01-03\n");
        folder.Write("shop/products.csv", "sku,name\nx,Chess\ny,Go\n");
        var data = DataSets.OfFiles($"orders:{folder["shop"]}");

        Assert.Equal(["Chess", "Go"], data.ItemTitles);
        Assert.Equal(["a", "b"], data.UserNames);
        Assert.Equal([5f, 1], data.Interactions.Values);
        Assert.Equal((RatingsFormat.Orders, 4, 1), (data.Report!.Format, data.Report.Lines, data.Report.Duplicates));
        Assert.Equal([new Dropped("no customer", 1)], data.Report.Dropped);
        Assert.Equal(
            ["b"],
            RatingsReader.Read(
                $"orders:{folder["shop"]}",
                new ReadOptions { Filter = new InteractionFilter { From = new DateTimeOffset(2020, 1, 3, 0, 0, 0, TimeSpan.Zero) } },
                TestContext.Current.CancellationToken).Interactions.Users);
    }

    [Fact]
    public void Weighted_SmallLog_HandComputed()
    {
        // u1 buys 3 of a and 1 of b, u2 buys 2 of a: 2 customers, 6 units, 3 each on average.
        var builder = new InteractionsBuilder();
        builder.Add("u1", "a", 3);
        builder.Add("u1", "b", 1);
        builder.Add("u2", "a", 2);
        var counts = builder.Build(DuplicateRule.Sum, null, out _);

        Assert.Equal([3f, 1, 2], counts.Weighted(PurchaseWeighting.Raw).Values);
        Assert.Equal([1f, 1, 1], counts.Weighted(PurchaseWeighting.Binary).Values);
        Assert.Equal(new RatingScale(0, 1), counts.Weighted(PurchaseWeighting.Binary).Scale);
        Assert.Equal([(float)Math.Log(4), (float)Math.Log(2), (float)Math.Log(3)], counts.Weighted(PurchaseWeighting.Log).Values);

        // idf(a) = ln(1 + 0.5 / 2.5), idf(b) = ln(1 + 1.5 / 1.5); k (1 - b + b |u| / 3) = 1.5 for u1, 0.9 for u2.
        var bm25 = counts.Weighted(PurchaseWeighting.Bm25).Values;
        Assert.Equal(Math.Log(1.2) * 3 * 2.2 / (3 + 1.5), bm25[0], 5);
        Assert.Equal(Math.Log(2) * 1 * 2.2 / (1 + 1.5), bm25[1], 5);
        Assert.Equal(Math.Log(1.2) * 2 * 2.2 / (2 + 0.9), bm25[2], 5);
    }

    [Fact]
    public void ByTime_RetailLog_TestHoldsOnlyWhatIsNewToAKnownCustomer()
    {
        var path = folder.Write(
            "orders.csv",
            "order_id,customer_id,lineitem_sku,lineitem_quantity,created_at\n"
            + "1,a,x,2,2020-01-01\n2,b,y,1,2020-01-02\n3,b,x,1,2020-01-03\n4,a,x,7,2020-02-01\n5,a,y,1,2020-02-02\n6,c,x,1,2020-02-03\n7,b,z,1,2020-02-04\n");
        var orders = OrderReader.Read(path, cancellation: TestContext.Current.CancellationToken);
        var split = OrderSplit.ByTime(orders, 0.5, PurchaseWeighting.Raw, out var moment);

        Assert.Equal(new DateTimeOffset(2020, 2, 1, 0, 0, 0, TimeSpan.Zero), moment);
        Assert.Equal([2f, 1, 1], split.TrainLog.Values); // not 9: the seven came later
        Assert.Equal(1, split.Test.Targets.Count);
        Assert.True(split.Test.Targets.Contains(orders.Customers.RowOf("a"), orders.Products.RowOf("y")));
        Assert.Equal(0, split.Test.CountOverlap());
        Assert.All(
            [0, 1, double.NaN],
            share => Assert.Throws<ArgumentOutOfRangeException>(() => OrderSplit.ByTime(orders, share, PurchaseWeighting.Raw, out _)));
    }

    [Theory]
    [InlineData("2020-01-01")] // nothing comes before
    [InlineData("2020-01-02")] // b is new
    public void OrderSplit_NothingToTest_Throws(string second)
    {
        var path = folder.Write(
            "orders.csv", $"order_id,customer_id,lineitem_sku,lineitem_quantity,created_at\n1,a,x,2,2020-01-01\n2,b,x,1,{second}\n");
        var orders = OrderReader.Read(path, cancellation: TestContext.Current.CancellationToken);
        Assert.Contains(
            "no known customer",
            Assert.Throws<ArgumentException>(() => OrderSplit.ByTime(orders, 0.5, PurchaseWeighting.Raw, out _)).Message);
    }

    [Fact]
    public void Load_Sample_FilesOfTheProjectAreThoseOfTheGenerator()
    {
        SampleOrders.Write(SampleGenerator.Generate(), folder.Path);
        foreach (var file in new[] { "customers.csv", "orders.csv", "products.csv" })
        {
            Assert.Equal(File.ReadAllBytes(Path.Combine(Repository.Root, "data", "sample", file)), File.ReadAllBytes(folder[file]));
        }

        var orders = OrderReader.Load("sample");
        var again = OrderReader.Read(Path.Combine(Repository.Root, "data", "sample"), cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(again.Report with { Source = "sample", Dropped = [] }, orders.Report with { Dropped = [] });
        Assert.Equal(again.Report.Dropped, orders.Report.Dropped);
        Assert.All(
            orders.Report.Dropped.Where(step =>
                step.Reason.StartsWith("no customer", StringComparison.Ordinal)
                    || step.Reason.Contains("cancelled", StringComparison.Ordinal)
                    || step.Reason.StartsWith("not a product", StringComparison.Ordinal)), step => Assert.True(step.Rows > 100));
        Assert.DoesNotContain(orders.ProductNames, name => name.StartsWith('p'));
    }

    [Fact]
    public void Load_OnlineRetail_CountsAreThose()
    {
        var orders =
            OrderReader.Read(RealData.Path("uci-online-retail/online-retail.csv.gz"), cancellation: TestContext.Current.CancellationToken);

        Assert.Equal((541_909, 135_080), (orders.Report.Lines, orders.Report.Dropped[0].Rows));
        Assert.Equal(orders.Report.Lines - orders.Report.Kept, orders.Report.Dropped.Sum(step => step.Rows));
        Assert.Contains("WHITE HANGING HEART T-LIGHT HOLDER", orders.ProductNames);
        TestContext.Current.SendDiagnosticMessage(
            $"{orders.Report.Kept} kept, {orders.Customers.Count} customers, {orders.Products.Count} products; {string.Join("; ", orders.Report.Dropped)}");
    }

    [Fact]
    public void Load_Northwind_CountsAreThose()
    {
        var orders = OrderReader.Read(RealData.Path("northwind"), cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(
            (2_155, 2_155, 830, 89, 77),
            (orders.Report.Lines, orders.Report.Kept, orders.Report.Orders, orders.Customers.Count, orders.Products.Count));
        Assert.Equal(176, orders.Report.UnevenLines); // addresses with a comma that is not quoted
        Assert.Equal("Queso Cabrales", orders.ProductNames[orders.Products.RowOf("11")]);
        Assert.Equal("Vins et alcools Chevalier", orders.CustomerNames[orders.Customers.RowOf("VINET")]);
    }
}
