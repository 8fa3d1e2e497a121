using System.CommandLine;
using AutoRec.Distributed;

namespace AutoRec.Cli.Commands;

/// <summary>How a command uses the ranks of a launcher.</summary>
internal enum Distribution
{
    /// <summary>All ranks together, where a launcher started several.</summary>
    Auto,

    /// <summary>All ranks together; an error without a launcher.</summary>
    Mpi,

    /// <summary>Each process for itself.</summary>
    None,
}

/// <summary>The options that say how a command runs on several ranks.</summary>
internal sealed class DistributedOptions
{
    private const string Name = "--distributed";

    private readonly Option<Distribution> distributed = new(Name)
    {
        Description = "Whether the ranks that mpirun or srun started work together. auto: where there are several; mpi: always; "
            + "none: each for itself.",
        HelpName = "auto|mpi|none",
        DefaultValueFactory = _ => Distribution.Auto,
    };

    private readonly Option<double> timeout = new("--collective-timeout")
    {
        Description = "The most seconds that a rank waits for the others before all are ended.",
        CustomParser = NumberArgument.Parse,
        HelpName = "SECONDS",
        DefaultValueFactory = _ => 300,
    };

    /// <summary>Whether an option is the one that says that a command runs on several ranks.</summary>
    public static bool Is(Option option) => option.Name == Name;

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(distributed);
        command.Options.Add(timeout);
    }

    /// <summary>Does the work of a command, alone or together with the other ranks. An error in one of them ends all.</summary>
    public void Run(ParseResult parsed, Action<IProcessGroup> work)
    {
        var group = Open(parsed);
        try
        {
            work(group);
        }
        catch (Exception thrown) when (group.Size > 1 && thrown is not RanksDifferException)
        {
            // The others may wait for this one, and would wait for ever.
            var code = CommandLine.ExitCode(thrown);
            var text = code is null ? thrown.ToString() : CommandLine.Text(thrown);
            new Ranks(Environment.GetEnvironmentVariable).Report(text, thrown, parsed.InvocationConfiguration.Error);
            group.Abort(code ?? 1);
        }
        catch
        {
            group.Dispose();
            throw;
        }

        group.Dispose();
    }

    private IProcessGroup Open(ParseResult parsed)
    {
        var (how, configuration) = (parsed.GetValue(distributed), parsed.InvocationConfiguration);
        if (how == Distribution.None)
        {
            (configuration.Output, configuration.Error) = (OfThis(configuration.Output, 1), OfThis(configuration.Error, 2));
            return ProcessGroup.Single;
        }

        var seconds = parsed.GetValue(timeout);
        if (seconds is not (>= 1 and <= 1e6))
        {
            throw new ArgumentException(
                FormattableString.Invariant($"--collective-timeout must be between 1 and 1e6 seconds; got {seconds}."));
        }

        if (how == Distribution.Mpi && MpiLauncher.Find(Environment.GetEnvironmentVariable) is null)
        {
            throw new ArgumentException(
                "--distributed mpi requires a launcher. Start with 'mpirun -n 4 autorec ...' or 'srun --mpi=pmix autorec ...'.");
        }

        return ProcessGroup.OfLauncher(TimeSpan.FromSeconds(seconds), message => Ranks.Standard(2).WriteLine($"error: {message}"));

        static TextWriter OfThis(TextWriter writer, int handle) => writer == TextWriter.Null ? Ranks.Standard(handle) : writer;
    }
}
