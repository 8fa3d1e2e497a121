using System.Diagnostics;
using AutoRec.Experiments;

namespace AutoRec.Cli.Tests;

/// <summary>
/// The packages as strangers take them, from a feed of their own outside the repository: the folder that <c>AUTOREC_PACKAGES</c> names,
/// into which
/// <c>autorec</c>, <c>AutoRec.Lib</c> and <c>AutoRec.Notebooks</c> were packed. Skipped without it.
/// </summary>
public sealed class PackageTests : IDisposable
{
    private const string Evaluation = """
        var data = new AutoRec.Experiments.DataSource("sample").Load();
        var options = KeyValuePair.Create("epochs", "2");
        Console.WriteLine(new AutoRec.Experiments.Experiment("mult-vae", options).Run(data, seed: 42));
        """;

    private readonly TemporaryFolder folder = new();
    private readonly string feed;
    private readonly string version;

    public PackageTests()
    {
        feed = Environment.GetEnvironmentVariable("AUTOREC_PACKAGES") ?? "";
        Assert.SkipUnless(feed.Length > 0, "AUTOREC_PACKAGES names no folder of packages; .ci/run packs them.");
        version = Path.GetFileNameWithoutExtension(Assert.Single(Directory.GetFiles(feed, "AutoRec.Lib.*.nupkg")))["AutoRec.Lib.".Length..];
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Library_InAConsoleApplication_ComputesWithTheSystemsTorch()
    {
        File.WriteAllText(folder.File("nuget.config"), $"""
            <configuration><packageSources><add key="feed" value="{feed}" /></packageSources></configuration>
            """);
        File.WriteAllText(folder.File("app.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <UseCurrentRuntimeIdentifier>true</UseCurrentRuntimeIdentifier>
                <SelfContained>false</SelfContained>
              </PropertyGroup>
              <ItemGroup><PackageReference Include="AutoRec.Lib" Version="{version}" /></ItemGroup>
            </Project>
            """);
        File.WriteAllText(folder.File("Program.cs"), Evaluation);
        var (code, output) = await RunAsync("dotnet", "run", "--project", folder.File("app.csproj"), "-c", "Release");
        Assert.True(code == 0, output);
        Assert.Contains(Here(), output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Notebooks_InTheReleasedKernel_OneReferenceBringsTheLibraryAndTorch()
    {
        var notebook = NotebookSamples.Notebook(
            folder.Path,
            $"#i \"nuget:{feed}\"",
            $"#r \"nuget: AutoRec.Notebooks, {version}\"",
            Evaluation);
        await FrontEnds.RunInInteractiveAsync(notebook);
        Assert.Contains(Here(), notebook.ToJson(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tool_InAnEmptyFolder_AnswersAndRunsItsOwnNotebooks()
    {
        var tools = folder.File("tools");
        var (code, output) =
            await RunAsync("dotnet", "tool", "install", "--tool-path", tools, "--source", feed, "--version", version, "autorec");
        Assert.True(code == 0, output);

        var program = Path.Combine(tools, OperatingSystem.IsWindows() ? "autorec.exe" : "autorec");
        (code, output) = await RunAsync(program, "info");
        Assert.True(code == 0, output);
        Assert.Contains("loads and computes", output, StringComparison.Ordinal);

        var notebook = Assert.Single(Directory.GetFiles(tools, "02-preprocessing.ipynb", SearchOption.AllDirectories));
        Directory.CreateDirectory(folder.File("notebooks"));
        File.Copy(notebook, folder.File(Path.Combine("notebooks", "02-preprocessing.ipynb")));
        (code, output) = await RunAsync(program, "report", "--notebooks", "notebooks");
        Assert.True(code == 0, output);
        Assert.True(File.Exists(folder.File(Path.Combine("autorec-report", "02-preprocessing.html"))), output);
    }

    // What the library says in this process.
    private static string Here() =>
        new Experiment("mult-vae", KeyValuePair.Create("epochs", "2")).Run(new DataSource("sample").Load(), seed: 42).ToString()!;

    private async Task<(int Code, string Output)> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["DOTNET_NOLOGO"] = "1";
        using var process = Process.Start(start)!;
        using var killed = TestContext.Current.CancellationToken.Register(() => process.Kill(entireProcessTree: true));
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, $"{await output}{await error}");
    }
}
