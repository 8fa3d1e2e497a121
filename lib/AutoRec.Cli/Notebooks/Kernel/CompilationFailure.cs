using Microsoft.CodeAnalysis;

namespace AutoRec.Cli.Notebooks.Kernel;

/// <summary>A submission does not compile.</summary>
internal sealed class CompilationFailure(IReadOnlyList<Diagnostic> errors, string code, string label) : Exception
{
    private const string MissingAssembly = "CS0006";

    public Failed Describe()
    {
        var lines = code.Split('\n');
        var traceback = new List<string>();
        int? firstLine = null;
        foreach (var error in errors)
        {
            var place = error.Location.GetLineSpan();
            traceback.Add(TextOf(error));
            if (place.Path == label && place.StartLinePosition.Line < lines.Length)
            {
                firstLine ??= place.StartLinePosition.Line + 1;
                traceback.Add("    " + lines[place.StartLinePosition.Line].TrimEnd());
                traceback.Add("    " + new string(' ', place.StartLinePosition.Character) + "^");
            }
        }

        return new("CompilationError", string.Join('\n', errors.Select(TextOf)), traceback, firstLine);
    }

    private string TextOf(Diagnostic error)
    {
        var place = error.Location.GetLineSpan();
        var file = place.Path == label || string.IsNullOrEmpty(place.Path) ? "" : place.Path;
        var hint = error.Id == MissingAssembly ? " Run 'dotnet build' first: #r takes assemblies that are built already." : "";
        return $"{file}({place.StartLinePosition.Line + 1},{place.StartLinePosition.Character + 1}): " +
            $"error {error.Id}: {error.GetMessage()}{hint}";
    }
}
