using System.ComponentModel;
using System.Diagnostics;
using System.IO.Pipes;
using System.Net.Sockets;

namespace AutoRec.Cli.Notebooks;

/// <summary>The process that runs one notebook's cells, seen from the program that started it.</summary>
internal sealed class KernelProcess : IAsyncDisposable
{
    private const int ErrorLinesKept = 12;

    private readonly Process process;
    private readonly NamedPipeServerStream pipe;
    private readonly StreamReader reader;
    private readonly StreamWriter writer;
    private readonly List<string> errorLines = [];

    private KernelProcess(Process process, NamedPipeServerStream pipe)
    {
        this.process = process;
        this.pipe = pipe;
        reader = new(pipe, leaveOpen: true);
        writer = new(pipe, leaveOpen: true);
        process.OutputDataReceived += static (_, _) => { }; // Native code's prints: no front end shows them.
        process.ErrorDataReceived += (_, line) => Remember(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <param name="workingDirectory">The notebook's own folder.</param>
    /// <param name="environment">Variables besides this process's own; null takes one away.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<KernelProcess> StartAsync(
        string workingDirectory, IReadOnlyDictionary<string, string?> environment, CancellationToken cancellation)
    {
        var pipeName = $"autorec-{Guid.NewGuid():N}";
        var pipe = CreatePipe(pipeName);
        KernelProcess? kernel = null;
        try
        {
            var program = typeof(KernelProcess).Assembly.Location;
            var start = new ProcessStartInfo(DotnetHost())
            {
                WorkingDirectory = workingDirectory,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                ArgumentList =
                {
                    "exec",
                    "--depsfile", KernelDependencies.Write(program),
                    "--runtimeconfig", Path.ChangeExtension(program, ".runtimeconfig.json"),
                    program,
                    Kernel.KernelHost.Command, pipeName,
                },
            };
            foreach (var (name, value) in environment)
            {
                start.Environment[name] = value;
            }

            var process = Process.Start(start) ?? throw new IOException($"The program {start.FileName} could not be started.");
            process.StandardInput.Close();
            kernel = new(process, pipe);
            var connected = pipe.WaitForConnectionAsync(cancellation);
            if (await Task.WhenAny(connected, process.WaitForExitAsync(cancellation)) != connected)
            {
                cancellation.ThrowIfCancellationRequested();
                throw new IOException($"The notebook's process could not be started. {await kernel.DescribeEndAsync()}");
            }

            await connected;
            return kernel;
        }
        catch (Win32Exception error)
        {
            await pipe.DisposeAsync();
            throw new IOException($"The notebook's process could not be started: {error.Message}", error);
        }
        catch
        {
            if (kernel is null)
            {
                await pipe.DisposeAsync();
            }
            else
            {
                await kernel.DisposeAsync();
            }

            throw;
        }
    }

    public async Task SendAsync(CellRequest cell, CancellationToken cancellation)
    {
        lock (errorLines)
        {
            errorLines.Clear();
        }

        try
        {
            await writer.WriteLineAsync(cell.Write().AsMemory(), cancellation);
            await writer.FlushAsync(cancellation);
        }
        catch (IOException)
        {
            // It has ended; reading says so.
        }
    }

    /// <summary>The next event; null when the process has ended.</summary>
    public async Task<KernelEvent?> ReceiveAsync(CancellationToken cancellation)
    {
        try
        {
            return await reader.ReadLineAsync(cancellation) is { } line ? KernelEvent.Read(line) : null;
        }
        catch (Exception error) when (error is IOException or System.Text.Json.JsonException)
        {
            return null; // Cut off in the middle of a message.
        }
    }

    /// <summary>Why the process ended, with the first lines that it wrote to its standard error.</summary>
    public async Task<string> DescribeEndAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            return "It no longer answers.";
        }

        var end = process.ExitCode switch
        {
            132 => "It crashed (illegal instruction).",
            134 => "It crashed (abort).",
            135 => "It crashed (bus error).",
            137 => "It was killed, perhaps because memory ran out.",
            139 => "It crashed (segmentation fault in native code).",
            var code => $"It ended with exit code {code}.",
        };
        lock (errorLines)
        {
            return string.Join('\n', [end, .. errorLines]);
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            // Closing the pipe tells it to go. A cell that was stopped, or left something running, is not waited for.
            await pipe.DisposeAsync();
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }
        catch (InvalidOperationException)
        {
            // It is gone already.
        }

        process.Dispose();
    }

    private void Remember(string? line)
    {
        lock (errorLines)
        {
            if (!string.IsNullOrWhiteSpace(line) && errorLines.Count < ErrorLinesKept)
            {
                errorLines.Add(line);
            }
        }
    }

    // The runtime that runs this program lies in DOTNET/shared/Microsoft.NETCore.App/VERSION.
    // On Unix a pipe is a socket in the temporary folder.
    private static NamedPipeServerStream CreatePipe(string name)
    {
        try
        {
            return new(name, PipeDirection.InOut, 1, PipeTransmissionMode.Byte, PipeOptions.Asynchronous | PipeOptions.CurrentUserOnly);
        }
        catch (Exception error) when (error is SocketException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new IOException(
                $"The temporary folder {Path.GetTempPath()} cannot be used to talk to a notebook's process: {error.Message}. "
                + "Set TMPDIR to a folder with a short path that exists and is writable.",
                error);
        }
    }

    private static string DotnetHost()
    {
        var runtime = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        var host = Path.GetFullPath(Path.Combine(runtime, "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));
        return File.Exists(host) ? host : "dotnet";
    }
}
