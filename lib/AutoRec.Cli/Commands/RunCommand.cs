using System.CommandLine;

namespace AutoRec.Cli.Commands;

internal static class RunCommand
{
    public static Command Create() => new("run", "Run notebooks.");
}
