using System.CommandLine;

namespace AutoRec.Cli.Commands;

internal static class DataCommand
{
    public static Command Create() => new("data", "Look at data files.");
}
