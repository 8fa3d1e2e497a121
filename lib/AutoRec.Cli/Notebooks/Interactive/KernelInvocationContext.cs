using AutoRec.Cli.Notebooks.Kernel;
using Microsoft.DotNet.Interactive.Formatting;

// The names are those of .NET Interactive, so that what looks for them there finds them here.
namespace Microsoft.DotNet.Interactive;

/// <summary>The cell that is running.</summary>
public sealed class KernelInvocationContext
{
    private KernelInvocationContext()
    {
    }

    /// <summary>The context of this process: it runs one cell at a time.</summary>
    public static KernelInvocationContext Current { get; } = new();
}

/// <summary>Displays values from a cell.</summary>
public static class KernelInvocationContextExtensions
{
    /// <summary>
    /// Displays a value below the cell. Unlike what <c>display</c> returns in the last release of .NET Interactive, the handle
    /// changes the display in its place.
    /// </summary>
    /// <param name="context">The running cell.</param>
    /// <param name="value">The value; formatted by <see cref="Formatter"/>.</param>
    /// <param name="mimeTypes">The MIME types to format it as; those preferred for its type unless given.</param>
    /// <returns>A handle by which the display can be changed.</returns>
    public static DisplayedValue Display(this KernelInvocationContext context, object? value, params string[] mimeTypes)
    {
        ArgumentNullException.ThrowIfNull(context);
        var displayed = new DisplayedValue(value, FormattedValue.CreateManyFromObject(value, mimeTypes));
        CellOutput.Current.Display(displayed);
        return displayed;
    }
}
