using System.CommandLine;
using System.CommandLine.Invocation;
using AutoRec.Distributed;
using Microsoft.Win32.SafeHandles;

namespace AutoRec.Cli.Commands;

/// <summary>
/// This program as one of the ranks that <c>mpirun</c> or <c>srun</c> started: rank 0 prints what one process prints, the others only an
/// error that rank 0 does not have too.
/// </summary>
internal sealed class Ranks
{
    // A rank that fails as rank 0 does is ended by the launcher before it prints.
    private static readonly TimeSpan HeadStart = TimeSpan.FromSeconds(2);

    private readonly int rank;
    private readonly int size = 1;
    private readonly string? problem;

    /// <summary>Finds the launcher.</summary>
    /// <param name="variable">The value of an environment variable, or null.</param>
    public Ranks(Func<string, string?> variable)
    {
        try
        {
            (rank, size) = MpiLauncher.Find(variable) is { } launcher ? (launcher.Rank, launcher.Size) : (0, 1);
            if (size > 1)
            {
                Environment.SetEnvironmentVariable("TERM", "dumb"); // See Standard; tables are drawn by a library that looks at Console.
            }
        }
        catch (NotSupportedException error)
        {
            problem = error.Message;
        }
    }

    /// <summary>Where results go; null without a launcher of several ranks.</summary>
    public TextWriter? Output => size == 1 ? null : rank == 0 ? Standard(1) : TextWriter.Null;

    /// <summary>Where notes go; null without a launcher of several ranks.</summary>
    public TextWriter? Error => size == 1 ? null : rank == 0 ? Standard(2) : TextWriter.Null;

    /// <summary>Throws if a command does not run on several ranks.</summary>
    public void Check(ParseResult parsed)
    {
        if (parsed.Action is not AsynchronousCommandLineAction || parsed.CommandResult.Command.Options.Any(DistributedOptions.Is))
        {
            return;
        }

        if (problem is not null || size > 1)
        {
            var name = parsed.CommandResult.Command.Name;
            throw new NotSupportedException(
                problem ?? $"'{name}' does not run on several ranks; 'train', 'evaluate', 'tune', 'recommend --users' and 'data shard' do. "
                    + "Start it as one process.");
        }
    }

    /// <summary>Prints the error of this rank: that of rank 0 where it always goes, those of others to stderr, after a while.</summary>
    public void Report(string text, Exception thrown, TextWriter error)
    {
        if (rank == 0)
        {
            error.WriteLine(text);
        }
        else if (thrown is not RanksDifferException) // which all ranks have
        {
            Thread.Sleep(HeadStart);
            Standard(2).WriteLine($"rank {rank}: {text}");
        }
    }

    /// <summary>
    /// A stream of the process. <see cref="Console"/> takes the terminal that a launcher gives to ranks for one of its own, and writes
    /// control sequences to it.
    /// </summary>
    public static TextWriter Standard(int handle)
    {
        var stream = new FileStream(new SafeFileHandle(handle, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        return new StreamWriter(stream) { AutoFlush = true };
    }
}
