using System.Text.Json.Nodes;
using AutoRec.Cli.Notebooks;

namespace AutoRec.Cli.Tests;

public sealed class KernelDependenciesTests
{
    [Fact]
    public void Reduce_OwnDependencies_KeepsTheKernelOnly()
    {
        var json = """
            {
              "runtimeTarget": { "name": "t" },
              "targets": { "t": {
                "autorec/1": { "dependencies": { "AutoRec.Notebooks": "1", "Microsoft.DotNet.Interactive.CSharp": "1" }, "runtime": { "autorec.dll": {} } },
                "AutoRec.Notebooks/1": { "dependencies": { "TorchSharp": "0" } },
                "Microsoft.DotNet.Interactive.CSharp/1": { "dependencies": { "Microsoft.CodeAnalysis.Common": "5" } },
                "Microsoft.CodeAnalysis.Common/5": {},
                "TorchSharp/0": {} } },
              "libraries": { "autorec/1": {}, "TorchSharp/0": {}, "Microsoft.CodeAnalysis.Common/5": {} }
            }
            """;
        var reduced = JsonNode.Parse(KernelDependencies.Reduce(json, "autorec"))!;
        Assert.Equal(
            ["autorec/1", "Microsoft.DotNet.Interactive.CSharp/1", "Microsoft.CodeAnalysis.Common/5"],
            reduced["targets"]!["t"]!.AsObject().Select(library => library.Key));
        Assert.Equal(["autorec/1", "Microsoft.CodeAnalysis.Common/5"], reduced["libraries"]!.AsObject().Select(library => library.Key));
    }
}
