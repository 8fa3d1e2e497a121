using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.Scripting;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.CSharp;
using Microsoft.DotNet.Interactive.Directives;
using Microsoft.DotNet.Interactive.Events;

namespace AutoRec.Cli.Notebooks.Kernel;

/// <summary>
/// Runs cells in .NET Interactive's C# kernel, put together as its front ends do, but without packages from NuGet, which need a network.
/// </summary>
internal sealed partial class CellKernel
{
    private readonly CellOutput output;
    private readonly CSharpKernel csharp = new();
    private readonly CompositeKernel kernel;
    private CellRequest? cell;
    private Exception? exception;
    private string? message;

    public CellKernel(CellOutput output)
    {
        this.output = output;
        csharp.UseKernelHelpers();
        csharp.AddMiddleware(RunPartAsync);
        kernel = new CompositeKernel { { csharp, ["c#", "C#"] }, new HtmlKernel() };
        kernel.DefaultKernelName = csharp.Name;
        kernel.UseImportMagicCommand();
        kernel.AddDirective(new KernelActionDirective("#!time"), ShowWallTimeAsync);
        kernel.KernelEvents.Subscribe(Take);
    }

    /// <summary>Runs a cell; what comes of it, errors included, goes to the output.</summary>
    public async Task RunAsync(CellRequest request)
    {
        (cell, exception, message) = (request, null, null);
        if (kernel.FindKernelByName(cell.Language) is null)
        {
            Fail($"The cell's language is '{cell.Language}'. This runner runs C# cells and shows HTML cells.", null);
        }
        else if (PackageReference().Match(cell.Code) is { Success: true } reference)
        {
            Fail(
                $"This runner downloads no packages, so it cannot carry out: {reference.Value.Trim()} "
                + "Reference a built assembly by its path instead: #r \"../lib/AutoRec.Notebooks/bin/AutoRec.Notebooks.dll\"",
                cell.LineAt(reference.Index));
        }
        else
        {
            await kernel.SendAsync(new SubmitCode(WithOwnLibrary(cell.Code), cell.Language));
            if (exception is not null || message is not null)
            {
                output.Send(CellError.Of(exception, message, cell));
            }
        }

        output.Send(new CellDone());

        void Fail(string problem, int? line) => output.Send(new Failed(CellError.Directive, problem, [problem], line));
    }

    private void Take(Microsoft.DotNet.Interactive.Events.KernelEvent happened)
    {
        switch (happened)
        {
            case DisplayedValueProduced shown:
                output.Display(shown.ValueId, Data(shown));
                break;
            case DisplayedValueUpdated shown:
                output.Update(shown.ValueId, Data(shown));
                break;
            case ReturnValueProduced returned:
                output.Send(new Returned(Data(returned)));
                break;
            case StandardOutputValueProduced text:
                output.Write("stdout", TextOf(text));
                break;
            case StandardErrorValueProduced text:
                output.Write("stderr", TextOf(text));
                break;
            case ErrorProduced error:
                message ??= error.Message;
                break;
            case CommandFailed failed:
                exception ??= failed.Exception;
                message ??= failed.Message;
                break;
        }
    }

    // The C# of a cell: all of it, or what is between two directives. The kernel compiles without line numbers, and has no public
    // way to ask for them. It also tells nobody of an exception in an imported file.
    private async Task RunPartAsync(KernelCommand command, KernelInvocationContext context, KernelPipelineContinuation next)
    {
        var before = csharp.ScriptState;
        if (command is SubmitCode part && cell is not null)
        {
            ref var options = ref OptionsOf(csharp);
            options = options.WithFilePath(CellPlace.Of(part.Code, cell)).WithFileEncoding(Encoding.UTF8).WithEmitDebugInformation(true);
        }

        await next(command, context);
        if (csharp.ScriptState is { Exception: not null } after && after != before)
        {
            exception ??= after.Exception;
        }
    }

    private Task ShowWallTimeAsync(KernelCommand command, KernelInvocationContext context)
    {
        var watch = Stopwatch.StartNew();
        context.OnComplete(_ => output.Display(null, new Dictionary<string, string>
        {
            ["text/plain"] = FormattableString.Invariant($"Wall time: {watch.Elapsed.TotalMilliseconds:f0} ms"),
        }));
        return Task.CompletedTask;
    }

    // Where the program is installed, with notebooks beside it, there is no built AutoRec.Notebooks.dll at the path that they name;
    // then the program's own is taken.
    private static string WithOwnLibrary(string code)
    {
        var own = Path.Combine(AppContext.BaseDirectory, "AutoRec.Notebooks.dll");
        return Directory.Exists(Path.Combine(AppContext.BaseDirectory, "notebooks")) && File.Exists(own)
            ? LibraryReference().Replace(code, match => File.Exists(match.Groups["path"].Value) ? match.Value : $"#r \"{own}\"")
            : code;
    }

    private static Dictionary<string, string> Data(DisplayEvent shown) =>
        shown.FormattedValues.ToDictionary(value => value.MimeType, value => value.Value);

    private static string TextOf(DisplayEvent text) => string.Concat(text.FormattedValues.Select(value => value.Value));

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_scriptOptions")]
    private static extern ref ScriptOptions OptionsOf(CSharpKernel kernel);

    [GeneratedRegex("""^[ \t]*(#r[ \t]*"?[ \t]*nuget[ \t]*:|#i\b).*$""", RegexOptions.Multiline)]
    private static partial Regex PackageReference();

    [GeneratedRegex("""(?<=^[ \t]*)#r[ \t]*"(?<path>[^"]*\bAutoRec\.Notebooks\.dll)\x22""", RegexOptions.Multiline)]
    private static partial Regex LibraryReference();
}
