using System.Text.RegularExpressions;
using AutoRec.Data;

namespace AutoRec.Tests;

/// <summary>References point one way. A new reference that breaks one of these needs another place for the code, not another
/// rule.</summary>
public sealed partial class ArchitectureTests
{
    // What each namespace of the library may refer to, besides itself.
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Native"] = [],
        ["Distributed"] = ["Data"],
        ["Data"] = ["Native"],
        ["Splitting"] = ["Data"],
        ["Persistence"] = ["Distributed", "Data", "Scoring"],
        ["Scoring"] = ["Data", "Native"],
        ["Training"] = ["Distributed", "Data", "Native", "Scoring", "Splitting", "Persistence"],
        ["Models"] = ["Distributed", "Data", "Native", "Scoring", "Persistence", "Training"],
        ["Evaluation"] = ["Distributed", "Data", "Native", "Scoring", "Splitting", "Training"],
        ["Catalog"] = ["Distributed", "Data", "Native", "Scoring", "Splitting", "Persistence", "Training", "Models", "Evaluation"],
        ["Serving"] = ["Distributed", "Data", "Native", "Scoring", "Persistence", "Training", "Models", "Catalog", "Evaluation"],
        ["Experiments"] =
        [
            "Distributed", "Data", "Native", "Scoring", "Persistence", "Splitting", "Training", "Models", "Evaluation", "Catalog", "Serving"
        ],
    };

    [Fact]
    public void Library_Namespaces_ReferOneWay() => Assert.Equal([], Sources().SelectMany(source => Violations(source.File, source.Text)));

    [Fact]
    public void Library_FilesOfARoom_HaveNoCycle() =>
        Assert.Equal([], Sources().GroupBy(source => source.File.Split('/')[0]).SelectMany(room => FileCycles.Find([.. room])));

    [Fact]
    public void Library_Assemblies_NoConsoleNoChartsNoNotebookTypes()
    {
        string[] unwanted =
        [
            "System.Console", "Spectre", "System.CommandLine", "Plotly", "ScottPlot", "Microsoft.DotNet.Interactive",
            "Microsoft.Data.Analysis", "autorec", "AutoRec.Notebooks"
        ];
        var references = typeof(InteractionMatrix).Assembly.GetReferencedAssemblies().Select(reference => reference.Name!);
        Assert.Equal([], references.Where(name => unwanted.Any(part => name.Contains(part, StringComparison.Ordinal))));
    }

    [Theory]
    [InlineData("Data/X.cs", "namespace AutoRec.Data;\nusing AutoRec.Models;", "Data/X.cs refers to Models")]
    [InlineData(
        "Models/X.cs",
        "namespace AutoRec.Models;\nvar a = AutoRec.Evaluation.Evaluator.MeasureRatings(b);",
        "Models/X.cs refers to Evaluation")]
    [InlineData(
        "Models/X.cs", "namespace AutoRec.Models;\nvar a = Evaluation.Evaluator.MeasureRatings(b);", "Models/X.cs refers to Evaluation")]
    [InlineData("Data/X.cs", "namespace AutoRec.Models;", "Data/X.cs lies in the namespace AutoRec.Models")]
    [InlineData("Other/X.cs", "namespace AutoRec.Other;", "Other/X.cs lies in no known folder")]
    public void Violations_WrongReference_IsFound(string file, string text, string expected) =>
        Assert.Contains(expected, Violations(file, text));

    [Fact]
    public void Violations_RightReferences_NoneFound() =>
        Assert.Equal(
            [],
            Violations(
                "Catalog/X.cs",
                "using AutoRec.Data;\nusing AutoRec.Models;\nnamespace AutoRec.Catalog;\nvar a = split.Data.Models.Count;"));

    [Fact]
    public void Find_TwoFilesThatUseEachOther_AreNamedWithTheTypes() => Assert.Equal(
        ["A.cs uses B of B.cs, B.cs uses A of A.cs"],
        FileCycles.Find(
            [
                ("A.cs", "internal sealed class A\n{\n    private B b;\n}\n"),
                ("B.cs", "internal record B\n{\n    A Make() => new();\n}\n"), ("C.cs", "public enum C\n{\n}\n")
            ]));

    [Fact]
    public void Find_ThreeFilesInARing_AreFound() => Assert.Equal(
        ["A.cs uses B of B.cs, B.cs uses C of C.cs, C.cs uses A of A.cs"],
        FileCycles.Find([("A.cs", "class A : B;"), ("B.cs", "class B(C c);"), ("C.cs", "interface C\n{\n    A A { get; }\n}\n")]));

    [Theory]
    [InlineData("class A\n{\n    // B is better.\n    /* B */ string b = \"B\";\n}\n")]
    [InlineData("/// <see cref=\"B\"/>\nclass A;")]
    [InlineData("class A\n{\n    int x = other.B;\n}\n")]
    [InlineData("class A\n{\n    void B(int x) => B(x);\n}\n")]
    public void Find_NameThatIsNotAReference_NoCycle(string text) =>
        Assert.Equal([], FileCycles.Find([("A.cs", text), ("B.cs", "class B : A;")]));

    private static (string File, string Text)[] Sources()
    {
        var lib = Path.Combine(Repository.Root, "lib", "AutoRec.Lib");
        var files = Directory.EnumerateFiles(lib, "*.cs", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(lib, path).Replace('\\', '/'))
            .Where(path => !path.StartsWith("obj/", StringComparison.Ordinal) && !path.StartsWith("bin/", StringComparison.Ordinal))
            .ToArray();
        Assert.True(files.Length > 30, $"Only {files.Length} source files found.");
        return [.. files.Select(file => (file, File.ReadAllText(Path.Combine(lib, file))))];
    }

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
