using System.Diagnostics;
using System.Text.Json.Nodes;
using AutoRec.Cli.Notebooks;

namespace AutoRec.Cli.Tests;

/// <summary>
/// The real front ends, where they are installed: the .NET tools <c>dotnet-interactive</c> (the kernel of Polyglot Notebooks and Jupyter)
/// and
/// <c>dotnet-repl</c>, in the folder that <c>AUTOREC_FRONT_ENDS</c> names, such as one that was given to
/// <c>dotnet tool install --tool-path</c>, or on the PATH.
/// </summary>
internal static class FrontEnds
{
    /// <summary>Runs a notebook's cells in the kernel as Polyglot Notebooks does, over its standard input and output, up to the first
    /// failure.</summary>
    public static async Task RunInInteractiveAsync(NotebookDocument notebook)
    {
        using var process = Start("dotnet-interactive", Path.GetDirectoryName(notebook.Path)!, "stdio", "--default-kernel", "csharp");
        using var killed = TestContext.Current.CancellationToken.Register(() => process.Kill(entireProcessTree: true));
        try
        {
            await ReadAsync(process, envelope => TypeOf(envelope) == "KernelReady", _ => { });
            var count = 0;
            var all = new List<CellOutputs>();
            foreach (var cell in notebook.Cells.Where(cell => cell.Kind == CellKind.Code))
            {
                all.Add(new CellOutputs(++count));
                var failed = false;
                await process.StandardInput.WriteLineAsync(new JsonObject
                {
                    ["token"] = $"cell-{count}",
                    ["commandType"] = "SubmitCode",
                    ["command"] = new JsonObject { ["code"] = cell.Source, ["targetKernelName"] = cell.Language },
                }.ToJsonString());
                await process.StandardInput.FlushAsync();
                await ReadAsync(
                    process,
                    envelope => TypeOf(envelope) is "CommandSucceeded" or "CommandFailed" && TokenOf(envelope) == $"cell-{count}",
                    envelope =>
                    {
                        failed |= TypeOf(envelope) == "CommandFailed";
                        Add(all, envelope);
                    });
                cell.SetOutputs(count, all[^1].ToList());
                if (failed)
                {
                    break;
                }
            }
        }
        finally
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }
    }

    /// <summary>Runs a notebook with <c>dotnet repl</c>; what it makes of it is the result.</summary>
    public static async Task<NotebookDocument> RunInReplAsync(string path, string output)
    {
        using var process = Start(
            "dotnet-repl",
            Path.GetDirectoryName(path)!,
            "--run",
            Path.GetFileName(path),
            "--exit-after-run",
            "--output-format",
            "ipynb",
            "--output-path",
            output);
        using var killed = TestContext.Current.CancellationToken.Register(() => process.Kill(entireProcessTree: true));
        process.StandardInput.Close();
        var text = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"dotnet-repl ended with {process.ExitCode}: {await text} {await errors}");
        return NotebookDocument.Read(output);
    }

    private static Process Start(string tool, string folder, params string[] arguments)
    {
        var folders = (Environment.GetEnvironmentVariable("AUTOREC_FRONT_ENDS") ?? Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator);
        var program = folders.SelectMany(place => new[] { Path.Combine(place, tool), Path.Combine(place, tool + ".exe") })
            .FirstOrDefault(File.Exists);
        Assert.SkipUnless(
            program is not null,
            $"There is no {tool}: 'dotnet tool install --tool-path FOLDER' installs it (see docs/compatibility.md); name the folder by AUTOREC_FRONT_ENDS.");
        var start = new ProcessStartInfo(program!, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true
        };
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["DOTNET_INTERACTIVE_CLI_TELEMETRY_OPTOUT"] = "1";
        return Process.Start(start)!;
    }

    private static async Task ReadAsync(Process process, Func<JsonNode, bool> isLast, Action<JsonNode> take)
    {
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            if (!line.StartsWith('{'))
            {
                continue; // What the tool says of itself at the start.
            }

            var envelope = JsonNode.Parse(line)!;
            take(envelope);
            if (isLast(envelope))
            {
                return;
            }
        }

        Assert.Fail($"The kernel ended: {await process.StandardError.ReadToEndAsync()}");
    }

    private static string? TypeOf(JsonNode envelope) => (string?)envelope["eventType"];

    private static string? TokenOf(JsonNode envelope) => (string?)envelope["command"]?["token"];

    private static void Add(List<CellOutputs> cells, JsonNode envelope)
    {
        var outputs = cells[^1];
        var content = envelope["event"]!;
        var values = content["formattedValues"] is JsonArray array
            ? array.ToDictionary(value => (string)value!["mimeType"]!, value => (string)value!["value"]!)
            : [];
        var id = (string?)content["valueId"];
        switch (TypeOf(envelope))
        {
            case "DisplayedValueProduced":
                outputs.Add(new Displayed(id, values));
                break;
            case "DisplayedValueUpdated" when !cells.Exists(cell => cell.TryUpdate(new DisplayUpdated(id!, values))):
                outputs.Add(new Displayed(id, values)); // As Polyglot Notebooks does.
                break;
            case "ReturnValueProduced":
                outputs.Add(new Returned(values));
                break;
            case "StandardOutputValueProduced":
                outputs.Add(new StreamText("stdout", values["text/plain"]));
                break;
            case "StandardErrorValueProduced":
                outputs.Add(new StreamText("stderr", values["text/plain"]));
                break;
            case "CommandFailed":
                outputs.Add(new Failed("Error", (string)content["message"]!, [], null));
                break;
        }
    }
}
