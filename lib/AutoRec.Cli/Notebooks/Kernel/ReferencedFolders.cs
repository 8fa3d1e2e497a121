using System.Runtime.Loader;
using Microsoft.CodeAnalysis;

namespace AutoRec.Cli.Notebooks.Kernel;

/// <summary>
/// Finds assemblies beside those that cells name in <c>#r</c>. They go to the default load context, so there is one
/// copy of each, and their native libraries are found where they lie.
/// </summary>
internal sealed class ReferencedFolders
{
    private readonly List<string> folders = [];

    public void ServeDefaultContext() => AssemblyLoadContext.Default.Resolving += (context, name) =>
    {
        string[] known;
        lock (folders)
        {
            known = [.. folders];
        }

        return string.IsNullOrEmpty(name.CultureName) &&
            known.Select(folder => Path.Combine(folder, name.Name + ".dll")).FirstOrDefault(File.Exists) is { } path
                ? context.LoadFromAssemblyPath(path)
                : null;
    };

    /// <summary>Adds the folders of assemblies that a submission names by path.</summary>
    public void Add(IEnumerable<MetadataReference> references)
    {
        lock (folders)
        {
            foreach (var file in references.OfType<PortableExecutableReference>().Select(reference => reference.FilePath))
            {
                if (Path.GetDirectoryName(file) is { Length: > 0 } folder && !folders.Contains(folder))
                {
                    folders.Add(folder);
                }
            }
        }
    }
}
