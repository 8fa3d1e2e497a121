using System.CommandLine;
using AutoRec.Benchmarks;
using AutoRec.Native;

var benchmarks = new Dictionary<string, Func<BenchmarkOptions, IEnumerable<Comparison>>>
{
    ["autorec"] = AutoRecBenchmark.Run,
    ["vae"] = VaeBenchmark.Run,
    ["ease"] = EaseBenchmark.Run,
    ["rank"] = RankBenchmark.Run,
    ["score"] = ScoreBenchmark.Run,
    ["ials"] = IalsBenchmark.Run,
    ["ingest"] = IngestBenchmark.Run,
    ["order"] = OrderBenchmark.Run,
};

const string Growth = "growth", Performance = "performance";
var name = new Argument<string>("benchmark")
{
    Description =
        $"all, or one of them: {string.Join(", ", benchmarks.Keys)}. Not in all: {DistributedBenchmark.Name}, ranks of Open MPI; "
        + $"{ErrorAndTime.Name}, matrix factorisation by EM against AutoRec; "
        + $"{Growth}, how the time of each model grows with ratings, users and items; {SizesTable.Mark}, each model on two large data sets, "
        + $"written to performance.md; {Performance}, all three of all, {Growth} and {SizesTable.Mark}, written to performance.md.",
    DefaultValueFactory = _ => "all"
};
name.AcceptOnlyFromAmong(["all", .. benchmarks.Keys, DistributedBenchmark.Name, ErrorAndTime.Name, Growth, SizesTable.Mark, Performance]);
var scale = new Option<double>("--scale")
{
    Description = "The share of the ratings of the full sizes, above 0; users and items shrink by its root.",
    DefaultValueFactory = _ => 1
};
var hidden = new Option<int?>("--hidden") { Description = "Hidden units, in place of those of each benchmark." };
var repeats = new Option<int>("--repeats") { Description = "Runs of each side that count.", DefaultValueFactory = _ => 5 };
var threads = new Option<int?>("--threads") { Description = "How many threads to compute with; all processors unless set." };
var data = new Option<string?>("--data")
{
    Description = "A data set, such as ml-1m: prints quality against time of training on it, in place of the benchmark. With ials."
};
var dataFolder = new Option<string?>("--data-dir") { Description = "The folder that holds the folders of data sets." };
var fit = new Option<string?>("--fit")
{
    Description = "Models, such as ease,ials:latent-factors=32: prints what one fit of each, or one epoch of it, takes in memory and time "
        + "beside the estimates, in place of a benchmark.",
    HelpName = "a,b,c"
};
var size = new Option<string>("--size")
{
    Description = "Users, items and ratings of the generated data of --fit, --tool, --write and error-and-time.",
    HelpName = "USERSxITEMSxRATINGS",
    DefaultValueFactory = _ => "6040x3706x1000209"
};
var tool = new Option<string?>("--tool")
{
    Description = "The installed or published program autorec: prints what it takes to start it and to ask a kept model, of --data or of "
        + "generated data of --size, in place of a benchmark. On Linux.",
    HelpName = "PATH"
};
var kept = new Option<string?>("--model")
{
    Description = "The folder for the model that --tool asks, which stays. Default: a temporary one.",
    HelpName = "DIR"
};
var defaults = new Option<string?>("--defaults")
{
    Description = $"Data sets ({string.Join(", ", DefaultSets.Names)}) or all: measures all models with their default options on them and writes docs/defaults.json and the tables of docs/defaults.md, in place of a benchmark.",
    HelpName = "a,b,c",
};
var generated = new Option<string?>("--generated") { Description = "A file of generated data. With --fit.", HelpName = "FILE" };
var ratingsFile = new Option<string?>("--write")
{
    Description = "Writes ratings with a latent structure, of --size, to a file of user, item and rating, in place of a benchmark.",
    HelpName = "FILE"
};
var ranks = new Option<int[]>("--ranks")
{
    Description = "Numbers of ranks, which run in turn. With distributed.",
    AllowMultipleArgumentsPerToken = true,
    DefaultValueFactory = _ => [1, 2]
};
var most = new Option<double?>("--most")
{
    Description = "The processor seconds after which a fit is cut. With --fit, where none is cut unless it is set, and "
        + $"{SizesTable.Mark}, where it is {SizesTable.MostSeconds} unless set."
};
var only = new Option<string?>("--models")
{
    Description = $"The models of --defaults, {ErrorAndTime.Name}, {Growth} and {SizesTable.Mark}; all unless set.",
    HelpName = "a,b,c"
};
var output = new Option<string>("--output")
{
    Description = "The folder of the pages whose tables are written.",
    DefaultValueFactory = _ => "docs"
};
var json = new Option<bool>("--json") { Description = "Prints one JSON object instead of a table." };
var command = new RootCommand(
    "Measures AutoRec.Lib against what one would write in PyTorch without it, both in this process, run by run in turn.")
{
    name, scale, hidden, repeats, threads, data, dataFolder, fit, size, tool, kept, defaults, generated, ratingsFile, ranks, most, only,
    output, json,
};
command.SetAction(parsed =>
{
    if (parsed.GetValue(scale) is not (> 0 and <= 100) || parsed.GetValue(repeats) is not >= 1 || parsed.GetValue(hidden) is < 1)
    {
        Console.Error.WriteLine("error: expected --scale above 0 and at most 100, --repeats of at least 1 and --hidden of at least 1.");
        return 1;
    }

    ComputeThreads.Count = parsed.GetValue(threads) ?? Environment.ProcessorCount;
    if (parsed.GetValue(tool) is { } program)
    {
        AskingBenchmark.Write(
            program, parsed.GetValue(data), parsed.GetValue(dataFolder), ShapeOf(parsed.GetValue(size)!), parsed.GetValue(kept));
        return 0;
    }

    if (parsed.GetValue(data) is { } source)
    {
        if (parsed.GetValue(name) != "ials")
        {
            Console.Error.WriteLine("error: --data requires the benchmark 'ials'.");
            return 1;
        }

        IalsQuality.Write(source, parsed.GetValue(dataFolder));
        return 0;
    }

    if (parsed.GetValue(name) == DistributedBenchmark.Name && !DistributedBenchmark.IsRank)
    {
        return DistributedBenchmark.Launch(args, parsed.GetValue(ranks)!);
    }

    TorchRuntime.EnsureLoaded();
    if (parsed.GetValue(name) == DistributedBenchmark.Name)
    {
        DistributedBenchmark.RunRank(new BenchmarkOptions(parsed.GetValue(scale), parsed.GetValue(repeats), parsed.GetValue(hidden)));
        return 0;
    }

    if (parsed.GetValue(defaults) is { } sets)
    {
        DefaultsTable.Write(
            sets == "all" ? DefaultSets.Names : sets.Split(','),
            OnlyModels(),
            parsed.GetValue(dataFolder),
            parsed.GetValue(output)!);
        return 0;
    }

    if (parsed.GetValue(ratingsFile) is { } path)
    {
        var (ratings, floor) = Generated.LatentRatings(ShapeOf(parsed.GetValue(size)!));
        Generated.SaveText(ratings, path);
        Console.WriteLine(
            FormattableString.Invariant($"{ratings.Count} ratings; RMSE of who knows the structure and not the noise: {floor:0.0000}"));
        return 0;
    }

    if (parsed.GetValue(fit) is { } models)
    {
        var ratings = parsed.GetValue(generated) is { } file ? Generated.Load(file) : Generated.Ratings(ShapeOf(parsed.GetValue(size)!));
        FitCosts.Write(ratings, models, parsed.GetValue(most) ?? double.PositiveInfinity, parsed.GetValue(json));
        return 0;
    }

    var what = parsed.GetValue(name)!;
    if (what == ErrorAndTime.Name)
    {
        ErrorAndTime.Write(ShapeOf(parsed.GetValue(size)!), OnlyModels() is { Length: > 0 } named ? named : ErrorAndTime.Models);
        return 0;
    }

    var page = new MarkedPage(Path.Combine(parsed.GetValue(output)!, "performance.md"));
    if (what == Growth)
    {
        Console.Write(GrowthTable.Measure(OnlyModels(), parsed.GetValue(repeats)));
        return 0;
    }

    if (what == SizesTable.Mark)
    {
        SizesTable.Write(OnlyModels(), parsed.GetValue(most) ?? SizesTable.MostSeconds, page);
        return 0;
    }

    var options = new BenchmarkOptions(parsed.GetValue(scale), parsed.GetValue(repeats), parsed.GetValue(hidden));
    var machine = Limits.Measure(ComputeThreads.Count);
    var comparisons = new List<Comparison>();
    foreach (var (key, run) in benchmarks.Where(entry => what is "all" or Performance || entry.Key == what))
    {
        foreach (var comparison in run(options))
        {
            Console.Error.WriteLine(
                FormattableString.Invariant(
                    $"{key}: {comparison.Work}: {comparison.OursMedian:0.000} s, {comparison.OursCpuMedian:0.000} CPU s{(comparison.CpuRatio is { } ratio ? $", {ratio:0.0} x" : "")}"));
            comparisons.Add(comparison);
        }
    }

    var after = Limits.Measure(ComputeThreads.Count); // What else runs on a machine may slow down one of the two measurements.
    machine = new Machine(Math.Max(machine.BytesPerSecond, after.BytesPerSecond), Math.Max(machine.FlopsPerSecond, after.FlopsPerSecond));
    if (what == Performance)
    {
        page["all"] = BenchmarkReport.Table(machine, ComputeThreads.Count, comparisons);
        page[Growth] = GrowthTable.Measure(OnlyModels(), options.Repeats);
        SizesTable.Write(OnlyModels(), parsed.GetValue(most) ?? SizesTable.MostSeconds, page);
    }
    else if (parsed.GetValue(json))
    {
        BenchmarkReport.WriteJson(machine, ComputeThreads.Count, comparisons);
    }
    else
    {
        Console.Write(BenchmarkReport.Table(machine, ComputeThreads.Count, comparisons));
    }

    return 0;

    string[] OnlyModels() => parsed.GetValue(only)?.Split(',') ?? [];
});
return command.Parse(args).Invoke();

static Shape ShapeOf(string size)
{
    var sizes = Array.ConvertAll(size.Split('x'), int.Parse);
    return new Shape("generated", sizes[0], sizes[1], sizes[2]);
}
