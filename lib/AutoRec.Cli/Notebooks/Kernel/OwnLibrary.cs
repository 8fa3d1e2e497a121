using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Scripting;

namespace AutoRec.Cli.Notebooks.Kernel;

/// <summary>
/// Finds what cells name in <c>#r</c>. Where the program is installed, with notebooks beside it, there is no built AutoRec.Notebooks.dll
/// at the path that they name; then the program's own is taken.
/// </summary>
internal sealed class OwnLibrary(string workingDirectory) : MetadataReferenceResolver
{
    private const string FileName = "AutoRec.Notebooks.dll";
    private static readonly bool IsInstalled = Directory.Exists(Path.Combine(AppContext.BaseDirectory, "notebooks"));

    private readonly ScriptMetadataResolver inner = ScriptMetadataResolver.Default.WithBaseDirectory(workingDirectory);

    public override ImmutableArray<PortableExecutableReference> ResolveReference(
        string reference, string? baseFilePath, MetadataReferenceProperties properties)
    {
        var found = inner.ResolveReference(reference, baseFilePath, properties);
        var own = Path.Combine(AppContext.BaseDirectory, FileName);
        return found.IsEmpty && IsInstalled && reference.Split('/', '\\')[^1] == FileName && File.Exists(own)
            ? inner.ResolveReference(own, baseFilePath, properties)
            : found;
    }

    public override bool ResolveMissingAssemblies => inner.ResolveMissingAssemblies;

    public override PortableExecutableReference? ResolveMissingAssembly(MetadataReference definition, AssemblyIdentity referenceIdentity) =>
        inner.ResolveMissingAssembly(definition, referenceIdentity);

    public override bool Equals(object? other) => other is OwnLibrary library && inner.Equals(library.inner);

    public override int GetHashCode() => inner.GetHashCode();
}
