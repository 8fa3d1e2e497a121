namespace AutoRec.Cli.Commands;

/// <summary>Command lines that can be copied into a shell.</summary>
internal static class CommandText
{
    private const string Plain = "-_.,:=/@%+\\";

    /// <summary>The command line of these arguments; those that a shell would not take as they are stand between quotes.</summary>
    public static string Of(IEnumerable<string> arguments) => $"autorec {string.Join(' ', arguments.Select(Quoted))}";

    private static string Quoted(string argument)
    {
        var isPlain = argument.Length > 0
            && argument.All(letter => char.IsLetterOrDigit(letter) || Plain.Contains(letter))
            && (OperatingSystem.IsWindows() || !argument.Contains('\\'));
        if (isPlain)
        {
            return argument;
        }

        return OperatingSystem.IsWindows()
            ? $"\"{argument.Replace("\"", "\\\"", StringComparison.Ordinal)}\""
            : $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'";
    }
}
