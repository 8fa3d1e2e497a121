using System.Globalization;

namespace AutoRec.Cli.Notebooks.Kernel;

/// <summary>
/// The name under which a part of a cell is compiled, from which the cell's line can be told: the cell's label, and how many lines
/// come before the part.
/// </summary>
internal static class CellPlace
{
    private const char Separator = '+';

    /// <summary>The name of a part of a cell; that of an imported file, which is not part of it, says so.</summary>
    public static string Of(string part, CellRequest cell) => cell.Code.IndexOf(part, StringComparison.Ordinal) is var at and >= 0
        ? string.Create(CultureInfo.InvariantCulture, $"{cell.Label}{Separator}{cell.LineAt(at) - 1}")
        : "imported file";

    /// <summary>The label of a compiled part, and the line of the cell that a line of it is.</summary>
    public static (string Label, int Line) Resolve(string place, int line) =>
        place.LastIndexOf(Separator) is var at and >= 0 && int.TryParse(place[(at + 1)..], CultureInfo.InvariantCulture, out var before)
            ? (place[..at], before + line)
            : (place, line);
}
