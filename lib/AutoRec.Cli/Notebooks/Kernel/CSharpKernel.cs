using System.Diagnostics;
using System.Reflection;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Scripting;
using Microsoft.DotNet.Interactive.Formatting;

namespace AutoRec.Cli.Notebooks.Kernel;

/// <summary>
/// Runs C# cells as .NET Interactive does: each is a script submission that sees the variables, types and usings of
/// those before it, and the value of its last expression is shown.
/// </summary>
internal sealed class CSharpKernel
{
    // Those of .NET Interactive's C# kernel, no more: a notebook that runs here must compile there.
    private static readonly ScriptOptions BaseOptions = ScriptOptions.Default
        .WithLanguageVersion(LanguageVersion.Latest)
        .WithEmitDebugInformation(true)
        .AddImports(
            "System",
            "System.Text",
            "System.Collections",
            "System.Collections.Generic",
            "System.Threading.Tasks",
            "System.Linq",
            typeof(Microsoft.DotNet.Interactive.Kernel).FullName!)
        .AddReferences(
            typeof(Enumerable).Assembly,
            typeof(Microsoft.DotNet.Interactive.Kernel).Assembly,
            typeof(Formatter).Assembly,
            typeof(Microsoft.AspNetCore.Html.IHtmlContent).Assembly);

    private readonly CellOutput output;
    private readonly ReferencedFolders folders = new();
    private readonly HashSet<string> importing = [];
    private ScriptState<object>? state;

    public CSharpKernel(CellOutput output)
    {
        this.output = output;
        folders.ServeDefaultContext();
    }

    /// <summary>Runs a cell; what comes of it, errors included, goes to the output.</summary>
    public async Task RunAsync(CellRequest cell)
    {
        try
        {
            await RunPartsAsync(cell);
        }
        catch (DirectiveException error)
        {
            output.Send(new Failed("DirectiveError", error.Message, [error.Message], error.Line));
        }
        catch (CompilationFailure error)
        {
            output.Send(error.Describe());
        }
        catch (Exception error)
        {
            output.Send(ExceptionText.Describe(error, cell.Label)); // Of the cell's code, for the most part.
        }

        output.Send(new CellDone());
    }

    private async Task RunPartsAsync(CellRequest cell)
    {
        Stopwatch? watch = null;
        foreach (var part in CellPart.Split(cell))
        {
            switch (part)
            {
                case CellPart.Code code:
                    await SubmitAsync(code.Text, cell.Label);
                    break;
                case CellPart.Markup markup:
                    output.Display(new Dictionary<string, string> { [markup.MimeType] = markup.Text });
                    break;
                case CellPart.Import import:
                    await ImportAsync(import.Path);
                    break;
                case CellPart.Time:
                    watch = Stopwatch.StartNew();
                    break;
                case CellPart.About:
                    var version = typeof(CSharpKernel).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
                    output.Display(MimeBundle.Of($"autorec {version.Split('+')[0]}, C# script on .NET {Environment.Version}"));
                    break;
                default:
                    throw new UnreachableException();
            }
        }

        if (watch is not null)
        {
            output.Display(MimeBundle.Of($"Wall time: {watch.Elapsed.TotalMilliseconds:f0} ms"));
        }
    }

    private async Task SubmitAsync(string code, string label)
    {
        var options = BaseOptions
            .WithFilePath(label)
            .WithFileEncoding(Encoding.UTF8)
            .WithMetadataResolver(new OwnLibrary(Environment.CurrentDirectory))
            .WithSourceResolver(ScriptSourceResolver.Default.WithBaseDirectory(Environment.CurrentDirectory));
        using var source = new MemoryStream(Encoding.UTF8.GetBytes(code)); // A plain string has no encoding, which line numbers need.
        Script<object> script = state is null ? CSharpScript.Create<object>(source, options) : state.Script.ContinueWith<object>(source, options);

        var errors = script.Compile().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).ToList();
        if (errors.Count > 0)
        {
            throw new CompilationFailure(errors, code, label);
        }

        var compilation = script.GetCompilation();
        folders.Add(compilation.DirectiveReferences);
        state = state is null ? await script.RunAsync() : await script.RunFromAsync(state);
        if (HasValue(compilation))
        {
            output.Send(new Returned(MimeBundle.Of(state.ReturnValue)));
        }
    }

    // A last expression without a semicolon is the submission's value, unless it has none (void).
    private static bool HasValue(Compilation compilation)
    {
        var tree = compilation.SyntaxTrees.Last();
        return ((CompilationUnitSyntax)tree.GetRoot()).Members.LastOrDefault() is GlobalStatementSyntax
        {
            Statement: ExpressionStatementSyntax { SemicolonToken.IsMissing: true } last,
        } && compilation.GetSemanticModel(tree).GetTypeInfo(last.Expression).Type?.SpecialType != SpecialType.System_Void;
    }

    private async Task ImportAsync(string path)
    {
        var file = Path.GetFullPath(path);
        if (!File.Exists(file))
        {
            throw new DirectiveException(null, $"#!import: there is no file {path} (looked for in {Environment.CurrentDirectory}).");
        }

        if (!importing.Add(file))
        {
            throw new DirectiveException(null, $"#!import: {path} imports itself.");
        }

        var name = Path.GetFileName(path);
        switch (Path.GetExtension(path).ToLowerInvariant())
        {
            case ".cs" or ".csx":
                await RunPartsAsync(new(await File.ReadAllTextAsync(file), "csharp", name));
                break;
            case ".ipynb":
                foreach (var cell in NotebookDocument.Read(file).Cells.Where(cell => cell.Kind != CellKind.Raw))
                {
                    await RunPartsAsync(new(cell.Source, cell.Kind == CellKind.Code ? cell.Language : "markdown", $"{name} cell {cell.Number}"));
                }

                break;
            default:
                throw new DirectiveException(null, $"#!import: {path} is none of .cs, .csx and .ipynb.");
        }

        importing.Remove(file);
    }
}
