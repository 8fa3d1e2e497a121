using System.Diagnostics;
using AutoRec.Data;

namespace AutoRec.Cli.Notebooks;

/// <summary>How to run a notebook.</summary>
internal sealed record RunOptions
{
    /// <summary>How long one cell may take before its process is ended; 10 minutes by default.</summary>
    public TimeSpan CellTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Environment variables that the notebook sees besides this process's own.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();
}

/// <summary>The cell that stopped a notebook.</summary>
/// <param name="Cell">The cell.</param>
/// <param name="Line">Its line at fault, from 1; null where it is not known.</param>
/// <param name="Name">The kind of error.</param>
/// <param name="Message">What is wrong.</param>
internal sealed record CellFailure(NotebookCell Cell, int? Line, string Name, string Message)
{
    /// <summary>The source of the line at fault, of the first line where it is not known.</summary>
    public string SourceLine
    {
        get
        {
            var lines = Cell.Source.Split('\n');
            return (Line is { } line && line <= lines.Length ? lines[line - 1] : lines[0]).Trim();
        }
    }
}

/// <summary>A notebook with the outputs of one run.</summary>
/// <param name="Notebook">The notebook; cells after a failing one have no outputs.</param>
/// <param name="Failure">The cell that stopped it; null when all ran.</param>
/// <param name="Elapsed">The time it took, the start of its process included.</param>
internal sealed record NotebookRun(NotebookDocument Notebook, CellFailure? Failure, TimeSpan Elapsed);

/// <summary>Runs notebooks, each from top to bottom in a process of its own, until a cell fails.</summary>
internal static class NotebookRunner
{
    /// <summary>Runs a notebook and replaces its outputs.</summary>
    /// <param name="notebook">The notebook; changed in memory only.</param>
    /// <param name="options">How to run it.</param>
    /// <param name="progress">Receives a report before each cell, and of what the cell says of its progress.</param>
    /// <param name="cancellation">Ends the notebook's process.</param>
    public static async Task<NotebookRun> RunAsync(
        NotebookDocument notebook, RunOptions options, IProgress<WorkReport>? progress = null, CancellationToken cancellation = default)
    {
        var watch = Stopwatch.StartNew();
        var cells = notebook.Cells.Where(cell => cell.Kind == CellKind.Code).ToList();
        cells.ForEach(cell => cell.Clear());
        cells.RemoveAll(cell => string.IsNullOrWhiteSpace(cell.Source));

        var folder = Path.GetDirectoryName(Path.GetFullPath(notebook.Path))!;
        await using var kernel = await KernelProcess.StartAsync(folder, options.Environment, cancellation);
        var earlier = new List<(NotebookCell Cell, int Count, CellOutputs Outputs)>();
        for (var index = 0; index < cells.Count; index++)
        {
            progress?.Report(new WorkReport("", index, cells.Count, "cells"));
            var outputs = new CellOutputs(index + 1);
            earlier.Add((cells[index], index + 1, outputs));
            void Note(string note) => progress?.Report(new WorkReport(note, index, cells.Count, "cells"));
            var failure = await RunCellAsync(kernel, cells[index], earlier, options.CellTimeout, Note, cancellation);
            cells[index].SetOutputs(index + 1, outputs.ToList());
            if (failure is not null)
            {
                return new(notebook, failure, watch.Elapsed);
            }
        }

        return new(notebook, null, watch.Elapsed);
    }

    private static async Task<CellFailure?> RunCellAsync(
        KernelProcess kernel,
        NotebookCell cell,
        List<(NotebookCell Cell, int Count, CellOutputs Outputs)> cells,
        TimeSpan timeout,
        Action<string> note,
        CancellationToken cancellation)
    {
        var outputs = cells[^1].Outputs;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(timeout);
        try
        {
            await kernel.SendAsync(new(cell.Source, cell.Language, $"cell {cell.Number}"), limit.Token);
            Failed? failed = null;
            while (await kernel.ReceiveAsync(limit.Token) is { } message)
            {
                switch (message)
                {
                    case CellDone:
                        return failed is null ? null : new(cell, failed.Line, failed.Name, failed.Message);
                    case DisplayUpdated update:
                        // An earlier cell's display may change too.
                        _ = cells.FindLast(earlier => earlier.Outputs.TryUpdate(update));
                        if (update.Data.TryGetValue("text/plain", out var text))
                        {
                            note(text.Split('\n')[0]);
                        }

                        break;
                    default:
                        failed = message as Failed ?? failed;
                        outputs.Add(message);
                        break;
                }
            }

            // Ctrl-C reaches the notebook's process too, perhaps first.
            await Task.Delay(TimeSpan.FromSeconds(1), cancellation);
            return Stop("ProcessEnded", $"The notebook's process ended while the cell was running. {await kernel.DescribeEndAsync()}");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return Stop(
                "Timeout", $"The cell was stopped because it ran longer than {timeout.TotalSeconds:0.###} seconds (--cell-timeout).");
        }

        CellFailure Stop(string name, string message)
        {
            outputs.Add(new Failed(name, message, message.Split('\n'), null));
            return new(cell, null, name, message);
        }
    }
}
