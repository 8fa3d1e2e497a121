using System.CommandLine;
using AutoRec.Cli.Commands;

namespace AutoRec.Cli;

/// <summary>The <c>autorec</c> command line.</summary>
internal static class CommandLine
{
    /// <returns>The exit code: 0, or what went wrong.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand("Autoencoder recommenders on .NET: from a ratings file to a recommendation.")
        {
            ReportCommand.Create(),
            RunCommand.Create(),
            DataCommand.Create(),
            EvaluateCommand.Create(),
        };

        try
        {
            return await root.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("cancelled");
            return 130;
        }
        catch (Exception error) when (error is IOException or ArgumentException or NotSupportedException or UnauthorizedAccessException or DllNotFoundException)
        {
            // What a user can mend: bad input, a wrong option, a missing file or library. Anything else is a defect and shows its stack.
            await Console.Error.WriteLineAsync($"error: {error.Message}");
            return 1;
        }
    }
}
