using System.IO.Pipes;
using System.Threading.Channels;

namespace AutoRec.Cli.Notebooks.Kernel;

/// <summary>The process that runs one notebook's cells. It reads requests from a pipe and writes events to it.</summary>
internal static class KernelHost
{
    /// <summary>The hidden command that makes this program a kernel's process; its argument is the pipe's name.</summary>
    public const string Command = "notebook-kernel";

    public static async Task<int> RunAsync(string pipeName)
    {
        await using var pipe = new NamedPipeClientStream(".", pipeName, PipeDirection.InOut, PipeOptions.Asynchronous);
        await pipe.ConnectAsync(30_000);
        using var requests = new StreamReader(pipe, leaveOpen: true);
        await using var events = new StreamWriter(pipe, leaveOpen: true);

        var output = new CellOutput(events);
        Console.SetIn(TextReader.Null);

        var cells = Channel.CreateUnbounded<CellRequest>();
        _ = Task.Run(async () =>
        {
            while (await requests.ReadLineAsync() is { } line)
            {
                cells.Writer.TryWrite(CellRequest.Read(line));
            }

            Environment.Exit(0); // The parent has gone or has done with us, whatever a cell is still doing.
        });

        var kernel = new CellKernel(output);
        await foreach (var cell in cells.Reader.ReadAllAsync())
        {
            output.BeginCell();
            await kernel.RunAsync(cell);
        }

        return 0;
    }
}
