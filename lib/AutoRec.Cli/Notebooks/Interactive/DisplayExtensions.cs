using AutoRec.Cli.Notebooks.Kernel;
using Microsoft.DotNet.Interactive;

namespace System;

/// <summary>Displays values from a notebook's cell.</summary>
public static class DisplayExtensions
{
    /// <summary>Displays a value below the cell.</summary>
    /// <param name="value">The value.</param>
    /// <param name="mimeTypes">The MIME types to format it as; those preferred for its type unless given.</param>
    /// <returns>A handle by which the display can be changed.</returns>
    public static DisplayedValue Display(this object? value, params string[] mimeTypes) =>
        CellOutput.Current.Display(MimeBundle.Of(value, mimeTypes));

    /// <summary>Displays a text that already is of a MIME type, such as HTML or SVG.</summary>
    /// <param name="value">The text.</param>
    /// <param name="mimeType">What it is.</param>
    /// <returns>A handle by which the display can be changed.</returns>
    public static DisplayedValue DisplayAs(this string value, string mimeType)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(mimeType);
        return CellOutput.Current.Display(new Dictionary<string, string> { [mimeType] = value });
    }
}
