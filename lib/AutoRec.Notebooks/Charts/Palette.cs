
namespace AutoRec.Notebooks;

/// <summary>
/// The colours of Okabe and Ito (2008), which people with any kind of colour vision can tell apart, darkest on white
/// first. Lines differ in dash and marker as well, so that a print in grey can be read.
/// </summary>
internal static class Palette
{
    private static readonly string[] Colours = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"];
    private static readonly (string Svg, string Plotly)[] Dashes = [("", "solid"), ("7 3", "dash"), ("2 3", "dot"), ("8 3 2 3", "dashdot")];

    // Of one hue, dark for much (ColorBrewer "Blues"): its order survives a grey print, and its lightest is no white, which is a hole.
    private static readonly (byte R, byte G, byte B)[] Sequential =
        [(222, 235, 247), (198, 219, 239), (158, 202, 225), (107, 174, 214), (66, 146, 198), (33, 113, 181), (8, 81, 156), (8, 48, 107)];

    // From orange through grey to blue, for values on both sides of zero.
    private static readonly (byte R, byte G, byte B)[] Diverging =
        [(166, 73, 0), (213, 94, 0), (240, 165, 110), (240, 240, 240), (120, 180, 220), (0, 114, 178), (0, 68, 110)];

    public static string Colour(int index) => Colours[index % Colours.Length];

    public static (string Svg, string Plotly) Dash(int index) => Dashes[index % Dashes.Length];

    /// <summary>The colour of a share, 0 to 1: light to dark, or from one end of two to the other.</summary>
    public static string Shade(double share, bool diverging)
    {
        var colours = diverging ? Diverging : Sequential;
        var position = Math.Clamp(share, 0, 1) * (colours.Length - 1);
        var low = Math.Min((int)position, colours.Length - 2);
        var between = position - low;
        var (a, b) = (colours[low], colours[low + 1]);
        return $"#{Mix(a.R, b.R):x2}{Mix(a.G, b.G):x2}{Mix(a.B, b.B):x2}";

        byte Mix(byte from, byte to) => (byte)Math.Round(from + ((to - from) * between));
    }

    /// <summary>Whether text on <see cref="Shade"/> is white to be read.</summary>
    public static bool IsDark(double share, bool diverging) => diverging ? Math.Abs(share - 0.5) > 0.28 : share > 0.5;

    public static (double Share, string Colour)[] Steps(bool diverging)
    {
        var count = (diverging ? Diverging : Sequential).Length;
        return [.. Enumerable.Range(0, count).Select(i => i / (double)(count - 1)).Select(share => (share, Shade(share, diverging)))];
    }
}
