
namespace AutoRec.Notebooks;

/// <summary>
/// Gives a kernel both forms of an <see cref="IHtmlAndText"/>; found by name, see <see cref="TypeFormatterSourceAttribute"/>.
/// </summary>
internal sealed class HtmlAndTextSource
{
    public IEnumerable<object> CreateTypeFormatters() =>
    [
        new ConventionFormatter("text/html", value => value.ToHtml()),
        new ConventionFormatter("text/plain", value => value.ToString()),
    ];

    private sealed class ConventionFormatter(string mimeType, Func<IHtmlAndText, string> format)
    {
        public string MimeType { get; } = mimeType;

        public bool Format(object instance, TextWriter writer)
        {
            if (instance is not IHtmlAndText value)
            {
                return false;
            }

            writer.Write(format(value));
            return true;
        }
    }
}
