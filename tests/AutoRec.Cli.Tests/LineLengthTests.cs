using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AutoRec.Cli.Tests;

public sealed class LineLengthTests
{
    private const int MostColumns = 140;

    [Fact]
    public void Sources_EveryLine_HasAtMost140ColumnsOrIsText()
    {
        var files = new[] { "lib", "tests" }
            .SelectMany(folder =>
                Directory.EnumerateFiles(Path.Combine(NotebookSamples.Repository, folder), "*.cs", SearchOption.AllDirectories))
            .Where(path => !path.Split(Path.DirectorySeparatorChar).Any(folder => folder is "bin" or "obj"))
            .ToList();
        Assert.InRange(files.Count, 300, 10_000);
        Assert.Empty(files.SelectMany(LongLines));
    }

    // Text that is read or expected as it stands is not cut, so that it can be searched for: a literal may reach over the edge.
    private static IEnumerable<string> LongLines(string path)
    {
        var text = File.ReadAllText(path);
        if (!text.Split('\n').Any(line => line.TrimEnd('\r').Length > MostColumns))
        {
            return [];
        }

        var tree = CSharpSyntaxTree.ParseText(text, cancellationToken: TestContext.Current.CancellationToken);
        var root = tree.GetRoot(TestContext.Current.CancellationToken);
        return tree.GetText(TestContext.Current.CancellationToken).Lines
            .Where(line => line.Span.Length > MostColumns)
            .Where(line => !IsText(root, line.Start + MostColumns - 1))
            .Select(line => $"{path}, line {line.LineNumber + 1}: {line.Span.Length} columns");
    }

    private static bool IsText(SyntaxNode root, int position)
    {
        var token = root.FindToken(position);
        return token.Span.Contains(position) && token is { Value: string, Parent: LiteralExpressionSyntax }
            || token.Parent!.AncestorsAndSelf().Any(node => node is InterpolatedStringExpressionSyntax && node.Span.Contains(position));
    }
}
