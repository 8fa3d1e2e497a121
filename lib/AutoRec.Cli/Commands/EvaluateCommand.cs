using System.CommandLine;

namespace AutoRec.Cli.Commands;

internal static class EvaluateCommand
{
    public static Command Create() => new("evaluate", "Fit a model and measure it on held-out data.");
}
