using System.CommandLine;
using System.Globalization;
using AutoRec.Distributed;
using AutoRec.Models;

namespace AutoRec.Cli.Commands;

/// <summary><c>autorec plan</c>: what a training on several ranks would take, without data.</summary>
internal static class PlanCommand
{
    public static Command Create()
    {
        var users = Number("--users", "The number of users.", null);
        var items = Number("--items", "The number of items.", null);
        var ratings = Number("--ratings", "The number of ratings.", null);
        var hidden = Number("--hidden", "Hidden units.", 500);
        var ranks = new Option<int>("--ranks")
        {
            Description = $"The number of ranks, at most {LeafSplit.LeafCount}.",
            DefaultValueFactory = _ => LeafSplit.LeafCount,
        };
        var model = new Option<string>("--model") { Description = "The model.", DefaultValueFactory = _ => "autorec-item" };
        model.AcceptOnlyFromAmong("autorec-item", "autorec-user");
        var lazy = new Option<bool>("--lazy-adam") { Description = "As with --set lazy-adam=true." };
        var partitioned = new Option<bool>("--partitioned")
        {
            Description = "The data are a folder of 'autorec data shard', of which each rank reads its part.",
        };
        var batch = Number("--batch-size", "Maximum number of rows in a batch.", AutoRecBatches.MostRows);
        var cores = Number("--cores", "Cores of a rank.", 16);
        var network = Number("--network", "Gigabits a second between machines.", 10);
        var latency = Number("--latency", "Microseconds until a message arrives.", 30);
        var command = new Command("plan")
        {
            users, items, ratings, hidden, ranks, model, lazy, partitioned, batch, cores, network, latency,
        };
        command.SetAction(parsed =>
        {
            double Value(Option<double> option)
            {
                var value = parsed.GetRequiredValue(option);
                return value > 0
                    ? value
                    : throw new ArgumentException(FormattableString.Invariant($"{option.Name} must be above 0; got {value}."));
            }

            var most = parsed.GetValue(ranks);
            if (most is < 1 or > LeafSplit.LeafCount)
            {
                throw new ArgumentException($"--ranks must be between 1 and {LeafSplit.LeafCount}; got {most}.");
            }

            var isByItem = parsed.GetValue(model) == "autorec-item";
            var cost = new RankCost
            {
                Units = Value(isByItem ? users : items),
                Rows = Value(isByItem ? items : users),
                Ratings = Value(ratings),
                Hidden = Value(hidden),
                IsByItem = isByItem,
                IsLazy = parsed.GetValue(lazy),
                IsPartitioned = parsed.GetValue(partitioned),
                Batch = Value(batch),
                Cores = Value(cores),
                Bandwidth = Value(network) * 1e9 / 8,
                Latency = Value(latency) * 1e-6,
            };
            Write(parsed.InvocationConfiguration.Output, cost, most);
        });
        return command;
    }

    private static void Write(TextWriter output, RankCost cost, int most)
    {
        output.WriteLine(
            "| ranks | weights and Adam, GB a rank | memory, GB a rank | computation, s an epoch | sent, GB a rank "
            + "| communication, s an epoch |");
        output.WriteLine("| ---: | ---: | ---: | ---: | ---: | ---: |");
        foreach (var ranks in new[] { 1, 2, 4, 8, most }.Where(ranks => ranks <= most).Distinct())
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {ranks} | {cost.WeightBytes(ranks) / 1e9:0.0} | {cost.Bytes(ranks) / 1e9:0.0} | {cost.ComputeSeconds(ranks):0.0} | ")
                + string.Create(
                    CultureInfo.InvariantCulture,
                    $"{cost.SentBytes(ranks) / 1e9:0.00} | {cost.CommunicationSeconds(ranks):0.0} |"));
        }

        output.WriteLine();
        output.WriteLine("Estimates. An epoch takes about the sum of both; a part of the communication takes place during computation.");
    }

    private static Option<double> Number(string name, string description, double? value) => value is { } number
        ? new(name) { Description = description, CustomParser = NumberArgument.Parse, HelpName = "N", DefaultValueFactory = _ => number }
        : new(name) { Description = description, CustomParser = NumberArgument.Parse, HelpName = "N", Required = true };
}
