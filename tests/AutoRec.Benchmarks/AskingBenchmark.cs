using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace AutoRec.Benchmarks;

/// <summary>
/// What it takes to ask a kept model: the installed program in processes of its own, on Linux. Processor seconds are the program's, of all
/// its threads.
/// </summary>
internal static partial class AskingBenchmark
{
    private const int Runs = 5;
    private const int Requests = 200;
    private const int Clients = 8; // at once
    private const int RequestsOfAll = 8_000;
    private const int MostUsers = 100_000; // of the file of users

    /// <summary>Trains a model with the program, asks it, and prints a row for each question.</summary>
    /// <param name="tool">The program, as <c>dotnet tool install</c> or <c>dotnet publish</c> put it there.</param>
    /// <param name="data">A data set; null for generated data.</param>
    /// <param name="dataFolder">The folder that holds the folders of data sets.</param>
    /// <param name="shape">The size of generated data.</param>
    /// <param name="kept">The folder for the model and what belongs to it, which stays; a model in it is asked as it is. Null for a
    /// temporary one.</param>
    public static void Write(string tool, string? data, string? dataFolder, Shape shape, string? kept)
    {
        var folder = kept ?? Directory.CreateTempSubdirectory("autorec-asking-").FullName;
        try
        {
            var (model, users) = (Path.Combine(folder, "model"), Path.Combine(folder, "users.txt"));
            if (!Directory.Exists(model))
            {
                Train(tool, data, dataFolder, shape, folder, model, users);
            }

            Ask(tool, model, users, folder);
        }
        finally
        {
            if (kept is null)
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    private static void Train(string tool, string? data, string? dataFolder, Shape shape, string folder, string model, string users)
    {
        Directory.CreateDirectory(folder);
        var csv = Path.Combine(folder, "ratings.csv");
        string[] source = data is not null ? ["--data", data, "--data-dir", dataFolder ?? "../shared/data"] : ["--data", csv];
        if (data is null)
        {
            WriteRatings(csv, shape);
        }

        string[] command = ["train", .. source, "--model", "ials", "--set", "latent-factors=32", "--set", "epochs=1", "--holdout", "0"];
        var trained = Run(tool, [.. command, "--output", model], isShown: true);
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"trained in {trained.CpuSeconds:0.0} CPU s"));
        File.Delete(csv);
        File.WriteAllLines(users, Users(model));
    }

    private static void WriteRatings(string path, Shape shape)
    {
        var ratings = Generated.Ratings(shape);
        using var writer = new StreamWriter(path, append: false, bufferSize: 1 << 20, encoding: new System.Text.UTF8Encoding(false));
        writer.WriteLine("user,item,rating");
        for (var user = 0; user < ratings.RowCount; user++)
        {
            var items = ratings.Columns(user);
            var values = ratings.Values(user);
            for (var i = 0; i < items.Length; i++)
            {
                writer.Write(string.Create(CultureInfo.InvariantCulture, $"u{user},i{items[i]},{values[i]:0}\n"));
            }
        }
    }

    // Users of a kept model, spread over all of them.
    private static IEnumerable<string> Users(string model)
    {
        var ids = Catalog.FittedModel.Load(model).Data.Interactions.Users;
        var step = Math.Max(1, ids.Count / MostUsers);
        return [.. Enumerable.Range(0, Math.Min(ids.Count, MostUsers)).Select(i => ids[i * step])];
    }

