using System.Globalization;
using System.Text;

namespace AutoRec.Data;

/// <summary>The grammar of ids and numbers, the same for every kind of source.</summary>
internal static class Numbers
{
    /// <summary>The largest rating or quantity that is taken: far beyond any that means something, far below what sums can hold.</summary>
    public const float Largest = 1e9f;

    private static readonly string[] Missing = ["null", "nan", "none", "\\n", "<null>"];

    /// <summary>Whether an id says that there is none: empty, NULL, nan, None (whatever the case), or \N.</summary>
    public static bool IsMissing(ReadOnlySpan<byte> id)
    {
        if (id.Length is 0 or > 6)
        {
            return id.IsEmpty;
        }

        foreach (var word in Missing)
        {
            if (word.Length == id.Length && Ascii.EqualsIgnoreCase(id, word))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Reads a decimal number: digits, perhaps a sign, a point, an exponent. Where commas do not separate fields, a decimal comma is taken
    /// as well. Returns what is wrong, or null.
    /// </summary>
    public static string? Parse(ReadOnlySpan<byte> text, bool takesComma, out float value)
    {
        var (digits, comma) = (0, -1);
        value = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var letter = text[i];
            if (char.IsAsciiDigit((char)letter))
            {
                digits++;
            }
            else if (letter == ',' && comma < 0 && takesComma)
            {
                comma = i;
            }
            else if (letter is not ((byte)'+' or (byte)'-' or (byte)'.' or (byte)'e' or (byte)'E'))
            {
                return NotANumber(text);
            }
        }

        if (comma >= 0)
        {
            if (text.Contains((byte)'.') || digits == 0)
            {
                return NotANumber(text);
            }

            if (text.Length - comma == 4 && comma is > 0 and < 5 && !text[..comma].TrimStart("+-"u8).SequenceEqual("0"u8))
            {
                return $"The rating '{Encoding.UTF8.GetString(text)}' may mean a decimal number or thousands; "
                    + "write it without the comma or with a point.";
            }

            Span<byte> point = stackalloc byte[64];
            if (text.Length > point.Length)
            {
                return NotANumber(text);
            }

            text.CopyTo(point);
            point[comma] = (byte)'.';
            return Parse(point[..text.Length], takesComma: false, out value);
        }

        return digits == 0 || !float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) || !float.IsFinite(value)
            ? NotANumber(text)
            : Math.Abs(value) > Largest
                ? $"The rating '{Encoding.UTF8.GetString(text)}' is too large; numbers between -1e9 and 1e9 are expected."
                : null;
    }

    private static string NotANumber(ReadOnlySpan<byte> text) =>
        $"The rating '{Encoding.UTF8.GetString(text[..Math.Min(text.Length, 100)])}' is not a finite number.";
}
