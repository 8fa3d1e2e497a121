using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Scripting;
using Microsoft.DotNet.Interactive;

namespace AutoRec.Cli.Notebooks.Kernel;

/// <summary>Why the kernel could not run a cell, as a notebook shows it.</summary>
internal static partial class CellError
{
    /// <summary>The name of errors that concern a directive of the kernel.</summary>
    public const string Directive = "DirectiveError";

    private const string MissingAssembly = "CS0006";
    private const string UnknownDirective = "DNI101";

    /// <summary>The error of a cell.</summary>
    /// <param name="exception">The exception; null where the kernel only says what is wrong.</param>
    /// <param name="message">What the kernel says.</param>
    /// <param name="cell">The cell.</param>
    public static Failed Of(Exception? exception, string? message, CellRequest cell) => exception switch
    {
        null => OfDirective(message ?? ""),
        CodeSubmissionCompilationErrorException { InnerException: CompilationErrorException error } => OfCompilation(error, cell),
        _ => ExceptionText.Describe(exception, cell.Label),
    };

    // (1,1): error DNI101: Unknown magic command '#!foo'
    private static Failed OfDirective(string message)
    {
        var hint = message.Contains(UnknownDirective, StringComparison.Ordinal)
            ? ". This runner knows #!csharp, #!html, #!import and #!time."
            : "";
        var position = Position().Match(message);
        int? line = position.Success ? int.Parse(position.Groups[1].Value, CultureInfo.InvariantCulture) : null;
        return new(Directive, message + hint, (message + hint).Split('\n'), line);
    }

    private static Failed OfCompilation(CompilationErrorException error, CellRequest cell)
    {
        var lines = cell.Code.Split('\n');
        var messages = new List<string>();
        var traceback = new List<string>();
        int? firstLine = null;
        foreach (var diagnostic in error.Diagnostics.Where(one => one.Severity == DiagnosticSeverity.Error))
        {
            var span = diagnostic.Location.GetLineSpan();
            var (label, line) = CellPlace.Resolve(span.Path ?? "", span.StartLinePosition.Line + 1);
            var isHere = label == cell.Label && line <= lines.Length;
            var file = label == cell.Label ? "" : label;
            var hint = diagnostic.Id == MissingAssembly ? " Run 'dotnet build' first: #r takes assemblies that are built already." : "";
            messages.Add($"{file}({line},{span.StartLinePosition.Character + 1}): error {diagnostic.Id}: {diagnostic.GetMessage()}{hint}");
            traceback.Add(messages[^1]);
            if (isHere)
            {
                firstLine ??= line;
                traceback.Add("    " + lines[line - 1].TrimEnd());
                traceback.Add("    " + new string(' ', span.StartLinePosition.Character) + "^");
            }
        }

        return new("CompilationError", string.Join('\n', messages), traceback, firstLine);
    }

    [GeneratedRegex(@"^\((\d+),\d+\): ")]
    private static partial Regex Position();
}
