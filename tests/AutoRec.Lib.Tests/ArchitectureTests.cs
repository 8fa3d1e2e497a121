using System.Text.RegularExpressions;
using AutoRec.Data;

namespace AutoRec.Tests;

/// <summary>References point one way. A new reference that breaks one of these needs another place for the code, not another rule.</summary>
public sealed partial class ArchitectureTests
{
    // What each namespace of the library may refer to, besides itself.
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Native"] = [],
        ["Data"] = ["Native"],
        ["Splitting"] = ["Data"],
        ["Persistence"] = ["Data", "Scoring"],
        ["Scoring"] = ["Data", "Native"],
        ["Training"] = ["Data", "Native", "Scoring", "Persistence", "Splitting"],
        ["Models"] = ["Data", "Native", "Scoring", "Persistence", "Training", "Splitting"],
        ["Evaluation"] = ["Data", "Native", "Scoring", "Splitting", "Training"],
        ["Catalog"] = ["Data", "Scoring", "Persistence", "Training", "Models"],
        ["Serving"] = ["Data", "Native", "Scoring", "Persistence", "Training", "Models", "Catalog", "Evaluation"],
        ["Experiments"] = ["Data", "Native", "Scoring", "Persistence", "Splitting", "Training", "Models", "Evaluation", "Catalog", "Serving"],
    };

    [Fact]
    public void Library_Namespaces_ReferOneWay()
    {
        var lib = Path.Combine(Repository.Root, "lib", "AutoRec.Lib");
        var files = Directory.EnumerateFiles(lib, "*.cs", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(lib, path).Replace('\\', '/'))
            .Where(path => !path.StartsWith("obj/", StringComparison.Ordinal) && !path.StartsWith("bin/", StringComparison.Ordinal))
            .ToArray();
        Assert.True(files.Length > 30, $"Only {files.Length} source files found.");
        Assert.Equal([], files.SelectMany(file => Violations(file, File.ReadAllText(Path.Combine(lib, file)))));
    }

    [Fact]
    public void Library_Assemblies_NoConsoleNoChartsNoNotebookTypes()
    {
        string[] unwanted = ["System.Console", "Spectre", "System.CommandLine", "Plotly", "ScottPlot", "Microsoft.DotNet.Interactive", "Microsoft.Data.Analysis", "autorec", "AutoRec.Notebooks"];
        var references = typeof(InteractionMatrix).Assembly.GetReferencedAssemblies().Select(reference => reference.Name!);
        Assert.Equal([], references.Where(name => unwanted.Any(part => name.Contains(part, StringComparison.Ordinal))));
    }

    [Theory]
    [InlineData("Data/X.cs", "namespace AutoRec.Data;\nusing AutoRec.Models;", "Data/X.cs refers to Models")]
    [InlineData("Models/X.cs", "namespace AutoRec.Models;\nvar a = AutoRec.Evaluation.Evaluator.MeasureRatings(b);", "Models/X.cs refers to Evaluation")]
    [InlineData("Models/X.cs", "namespace AutoRec.Models;\nvar a = Evaluation.Evaluator.MeasureRatings(b);", "Models/X.cs refers to Evaluation")]
    [InlineData("Data/X.cs", "namespace AutoRec.Models;", "Data/X.cs lies in the namespace AutoRec.Models")]
    [InlineData("Other/X.cs", "namespace AutoRec.Other;", "Other/X.cs lies in no known folder")]
    public void Violations_WrongReference_IsFound(string file, string text, string expected) => Assert.Contains(expected, Violations(file, text));

    [Fact]
    public void Violations_RightReferences_NoneFound() =>
        Assert.Equal([], Violations("Catalog/X.cs", "using AutoRec.Data;\nusing AutoRec.Models;\nnamespace AutoRec.Catalog;\nvar a = split.Data.Models.Count;"));

    private static IEnumerable<string> Violations(string file, string text)
    {
        var folder = file.Split('/')[0];
        if (!Allowed.TryGetValue(folder, out var allowed))
        {
            yield return $"{file} lies in no known folder";
            yield break;
        }

        if (Declaration().Match(text) is { Success: true } declared && declared.Groups[1].Value.Split('.')[0] != folder)
        {
            yield return $"{file} lies in the namespace AutoRec.{declared.Groups[1].Value}";
        }

        foreach (var name in Reference().Matches(text).Select(match => match.Groups[1].Value).Distinct())
        {
            if (name != folder && Allowed.ContainsKey(name) && !allowed.Contains(name))
            {
                yield return $"{file} refers to {name}";
            }
        }
    }

    [GeneratedRegex(@"^namespace AutoRec\.([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex Declaration();

    // AutoRec.Models, or Models.Something at the start of a name: inside the namespace AutoRec the two are the same.
    [GeneratedRegex(@"(?:AutoRec\.|(?<![\w.]))(\w+)(?=[.;])")]
    private static partial Regex Reference();
}
