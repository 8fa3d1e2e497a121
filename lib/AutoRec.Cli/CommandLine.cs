using System.CommandLine;
using System.Runtime.InteropServices;
using AutoRec.Cli.Commands;
using AutoRec.Data;
using AutoRec.Distributed;

namespace AutoRec.Cli;

/// <summary>The <c>autorec</c> command line.</summary>
internal static class CommandLine
{
    // In the order of the help. Only the one that is named is made, as the options of all of them take a tenth of a second; for the help
    // of all, names and descriptions will do.
    internal static readonly (string Name, string Description, Func<Command> Create)[] Commands =
    [
        (
            "quickstart",
            "From a file to recommendations in minutes: read the data, compare models on them, keep the best "
                + "one, show ten users' lists.",
            QuickstartCommand.Create),
        ("report", "Run all notebooks and write them as HTML pages.", ReportCommand.Create),
        ("run", "Run notebooks. Without --output or --update nothing is written: it only checks that they run.", RunCommand.Create),
        ("data", "Get and look at data, and write the sample.", DataCommand.Create),
        ("evaluate", "Fit a model and measure it on held-out data.", EvaluateCommand.Create),
        (
            "compare",
            "Compare models on the same splits: means over seeds, differences with confidence intervals and "
                + "corrected significance, time and memory.",
            CompareCommand.Create),
        ("tune", "Look for good options of a model on validation data: random search with successive halving.", TuneCommand.Create),
        ("models", "List the models with their options and defaults.", ModelsCommand.Create),
        ("train", "Fit a model and save it in a folder, for recommend, similar, explain and serve.", TrainCommand.Create),
        ("recommend", "Recommend items with a model that 'train' has kept.", RecommendCommand.Create),
        (
            "similar",
            "Find the items, or the users, most similar to one, by cosine in the latent space of a saved model.",
            SimilarCommand.Create),
        (
            "explain",
            "Show which items of the history, or which parts of a profile, count most for an item: how much "
                + "lower its score would be without each.",
            ExplainCommand.Create),
        (
            "export",
            "Write the vectors of a saved model to a Parquet file: those of 'similar', of length 1, so that "
                + "their dot product is the cosine.",
            ExportCommand.Create),
        (
            "serve",
            "Serve a saved model over HTTP: recommendations, similar items, health, metrics, OpenAPI and a page for people.",
            ServeCommand.Create),
        ("reproduce", "Measure models as papers did and hold the figures against the published ones.", ReproduceCommand.Create),
        ("plan", "Estimate memory and time of AutoRec on several ranks, from the size of the data.", PlanCommand.Create),
        ("info", "Show versions, system, libtorch and memory, for asking for help. No personal data.", InfoCommand.Create),
    ];

    /// <summary>Runs a command line.</summary>
    /// <param name="args">Its words.</param>
    /// <param name="output">Where results go; null for stdout.</param>
    /// <param name="error">Where errors, notes and progress go; null for stderr.</param>
    /// <returns>The exit code: 0, or what went wrong.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter? output = null, TextWriter? error = null)
    {
        var root = new RootCommand("Autoencoder recommenders on .NET: from a ratings file to a recommendation.");
        var named = Array.FindIndex(Commands, one => args.Length > 0 && one.Name == args[0]);
        var isAboutAll = args is [] or ["--help" or "-h" or "-?" or "--version"];
        foreach (var (name, description, create) in named < 0 ? Commands : [Commands[named]])
        {
            var command = isAboutAll ? new Command(name) : create();
            command.Description = description;
            root.Add(command);
        }

        var ranks = new Ranks(Environment.GetEnvironmentVariable);
        var configuration = new InvocationConfiguration
        {
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = TimeSpan.FromSeconds(30), // for what is under way to end in its own way
            Output = output ?? ranks.Output ?? Console.Out,
            Error = error ?? ranks.Error ?? Console.Error,
        };

        try
        {
            var parsed = root.Parse(args);
            ranks.Check(parsed);
            if (parsed.Errors.Count > 0)
            {
                foreach (var problem in parsed.Errors)
                {
                    await configuration.Error.WriteLineAsync($"error: {Secrets.OutOfMessage(problem.Message)}");
                }

                await configuration.Error.WriteLineAsync("Add --help to see what can be given.");
                return 1;
            }

            return await parsed.InvokeAsync(configuration);
        }
        catch (Exception thrown) when (ExitCode(thrown) is { } code)
        {
            ranks.Report(Text(thrown), thrown, configuration.Error);
            return code;
        }
    }

    /// <summary>The exit code of an error; null for a defect, which shows its stack.</summary>
    internal static int? ExitCode(Exception thrown) => thrown switch
    {
        OperationCanceledException => 130,
        RanksDifferException => 2,
        _ => Mendable(thrown) is null ? null : 1,
    };

    /// <summary>What is printed of an error.</summary>
    internal static string Text(Exception thrown) =>
        thrown is OperationCanceledException ? "cancelled" : $"error: {Message(Mendable(thrown) ?? thrown)}";

    /// <summary>What an error says to a user. A password that an argument held is repeated nowhere.</summary>
    internal static string Message(Exception exception) => Secrets.OutOfMessage(exception switch
    {
        // The name of a parameter in the code tells a user nothing.
        ArgumentException { ParamName: { } parameter } =>
            exception.Message.Replace($" (Parameter '{parameter}')", "", StringComparison.Ordinal),

        _ when DiskFull.Is(exception) => $"{exception.Message}. {DiskFull.Advice}",

        // Its first line; then come the frames of the native stack.
        _ when IsOfTorch(exception) => $"libtorch failed: {exception.Message.Split('\n')[0].TrimEnd()}",
        _ => exception.Message,
    });

    // What a user can mend: bad input, a wrong option, a missing file or library, too little memory for torch. Anything else is a
    // defect and shows its stack. Of errors in parallel work, the first counts.
    private static Exception? Mendable(Exception thrown) => thrown switch
    {
        AggregateException { InnerException: { } first } => Mendable(first),
        IOException or ArgumentException or ArithmeticException or NotSupportedException or UnauthorizedAccessException
            or DllNotFoundException => thrown,
        _ => IsOfTorch(thrown) ? thrown : null,
    };

    // TorchSharp throws the base type; types derived from it come from .NET.
    private static bool IsOfTorch(Exception exception) => exception.GetType() == typeof(ExternalException);
}
