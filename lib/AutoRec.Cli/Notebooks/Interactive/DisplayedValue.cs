using AutoRec.Cli.Notebooks.Kernel;

namespace Microsoft.DotNet.Interactive;

/// <summary>A value on display, which can be replaced in place.</summary>
public sealed class DisplayedValue
{
    private readonly int id;
    private readonly string[] mimeTypes;

    internal DisplayedValue(int id, string[] mimeTypes)
    {
        this.id = id;
        this.mimeTypes = mimeTypes;
    }

    /// <summary>The MIME types it is formatted as.</summary>
    public IReadOnlyCollection<string> MimeTypes => mimeTypes;

    /// <summary>Shows another value in the same place, formatted as the same MIME types.</summary>
    /// <param name="updatedValue">The new value.</param>
    public void Update(object? updatedValue) => CellOutput.Current.Update(id, MimeBundle.Of(updatedValue, mimeTypes));
}
