using System.Net;

namespace AutoRec.Notebooks;

/// <summary>
/// A sentence or two on what a figure means, with numbers that the notebook computed, so that text and data cannot
/// disagree. Numbers are written with a decimal point in every culture.
/// </summary>
[TypeFormatterSource(typeof(HtmlAndTextSource), PreferredMimeTypes = ["text/html", "text/plain"])]
public sealed class Takeaway : IHtmlAndText
{
    private readonly string text;

    private Takeaway(string text) => this.text = text;

    /// <summary>A takeaway: <c>Takeaway.Of($"Half of all users gave at most {median} ratings.")</c>.</summary>
    public static Takeaway Of(params FormattableString[] sentences) => new(string.Join(' ', sentences.Select(FormattableString.Invariant)));

    /// <summary>The takeaway with one more sentence, if a condition holds.</summary>
    public Takeaway When(bool condition, FormattableString sentence) =>
        condition ? new Takeaway($"{text} {FormattableString.Invariant(sentence)}") : this;

    /// <inheritdoc/>
    public string ToHtml() => "<p class=\"autorec-takeaway\" style=\"border-left:4px solid #0072B2;padding:.2em .8em;margin:.6em 0\">"
        + $"{WebUtility.HtmlEncode(text)}</p>";

    /// <inheritdoc/>
    public override string ToString() => text;
}
