using System.CommandLine;

namespace AutoRec.Cli.Commands;

internal static class ReportCommand
{
    public static Command Create() => new("report", "Run all notebooks and write them as HTML pages.");
}
