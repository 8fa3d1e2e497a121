using System.Net;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AutoRec.Cli.Report;

/// <summary>
/// Colours C# by its syntax: every token becomes a <c>span</c> with a class, when the page is written. The text itself
/// is kept to the character.
/// </summary>
internal static class CodeHighlighter
{
    private static readonly CSharpParseOptions Script = new(LanguageVersion.Latest, kind: SourceCodeKind.Script);

    public static string ToHtml(string code)
    {
        var html = new StringBuilder();
        foreach (var token in CSharpSyntaxTree.ParseText(code, Script).GetRoot().DescendantTokens())
        {
            Append(html, token.LeadingTrivia);
            Append(html, token.Text, ClassOf(token));
            Append(html, token.TrailingTrivia);
        }

        return html.ToString();
    }

    private static void Append(StringBuilder html, SyntaxTriviaList trivia)
    {
        foreach (var piece in trivia)
        {
            // Directives are #r, #load and magic commands here.
            var isDirective = piece.IsDirective
                || piece.IsKind(SyntaxKind.BadDirectiveTrivia) || piece.IsKind(SyntaxKind.ShebangDirectiveTrivia);
            var name = isDirective ? "directive"
                : piece.Kind() is SyntaxKind.SingleLineCommentTrivia or SyntaxKind.MultiLineCommentTrivia
                    or SyntaxKind.SingleLineDocumentationCommentTrivia or SyntaxKind.MultiLineDocumentationCommentTrivia ? "comment"
                : null;
            Append(html, piece.ToFullString(), name);
        }
    }

    private static void Append(StringBuilder html, string text, string? name)
    {
        var encoded = WebUtility.HtmlEncode(text);
        _ = name is null || text.Length == 0 ? html.Append(encoded) : html.Append($"<span class=\"c-{name}\">{encoded}</span>");
    }

    private static string? ClassOf(SyntaxToken token) => token.Kind() switch
    {
        SyntaxKind.NumericLiteralToken => "number",
        SyntaxKind.StringLiteralToken or SyntaxKind.CharacterLiteralToken or SyntaxKind.Utf8StringLiteralToken
            or SyntaxKind.SingleLineRawStringLiteralToken or SyntaxKind.MultiLineRawStringLiteralToken
            or SyntaxKind.InterpolatedStringStartToken or SyntaxKind.InterpolatedStringTextToken or SyntaxKind.InterpolatedStringEndToken
            or SyntaxKind.InterpolatedVerbatimStringStartToken or SyntaxKind.InterpolatedSingleLineRawStringStartToken
            or SyntaxKind.InterpolatedMultiLineRawStringStartToken or SyntaxKind.InterpolatedRawStringEndToken => "string",
        SyntaxKind.IdentifierToken => ClassOfName(token),
        var kind when SyntaxFacts.IsReservedKeyword(kind) || SyntaxFacts.IsContextualKeyword(kind) => "keyword",
        _ => null,
    };

    // Without the assemblies that the code refers to, a name's place in the syntax is all there is; it says enough.
    private static string? ClassOfName(SyntaxToken token) => token.Parent switch
    {
        IdentifierNameSyntax { Identifier.Text: "var" or "nameof" or "dynamic" } => "keyword",
        SimpleNameSyntax name when IsCalled(name) => "method",
        GenericNameSyntax => "type",
        SimpleNameSyntax name when IsType(name) => "type",
        BaseTypeDeclarationSyntax or TypeParameterSyntax or DelegateDeclarationSyntax => "type",
        MethodDeclarationSyntax or LocalFunctionStatementSyntax => "method",
        _ => null,
    };

    private static bool IsCalled(SimpleNameSyntax name) => name.Parent switch
    {
        InvocationExpressionSyntax call => call.Expression == name,
        MemberAccessExpressionSyntax access =>
            access.Name == name && access.Parent is InvocationExpressionSyntax call && call.Expression == access,
        MemberBindingExpressionSyntax { Parent: InvocationExpressionSyntax } => true,
        _ => false,
    };

    private static bool IsType(SimpleNameSyntax name) => name.Parent switch
    {
        ObjectCreationExpressionSyntax or TypeArgumentListSyntax or ArrayTypeSyntax or NullableTypeSyntax or CastExpressionSyntax
            or TypeOfExpressionSyntax or BaseTypeSyntax or DeclarationPatternSyntax or RecursivePatternSyntax or CatchDeclarationSyntax
            or TupleElementSyntax or DefaultExpressionSyntax or RefTypeSyntax =>
            name.Parent is not CastExpressionSyntax cast || cast.Type == name,
        VariableDeclarationSyntax variable => variable.Type == name,
        ParameterSyntax parameter => parameter.Type == name,
        ForEachStatementSyntax loop => loop.Type == name,
        MethodDeclarationSyntax or LocalFunctionStatementSyntax or PropertyDeclarationSyntax => true,
        UsingDirectiveSyntax => false,
        QualifiedNameSyntax qualified => qualified.Right == name && IsTypePlace(qualified),

        // Path.Combine, StringComparer.Ordinal: what a member is taken from is a type, by custom, when it starts with a capital.
        MemberAccessExpressionSyntax access => access.Expression == name && char.IsUpper(name.Identifier.Text[0]),
        _ => false,
    };

    private static bool IsTypePlace(QualifiedNameSyntax name) =>
        name.Parent is ObjectCreationExpressionSyntax or VariableDeclarationSyntax or ParameterSyntax or TypeArgumentListSyntax;
}
