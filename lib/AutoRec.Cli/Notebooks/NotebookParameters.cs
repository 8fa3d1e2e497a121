using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AutoRec.Cli.Notebooks;

/// <summary>
/// A notebook's parameters: what its cell tagged <c>parameters</c> reads with calls such as
/// <c>Parameters.Text("dataset", "sample")</c>. A value given on the command line reaches it as an environment
/// variable, <c>AUTOREC_DATASET</c>, which works in every front end.
/// </summary>
internal static class NotebookParameters
{
    private const string Tag = "parameters";

    /// <summary>The names in the tagged cells, in their order.</summary>
    public static IReadOnlyList<string> NamesIn(NotebookDocument notebook) =>
        [.. ReadIn(notebook).Select(parameter => parameter.Name).Distinct()];

    /// <summary>The default of a parameter as the notebook writes it; null where there is no such parameter.</summary>
    public static string? DefaultOf(NotebookDocument notebook, string name) =>
        ReadIn(notebook).FirstOrDefault(parameter => parameter.Name == name).Default;

    /// <summary>The environment variable of a parameter.</summary>
    public static string Variable(string name) => "AUTOREC_" + name.Replace('-', '_').ToUpperInvariant();

    /// <summary>Takes <c>name=value</c> texts apart and checks the names.</summary>
    /// <exception cref="ArgumentException">
    /// A text is not of that form, a name is given twice, or the notebook has no such parameter.
    /// </exception>
    public static IReadOnlyDictionary<string, string?> Bind(NotebookDocument notebook, IReadOnlyCollection<string> settings)
    {
        var known = NamesIn(notebook);
        var variables = new Dictionary<string, string?>();
        foreach (var setting in settings)
        {
            var split = setting.IndexOf('=');
            if (split <= 0)
            {
                throw new ArgumentException($"--set {setting}: expected name=value.");
            }

            var name = setting[..split];
            if (!known.Contains(name))
            {
                throw new ArgumentException($"--set {name}: {notebook.Path} has no parameter of that name. " +
                    (known.Count > 0 ? $"It has: {string.Join(", ", known)}." : $"It has no cell tagged '{Tag}' that reads one."));
            }

            if (!variables.TryAdd(Variable(name), setting[(split + 1)..]))
            {
                throw new ArgumentException($"--set {name} is given twice.");
            }
        }

        return variables;
    }

    private static IEnumerable<(string Name, string? Default)> ReadIn(NotebookDocument notebook) =>
        notebook.Cells.Where(cell => cell.Kind == CellKind.Code && cell.Tags.Contains(Tag)).SelectMany(cell => ReadIn(cell.Source));

    private static IEnumerable<(string Name, string? Default)> ReadIn(string code) =>
        CSharpSyntaxTree.ParseText(code, new CSharpParseOptions(kind: SourceCodeKind.Script)).GetRoot()
            .DescendantNodes().OfType<InvocationExpressionSyntax>()
            .Where(call => call.Expression is MemberAccessExpressionSyntax { Expression: var owner }
                && owner.ToString().Split('.')[^1] == "Parameters")
            .Select(call => call.ArgumentList.Arguments)
            .Where(arguments => arguments is [{ Expression: LiteralExpressionSyntax literal }, ..]
                && literal.IsKind(SyntaxKind.StringLiteralExpression))
            .Select(arguments => (
                ((LiteralExpressionSyntax)arguments[0].Expression).Token.ValueText,
                arguments.ElementAtOrDefault(1)?.Expression.ToString()));
}
