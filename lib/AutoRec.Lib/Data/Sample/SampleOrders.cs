using System.Globalization;

namespace AutoRec.Data;

/// <summary>
/// Writes orders of the sample shop as a real shop's export would hold them, dirt included: its first customers order over two years,
/// each some times, each time some products that are popular and to their taste, now and then one that they had before. Some orders
/// are cancelled, some have no customer, some a line for postage, and some lines come twice.
/// </summary>
public static class SampleOrders
{
    private const int Customers = 1500;
    private const double OrdersPerCustomer = 7; // mean
    private const double Spread = 0.6; // standard deviation of the logarithm of the number of orders
    private const double Choice = 1.5; // how much more buyers choose by taste than those who rate
    private const double Again = 0.25; // the chance that a line repeats an earlier purchase
    private const string CustomersFile = "customers.csv";
    private const string OrdersFile = "orders.csv";

    /// <summary>The files that <see cref="Write"/> writes.</summary>
    internal static IReadOnlyList<string> Files { get; } = [CustomersFile, OrdersFile, SampleGenerator.ProductsFile];

    /// <summary>
    /// Writes <c>customers.csv</c> (customer_id, name), <c>orders.csv</c> (order_id, created_at, customer_id, lineitem_sku,
    /// lineitem_quantity, lineitem_price) and <c>products.csv</c> (productId, name, category), the same bytes on every system.
    /// </summary>
    /// <param name="sample">The shop.</param>
    /// <param name="folder">Where to; made when it is not there.</param>
    /// <exception cref="DataFileException">One of the files exists and was not written by this method.</exception>
    public static void Write(Sample sample, string folder)
    {
        ArgumentNullException.ThrowIfNull(sample);
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        using var output = OutputFolder.Open(folder, Files);
        var customers = sample.Users.Take(Customers).ToArray();
        SampleGenerator.WriteTable(
            output,
            CustomersFile,
            ["customer_id", "name"],
            customers.Select(customer => new[] { customer.Id, customer.Name }));
        SampleGenerator.WriteProducts(sample, output);
        SampleGenerator.WriteTable(
            output,
            OrdersFile,
            ["order_id", "created_at", "customer_id", "lineitem_sku", "lineitem_quantity", "lineitem_price"],
            Lines(sample, customers.Length));
    }

    private static IEnumerable<string[]> Lines(Sample sample, int customers)
    {
        var random = new NormalRandom(sample.Options.Seed);
        double[] prices = [.. sample.Products.Select(_ => Math.Round(Math.Exp(2.5 + (0.8 * random.Normal())), 2))];
        var orders = Enumerable.Range(0, customers)
            .SelectMany(customer => Times(random).Select(time => (customer, time)))
            .OrderBy(order => order.time)
            .ThenBy(order => order.customer)
            .ToArray();
        var bought = Enumerable.Range(0, customers).Select(_ => new List<int>()).ToArray();
        var number = 100_000;
        foreach (var (customer, time) in orders)
        {
            number++;
            var when = DateTimeOffset.FromUnixTimeSeconds(time).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
            var isAnonymous = random.NextDouble() < 0.03;
            var isCancelled = random.NextDouble() < 0.02;
            var basket = Basket(random, sample.Truth, customer, time, bought[customer]);
            foreach (var (product, quantity) in basket)
            {
                yield return Line(number.ToString(CultureInfo.InvariantCulture), product, quantity);
                if (random.NextDouble() < 0.01)
                {
                    yield return Line(number.ToString(CultureInfo.InvariantCulture), product, quantity);
                }
            }

            if (random.NextDouble() < 0.15)
            {
                var id = isAnonymous ? "" : sample.Users[customer].Id;
                yield return [number.ToString(CultureInfo.InvariantCulture), when, id, "POST", "1", "4.90"];
            }

            if (isCancelled)
            {
                yield return Line($"C{number}", basket[0].Product, -basket[0].Quantity);
            }

            string[] Line(string order, int product, int quantity) =>
            [
                order,
                when,
                isAnonymous ? "" : sample.Users[customer].Id,
                sample.Products[product].Id,
                quantity.ToString(CultureInfo.InvariantCulture),
                prices[product].ToString("0.00", CultureInfo.InvariantCulture),
            ];
        }
    }

    private static long[] Times(NormalRandom random)
    {
        var logarithm = Math.Log(OrdersPerCustomer) - (Spread * Spread / 2) + (Spread * random.Normal());
        var count = Math.Max(1, (int)Math.Round(Math.Exp(logarithm)));
        return [.. Enumerable.Range(0, count).Select(_ => SampleTruth.TimeAt(random.NextDouble()))];
    }

    private static List<(int Product, int Quantity)> Basket(
        NormalRandom random, SampleTruth truth, int customer, long time, List<int> bought)
    {
        var size = 1 + (int)(4 * random.NextDouble() * random.NextDouble());
        double[] weights =
            [.. truth.PopularityAt(time).Select((weight, product) => weight * Math.Exp(Choice * truth.Appeal(customer, product)))];
        var products = new List<int>();
        while (products.Count < size)
        {
            var product = bought.Count > 0 && random.NextDouble() < Again
                ? bought[random.Next(bought.Count)]
                : random.Draw(weights);
            if (!products.Contains(product))
            {
                products.Add(product);
                bought.Add(product);
            }
        }

        return [.. products.Select(product => (product, 1 + (int)(-Math.Log(1 - random.NextDouble()) * 0.8)))];
    }
}
