namespace AutoRec.Cli.Commands;

/// <summary>Shows what one should know of data and figures, on stderr.</summary>
internal static class Notes
{
    public static void Write(TextWriter output, IEnumerable<string> notes)
    {
        foreach (var note in notes)
        {
            output.WriteLine($"note: {note}");
        }
    }
}
