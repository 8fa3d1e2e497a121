using System.Reflection;
using System.Runtime.Loader;

namespace AutoRec.Notebooks;

/// <summary>
/// Lets libraries in F# run where an older FSharp.Core is loaded already. .NET Interactive and <c>dotnet repl</c> have version 10.0 and
/// Plotly.NET asks for 10.1, which is then neither taken from the one nor loaded beside it.
/// </summary>
internal static class LoadedFSharp
{
    private const string Core = "FSharp.Core";

    public static void Serve()
    {
        AssemblyLoadContext.Default.Resolving += (_, name) => Find(name);
        AppDomain.CurrentDomain.AssemblyResolve += (_, request) => Find(new AssemblyName(request.Name));
    }

    private static Assembly? Find(AssemblyName name) =>
        name.Name == Core ? AppDomain.CurrentDomain.GetAssemblies().FirstOrDefault(assembly => assembly.GetName().Name == Core) : null;
}
