using System.Text.RegularExpressions;

namespace AutoRec.Tests;

/// <summary>
/// Finds source files that use each other, by their text: a file uses another if it names a top-level type that the other declares.
/// Comments and strings do not count, nor members (a name behind a dot) or methods (a name before a parenthesis that nothing creates).
/// </summary>
internal static partial class FileCycles
{
    /// <summary>Returns a description of each cycle: the shortest one through each file that lies on any, each once.</summary>
    public static IReadOnlyList<string> Find((string File, string Text)[] sources)
    {
        var codes = sources.Select(source => (source.File, Code: Ignored().Replace(source.Text, " "))).ToArray();
        var declared = codes.SelectMany(source =>
            Declaration().Matches(source.Code).Select(match => (Name: match.Groups[1].Value, source.File)))
            .ToLookup(type => type.Name, type => type.File);
        var uses = codes.ToDictionary(source => source.File, source => Uses(source.File, source.Code, declared));
        var cycles = new List<string>();
        var reported = new HashSet<string>();
        foreach (var file in uses.Keys.Order(StringComparer.Ordinal).Where(file => !reported.Contains(file)))
        {
            if (ShortestCycle(file, uses) is { Count: > 0 } cycle)
            {
                reported.UnionWith(cycle);
                cycles.Add(
                    string.Join(
                        ", ",
                        cycle.Select((from, i) =>
                            $"{from} uses {uses[from][cycle[(i + 1) % cycle.Count]]} of {cycle[(i + 1) % cycle.Count]}")));
            }
        }

        return cycles;
    }

    // The used files, each with one of the types that are used of it.
    private static Dictionary<string, string> Uses(string file, string code, ILookup<string, string> declared)
    {
        var uses = new Dictionary<string, string>();
        foreach (var name in TypeName().Matches(code).Select(match => match.Value).Distinct().Where(name => !declared[name].Contains(file)))
        {
            foreach (var other in declared[name])
            {
                uses.TryAdd(other, name);
            }
        }

        return uses;
    }

    // Breadth first from a file back to itself; empty if there is no way.
    private static List<string> ShortestCycle(string start, Dictionary<string, Dictionary<string, string>> uses)
    {
        var cameFrom = new Dictionary<string, string>();
        var queue = new Queue<string>([start]);
        while (queue.TryDequeue(out var file))
        {
            foreach (var next in uses[file].Keys.Order(StringComparer.Ordinal).Where(next => cameFrom.TryAdd(next, file)))
            {
                queue.Enqueue(next);
            }
        }

        var cycle = new List<string>();
        if (cameFrom.ContainsKey(start))
        {
            var place = start;
            do
            {
                place = cameFrom[place];
                cycle.Insert(0, place);
            }
            while (place != start);
        }

        return cycle;
    }

    // Comments, and raw, verbatim and plain strings and characters.
    [GeneratedRegex(
        """//[^\n]*|/\*[\s\S]*?\*/|\$*\"{3}[\s\S]*?\"{3}|(?:\$@|@\$|@)"(?:""|[^"])*"|\$?"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\])'""")]
    private static partial Regex Ignored();

    [GeneratedRegex(
        @"^(?:(?:public|internal|file|abstract|sealed|static|readonly|partial|ref|unsafe) )*(?:class|record struct|record class|record|struct|interface|enum|delegate [^;(]*?)\s+(\w+)", RegexOptions.Multiline)]
    private static partial Regex Declaration();

    [GeneratedRegex(@"(?<![.\w])[A-Z]\w*(?!\w)(?!\s*\()|(?<=new )[A-Z]\w*|(?<=[:,] )[A-Z]\w*(?=\()")]
    private static partial Regex TypeName();
}
