using System.Text.Json.Nodes;
using AutoRec.Data;

namespace AutoRec.Cli.Notebooks;

/// <summary>
/// The list of assemblies that a kernel's process starts with: this program and .NET Interactive's C# kernel, and
/// nothing of AutoRec.Lib and its packages, although they lie in the same folder. An assembly on that list is taken
/// from this folder whatever a notebook's <c>#r</c> says; so what is not on it comes from the notebook's own folder,
/// and once only.
/// </summary>
internal static class KernelDependencies
{
    private static readonly string[] Needed = ["Microsoft.DotNet.Interactive.CSharp"];

    /// <summary>
    /// Writes the list beside the program, where the runtime wants it, unless it is there already.
    /// </summary>
    /// <returns>The list's path.</returns>
    /// <exception cref="IOException">This program's own list is missing, or the folder cannot be written.</exception>
    public static string Write(string programFile)
    {
        var list = Path.ChangeExtension(programFile, ".kernel.deps.json");
        var all = File.ReadAllText(Path.ChangeExtension(programFile, ".deps.json"));
        var reduced = Reduce(all, Path.GetFileNameWithoutExtension(programFile));
        if (!File.Exists(list) || File.ReadAllText(list) != reduced)
        {
            WholeFile.Write(list, reduced);
        }

        return list;
    }

    /// <summary>Keeps of a <c>.deps.json</c> the program itself and what <see cref="Needed"/> needs.</summary>
    internal static string Reduce(string json, string program)
    {
        var root = JsonNode.Parse(json)!.AsObject();
        var target = root["targets"]![root["runtimeTarget"]!["name"]!.GetValue<string>()]!.AsObject();
        var byName = target.ToDictionary(library => NameOf(library.Key), library => library.Key);

        var kept = new HashSet<string> { byName[program] };
        var open = new Queue<string>(Needed);
        while (open.TryDequeue(out var name))
        {
            if (byName.TryGetValue(name, out var key) && kept.Add(key) && target[key]!["dependencies"] is JsonObject dependencies)
            {
                foreach (var dependency in dependencies)
                {
                    open.Enqueue(dependency.Key);
                }
            }
        }

        foreach (var key in byName.Values.Where(key => !kept.Contains(key)))
        {
            target.Remove(key);
            (root["libraries"] as JsonObject)?.Remove(key);
        }

        (target[byName[program]] as JsonObject)?.Remove("dependencies");
        return root.ToJsonString();
    }

    private static string NameOf(string library) => library[..library.IndexOf('/')];
}
