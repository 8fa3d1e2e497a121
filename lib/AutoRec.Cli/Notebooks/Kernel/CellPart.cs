using System.Text.RegularExpressions;

namespace AutoRec.Cli.Notebooks.Kernel;

/// <summary>A piece of a cell that is run in one go.</summary>
internal abstract partial record CellPart
{
    /// <summary>C#; lines that come before it in the cell are blank, so that its line numbers are the cell's.</summary>
    public sealed record Code(string Text) : CellPart;

    /// <summary>A text to be displayed as a MIME type.</summary>
    public sealed record Markup(string MimeType, string Text) : CellPart;

    /// <summary>Another file whose code is run here: C# or a notebook.</summary>
    public sealed record Import(string Path) : CellPart;

    /// <summary>Asks for the cell's wall time.</summary>
    public sealed record Time : CellPart;

    /// <summary>Asks what is running the cell.</summary>
    public sealed record About : CellPart;

    /// <summary>Takes a cell's lines apart at its magic commands.</summary>
    /// <exception cref="DirectiveException">A command is unknown, or one that this program does not carry out.</exception>
    public static IReadOnlyList<CellPart> Split(CellRequest cell)
    {
        var language = LanguageOf(cell.Language) ?? throw new DirectiveException(null,
            $"The cell's language is '{cell.Language}'. This runner runs C# cells; it shows HTML and Markdown cells and knows no other.");
        var parts = new List<CellPart>();
        var lines = cell.Code.ReplaceLineEndings("\n").Split('\n');
        var start = 0;
        for (var index = 0; index < lines.Length; index++)
        {
            var line = lines[index];
            if (PackageReference().IsMatch(line))
            {
                throw new DirectiveException(index + 1,
                    $"This runner downloads no packages, so it cannot carry out: {line.Trim()} " +
                    "Reference a built assembly by its path instead: #r \"../lib/AutoRec.Notebooks/bin/AutoRec.Notebooks.dll\"");
            }

            if (!line.StartsWith("#!", StringComparison.Ordinal))
            {
                continue;
            }

            Close(index);
            start = index + 1;
            var words = line[2..].Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            var name = words.ElementAtOrDefault(0) ?? "";
            var argument = words.ElementAtOrDefault(1) ?? "";
            if (LanguageOf(name) is { } chosen)
            {
                language = chosen;
                continue;
            }

            parts.Add(name switch
            {
                "import" when argument.Trim('"') is { Length: > 0 } path => new Import(path),
                "import" => throw new DirectiveException(index + 1, "#!import needs a file: #!import \"helpers.cs\""),
                "time" => new Time(),
                "about" => new About(),
                _ => throw new DirectiveException(index + 1,
                    $"Unknown magic command '{line.Trim()}'. This runner knows #!csharp, #!html, #!markdown, #!import, #!time and #!about."),
            });
        }

        Close(lines.Length);
        return parts;

        void Close(int end)
        {
            var text = string.Join('\n', lines[start..end]);
            if (!string.IsNullOrWhiteSpace(text))
            {
                parts.Add(language == CSharp ? new Code(new string('\n', start) + text) : new Markup(language, text));
            }
        }
    }

    private const string CSharp = "C#";

    private static string? LanguageOf(string name) => name.ToLowerInvariant() switch
    {
        "csharp" or "c#" or "cs" => CSharp,
        "html" => "text/html",
        "markdown" => "text/markdown",
        _ => null,
    };

    [GeneratedRegex("""^\s*#[ri]\s*"?\s*nuget\s*:|^\s*#i\b""")]
    private static partial Regex PackageReference();
}

/// <summary>A magic command that cannot be carried out.</summary>
internal sealed class DirectiveException(int? line, string message) : Exception(message)
{
    /// <summary>Its line in the cell, from 1; null where the whole cell is meant.</summary>
    public int? Line => line;
}