    private static void Ask(string tool, string model, string userFile, string folder)
    {
        var users = File.ReadAllLines(userFile);
        var random = new Random(1);
        var size = Directory.EnumerateFiles(model).Sum(file => new FileInfo(file).Length) / 1e6;
        Console.WriteLine("| what is asked | CPU s | s | resident MB at most |");
        Console.WriteLine("| --- | ---: | ---: | ---: |");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| the model's files | {size:N0} MB | | |"));
        Row("`autorec --help`", Repeat(() => Run(tool, ["--help"])));
        Row("`autorec recommend --user`", Repeat(() =>
            Run(tool, ["recommend", "--model", model, "--user", users[random.Next(users.Length)]])));
        Serve(tool, model, users, random);

        var lists = Path.Combine(folder, "lists.csv");
        string[] many = ["recommend", "--model", model, "--output", lists, "--users"];
        var few = Path.Combine(folder, "few.txt");
        File.WriteAllLines(few, users.Take(100));
        var (all, start) = (Run(tool, [.. many, userFile]), Run(tool, [.. many, few]));
        var perSecond = (users.Length - 100) / (all.CpuSeconds - start.CpuSeconds);
        Row($"`autorec recommend --users`, {users.Length.ToString("N0", CultureInfo.InvariantCulture)} users", all);
        Console.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"| ... users a CPU second, start not counted | {perSecond:N0} | | |"));
    }

    private static void Serve(string tool, string model, string[] users, Random random)
    {
        using var server = new Process { StartInfo = Start(tool, ["serve", "--model", model, "--port", "0"]) };
        server.StartInfo.RedirectStandardError = true;
        var clock = Stopwatch.StartNew();
        server.Start();
        server.ErrorDataReceived += (_, _) => { };
        server.BeginErrorReadLine();
        try
        {
            var url = Address().Match(server.StandardOutput.ReadLine() ?? "").Value;
            using var client = new HttpClient { BaseAddress = new Uri(url) };
            var cpu = CpuOf(server.Id);
            Row("`autorec serve`, until it is ready", new Usage(clock.Elapsed.TotalSeconds, cpu, PeakOf(server.Id, "VmHWM:")));
            Console.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"| ... resident when it is ready | | | {PeakOf(server.Id, "VmRSS:"):N0} |"));
            Row("... the first list", Asked($"recommendations/{users[0]}?k=10"));
            var item = ItemOf(client.GetStringAsync($"recommendations/{users[1]}?k=1").GetAwaiter().GetResult());
            Row("... the first similar items", Asked($"items/{item}/similar?k=10"));
            Row("... the next similar items", Asked($"items/{item}/similar?k=10"));
            for (var i = 0; i < Requests; i++)
            {
                Asked($"recommendations/{users[random.Next(users.Length)]}?k=10"); // until the code is compiled for speed
            }

            var before = CpuOf(server.Id);
            var times = Enumerable.Range(0, Requests)
                .Select(_ => Asked($"recommendations/{users[random.Next(users.Length)]}?k=10").Seconds)
                .Order()
                .ToArray();
            Row($"... a list of 10, one after the other, mean (CPU) and median of {Requests}", new Usage(
                times[Requests / 2], (CpuOf(server.Id) - before) / Requests, PeakOf(server.Id, "VmHWM:")));

            Load(client, users, random);

            Usage Asked(string path)
            {
                var (start, watch) = (CpuOf(server.Id), Stopwatch.StartNew());
                client.GetStringAsync(path).GetAwaiter().GetResult();
                return new Usage(watch.Elapsed.TotalSeconds, CpuOf(server.Id) - start, PeakOf(server.Id, "VmHWM:"));
            }
        }
        finally
        {
            server.Kill(entireProcessTree: true);
            server.WaitForExit();
        }
    }

    // As many requests at once as there are clients; the clients share the machine with the server.
    private static void Load(HttpClient client, string[] users, Random random)
    {
        var paths = Enumerable.Range(0, RequestsOfAll).Select(_ => $"recommendations/{users[random.Next(users.Length)]}?k=10").ToArray();
        var times = new double[paths.Length];
        var clock = Stopwatch.StartNew();
        Parallel.ForAsync(0, paths.Length, new ParallelOptions { MaxDegreeOfParallelism = Clients }, async (i, cancellation) =>
        {
            var watch = Stopwatch.StartNew();
            await client.GetStringAsync(paths[i], cancellation);
            times[i] = watch.Elapsed.TotalMilliseconds;
        }).GetAwaiter().GetResult();
        var perSecond = paths.Length / clock.Elapsed.TotalSeconds;
        Array.Sort(times);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| ... lists of 10, {Clients} clients at once on the same machine: requests a second; median and 99th percentile in ms "
            + $"| {perSecond:N0} | {times[times.Length / 2]:0.0}; {times[times.Length * 99 / 100]:0.0} | |"));
    }

    private static string ItemOf(string answer)
    {
        using var json = System.Text.Json.JsonDocument.Parse(answer);
        return json.RootElement.GetProperty("items")[0].GetProperty("item").GetString()!;
    }

    private static void Row(string what, Usage usage) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"| {what} | {usage.CpuSeconds:0.000} | {usage.Seconds:0.000} | {usage.PeakMegabytes:N0} |"));

    private static Usage Repeat(Func<Usage> run)
    {
        var runs = Enumerable.Range(0, Runs + 1).Select(_ => run()).Skip(1).OrderBy(usage => usage.CpuSeconds).ToArray();
        return runs[Runs / 2];
    }

    private static ProcessStartInfo Start(string tool, string[] arguments) => new(tool, arguments) { RedirectStandardOutput = true };

    private static Usage Run(string tool, string[] arguments, bool isShown = false)
    {
        var before = OfChildren();
        using var process = new Process { StartInfo = Start(tool, arguments) };
        process.StartInfo.RedirectStandardError = !isShown;
        var clock = Stopwatch.StartNew();
        process.Start();
        var error = isShown ? Task.FromResult("") : process.StandardError.ReadToEndAsync();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? new Usage(clock.Elapsed.TotalSeconds, OfChildren() - before, null)
            : throw new InvalidOperationException($"autorec {string.Join(' ', arguments)} failed: {error.Result}");
    }

    // Ticks of a hundredth of a second.
    private static double CpuOf(int process)
    {
        var text = File.ReadAllText($"/proc/{process}/stat");
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return (double.Parse(fields[11], CultureInfo.InvariantCulture) + double.Parse(fields[12], CultureInfo.InvariantCulture)) / 100;
    }

    private static double PeakOf(int process, string label)
    {
        var line = File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith(label, StringComparison.Ordinal));
        return double.Parse(line[label.Length..].Trim().Split(' ')[0], CultureInfo.InvariantCulture) * 1024 / 1e6;
    }

    // Of all processes that have ended and were waited for.
    private static double OfChildren()
    {
        const int Children = -1;
        var usage = new long[18];
        return GetUsage(Children, usage) == 0 ? usage[0] + usage[2] + ((usage[1] + usage[3]) / 1e6) : throw new Win32Exception();
    }

    [DllImport("libc", EntryPoint = "getrusage", SetLastError = true)]
    private static extern int GetUsage(int who, [Out] long[] usage);

    [GeneratedRegex(@"http://[0-9.:]+")]
    private static partial Regex Address();

    private sealed record Usage(double Seconds, double CpuSeconds, double? PeakMegabytes);
}
