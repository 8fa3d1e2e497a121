using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace AutoRec.Cli.Notebooks.Kernel;

/// <summary>
/// An exception as a notebook shows it: types, messages, and the stack down to the cell's own line, without the
/// machinery below and without folders of the machine where the code was built.
/// </summary>
internal static partial class ExceptionText
{
    public static Failed Describe(Exception error, string label)
    {
        var traceback = new List<string>();
        int? line = null;
        foreach (var current in Chain(error))
        {
            var message = $"{current.GetType().FullName}: {current.Message}";
            traceback.AddRange((current == error ? message : " ---> " + message).ReplaceLineEndings("\n").Split('\n'));
            foreach (var frame in Frames(current))
            {
                traceback.Add("   at " + frame.Text);
                if (frame.Label == label)
                {
                    line ??= frame.Line;
                }
            }
        }

        // The outer error often only says that there is an inner one (type initializers, reflection, tasks).
        var messages = string.Join(" ---> ", Chain(error).Select(one => one.Message));
        return new(error.GetType().FullName!, messages, traceback, line);
    }

    private static IEnumerable<Exception> Chain(Exception error)
    {
        for (var current = error; current is not null; current = current.InnerException)
        {
            yield return current;
        }
    }

    private static List<(string Text, string? Label, int Line)> Frames(Exception error)
    {
        var frames = new List<(string Text, string? Label, int Line)>();
        var lines = new StackTrace(error, fNeedFileInfo: true).ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        var own = Array.FindLastIndex(lines, line => line.Contains("Submission#", StringComparison.Ordinal));
        foreach (var match in lines.Take(own + 1).Select(line => Frame().Match(line)).Where(match => match.Success))
        {
            var file = Path.GetFileName(match.Groups["file"].Value); // Of a cell: see CellPlace.
            var place = match.Groups["line"].Value;
            var method = match.Groups["method"].Value;
            if (!method.Contains("Submission#", StringComparison.Ordinal))
            {
                frames.Add((file.Length > 0 ? $"{method} in {file}:line {place}" : method, null, 0));
            }
            else if (file.Length > 0)
            {
                var (label, cellLine) = CellPlace.Resolve(file, int.Parse(place, CultureInfo.InvariantCulture));
                if (frames.Count == 0 || frames[^1].Text != $"{label}, line {cellLine}")
                {
                    frames.Add(($"{label}, line {cellLine}", label, cellLine));
                }
            }
        }

        return frames;
    }

    [GeneratedRegex("""^\s*at (?<method>.*?\))( in (?<file>.*):line (?<line>\d+))?$""")]
    private static partial Regex Frame();
}
