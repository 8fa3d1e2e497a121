using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using AutoRec.Data;
using Microsoft.Data.Analysis;
using Microsoft.DotNet.Interactive.Formatting;

namespace AutoRec.Notebooks;

/// <summary>
/// Shows types of others as tables, where a .NET Interactive kernel is at hand: without this a data frame prints as a
/// tree of its properties.
/// </summary>
internal static class KernelFormatters
{
    private const string KernelAssembly = "Microsoft.DotNet.Interactive.Formatting";

    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255:The 'ModuleInitializer' attribute should not be used in libraries", Justification = "A notebook should need no setup call.")]
    internal static void RegisterWhereThereIsAKernel()
    {
        try
        {
            Assembly.Load(KernelAssembly);
        }
        catch (Exception error) when (error is FileNotFoundException or FileLoadException)
        {
            return; // an app or a test: nothing to show
        }

        Register();
    }

    // Apart, so that the kernel's types are looked for only when they are there.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Register()
    {
        Show<DataFrame>(frame => Table.Of(frame));
        Show<InteractionMatrix>(matrix => Table.Facts(
            "sparse matrix", ("rows", matrix.RowCount), ("columns", matrix.ColumnCount), ("entries", matrix.Count)));
        Show<Interactions>(log => Table.Facts(
            "interactions", ("users", log.Users.Count), ("items", log.Items.Count), ("interactions", log.Count), ("scale", log.Scale), ("with times", log.HasTimestamps)));
    }

    private static void Show<T>(Func<T, Table> toTable)
    {
        Formatter.Register<T>((value, writer) => writer.Write(toTable(value).ToHtml()), "text/html");
        Formatter.Register<T>((value, writer) => writer.Write(toTable(value).ToString()), "text/plain");
        Formatter.SetPreferredMimeTypesFor(typeof(T), "text/html", "text/plain");
    }
}
