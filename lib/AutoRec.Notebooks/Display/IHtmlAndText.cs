
namespace AutoRec.Notebooks;

/// <summary>A value that a notebook shows as HTML, and as text where there is no HTML.</summary>
public interface IHtmlAndText
{
    /// <summary>Self-contained HTML: nothing is loaded from elsewhere.</summary>
    string ToHtml();

    /// <summary>The same in plain text.</summary>
    string ToString();
}
