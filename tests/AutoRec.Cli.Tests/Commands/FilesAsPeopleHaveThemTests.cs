using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace AutoRec.Cli.Tests;

/// <summary>Small files as people have them are read right without options, or refused with an error that says what to do.</summary>
public sealed class FilesAsPeopleHaveThemTests : IDisposable
{
    private static readonly string Folder = Path.GetFullPath(Path.Combine(NotebookSamples.Repository, "..", "shared", "cases"));

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Describe_EveryCase_IsAsExpected()
    {
        if (!Directory.Exists(Folder))
        {
            Assert.Skip($"The small files with expected.json are not in '{Folder}'.");
        }

        using var cases = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "expected.json")));
        List<string> wrong = [];
        foreach (var one in cases.RootElement.EnumerateArray())
        {
            var file = one.GetProperty("file").GetString()!;
            string[] args = [.. one.GetProperty("args").EnumerateArray().Select(arg => arg.GetString()!)];
            var run = await CliRun.OfAsync(["data", "describe", Path.Combine(Folder, file), .. args, "--json"]);
            if (one.TryGetProperty("error", out var words))
            {
                wrong.AddRange(words.EnumerateArray().Select(word => word.GetString()!)
                    .Where(word => run.ExitCode != 1 || !run.Error.Contains(word, StringComparison.Ordinal))
                    .Select(word => $"{file}: exit code {run.ExitCode}, no '{word}' in: {run.Error}"));
            }
            else if (run.ExitCode != 0)
            {
                wrong.Add($"{file}: {run.Error}");
            }
            else
            {
                using var actual = JsonDocument.Parse(run.Output);
                wrong.AddRange(one.GetProperty("expect").EnumerateObject()
                    .Where(fact => Text(fact.Value, fact.Name) != Text(actual.RootElement.GetProperty(fact.Name), fact.Name))
                    .Select(fact => $"{file}: {fact.Name} is {actual.RootElement.GetProperty(fact.Name)}, not {fact.Value}"));
            }
        }

        Assert.Equal([], wrong);
        Assert.True(cases.RootElement.GetArrayLength() >= 30);
    }

    // ICU takes calendar, digits and case rules from the locale: Buddhist and Persian years, commas, dotless i.
    [Theory]
    [InlineData("th_TH.UTF-8")]
    [InlineData("fa_IR.UTF-8")]
    [InlineData("tr_TR.UTF-8")]
    [InlineData("ar_SA.UTF-8")]
    [InlineData("de_DE.UTF-8")]
    public void Describe_AnyLocale_SameObject(string locale)
    {
        var ratings = folder.File("ratings.csv");
        File.WriteAllText(ratings, "USER_ID;Item;Rating;Date\nu1;i1;4,5;31.12.2021\nu1;i2;3;01.02.2022 10:00\nu2;i1;0,5;15.03.2022\n");
        var orders = folder.File("orders.csv");
        File.WriteAllText(
            orders, "order,customer,product,quantity,order date\n1,c1,p1,1.5,1996-07-04 00:00:00.000\n2,c2,p1,2,1996-07-05\n");
        foreach (var data in new[] { ratings, $"orders:{orders}" })
        {
            var expected = Describe(data, "C");

            Assert.Contains("\"first\":\"", expected, StringComparison.Ordinal);
            Assert.Equal(expected, Describe(data, locale));
        }

        Assert.Contains("\"first\":\"1996-07-04 00:00:00Z\"", Describe($"orders:{orders}", locale), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--min-rating", "3,5")]
    [InlineData("--keep-rating", "3,5")]
    [InlineData("--positive-from", "3,5")]
    [InlineData("--set", "regularization=0,5")]
    public async Task Evaluate_CommaInANumber_IsAnErrorAndNeverThousands(string option, string value)
    {
        File.WriteAllText(folder.File("r.csv"), "user,item,rating\nu1,i1,4\nu1,i2,5\nu2,i1,5\n");
        var run =
            await CliRun.OfAsync("evaluate", "--data", folder.File("r.csv"), "--split", "random:0.9", "--model", "ease", option, value);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(value.Split('=')[^1], run.Error, StringComparison.Ordinal);
        Assert.Contains("number", run.Error, StringComparison.Ordinal);
    }

    private static string Describe(string data, string locale)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            ArgumentList = { Path.Combine(AppContext.BaseDirectory, "autorec.dll"), "data", "describe", data, "--json" },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["LC_ALL"] = locale;
        start.Environment["LANG"] = locale;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException(error.GetAwaiter().GetResult());
    }

    private static string Text(JsonElement value, string name) => value.ValueKind switch
    {
        JsonValueKind.Array => string.Join("..", value.EnumerateArray().Select(end => Number(end.GetDouble()))),
        JsonValueKind.Object => $"{Number(value.GetProperty("min").GetDouble())}..{Number(value.GetProperty("max").GetDouble())}",
        _ when name is "first" or "last" => value.ToString()[..10],
        _ => value.ToString(),
    };

    private static string Number(double value) => Math.Round(value, 4).ToString(CultureInfo.InvariantCulture);
}
