using System.Text.RegularExpressions;

namespace AutoRec.Data;

/// <summary>Takes passwords out of texts that are shown.</summary>
internal static partial class Secrets
{
    private const string Hidden = "***";

    /// <summary>
    /// A message without the passwords that it may repeat: those of addresses with <c>//user:password@</c> and of settings such as
    /// <c>Password=...</c>.
    /// </summary>
    public static string OutOfMessage(string message) =>
        Setting().Replace(Address().Replace(message, $"//{Hidden}@"), match => $"{match.Groups[1].Value}={Hidden}");

    /// <summary>
    /// The name of a source that turned out not to exist, without what may be a user name and a password: it may be the address of a
    /// database with a mistake in it, so all before the last <c>@</c> is left out where a colon precedes it.
    /// </summary>
    public static string OutOfSource(string source)
    {
        var at = source.LastIndexOf('@');
        if (at < 0 || !source.AsSpan(0, at).Contains(':'))
        {
            return OutOfMessage(source);
        }

        var slashes = source.IndexOf("//", StringComparison.Ordinal);
        var start = slashes >= 0 && slashes < at ? slashes + 2 : 0;
        return OutOfMessage($"{source[..start]}{Hidden}{source[at..]}");
    }

    /// <summary>Whether a source looks like the address of a database rather than like a file.</summary>
    public static bool LooksLikeDatabase(string source) => Database().IsMatch(source);

    [GeneratedRegex(@"//[^\s/:@]*:[^\s]*@")]
    private static partial Regex Address();

    [GeneratedRegex("""\b(password|passwd|pwd|psw)\s*=\s*('[^']*'|"[^"]*"|[^;\s&?]+)""", RegexOptions.IgnoreCase)]
    private static partial Regex Setting();

    [GeneratedRegex(
        @"^\s*(postgr|psql|pgsql|jdbc)|(^|;|:)\s*(host|server|user id|username)\s*=|//[^/]*@|:[^/]*@|\?query=",
        RegexOptions.IgnoreCase)]
    private static partial Regex Database();
}
