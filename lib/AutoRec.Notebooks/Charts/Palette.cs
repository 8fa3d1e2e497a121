namespace AutoRec.Notebooks;

/// <summary>
/// The colours of Okabe and Ito (2008), which people with any kind of colour vision can tell apart, darkest on white
/// first. Lines differ in dash and marker as well, so that a print in grey can be read.
/// </summary>
internal static class Palette
{
    private static readonly string[] Colours = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"];
    private static readonly (string Svg, string Plotly)[] Dashes = [("", "solid"), ("7 3", "dash"), ("2 3", "dot"), ("8 3 2 3", "dashdot")];

    // Of one hue, dark for much (ColorBrewer "Blues"): its order survives a grey print.
    private static readonly (byte R, byte G, byte B)[] Sequential =
        [(247, 251, 255), (222, 235, 247), (198, 219, 239), (158, 202, 225), (107, 174, 214), (66, 146, 198), (33, 113, 181), (8, 81, 156), (8, 48, 107)];

    public static string Colour(int index) => Colours[index % Colours.Length];

    public static (string Svg, string Plotly) Dash(int index) => Dashes[index % Dashes.Length];

    /// <summary>The colour of a share, 0 (light) to 1 (dark).</summary>
    public static string Shade(double share)
    {
        var position = Math.Clamp(share, 0, 1) * (Sequential.Length - 1);
        var low = Math.Min((int)position, Sequential.Length - 2);
        var between = position - low;
        var (a, b) = (Sequential[low], Sequential[low + 1]);
        return $"#{Mix(a.R, b.R):x2}{Mix(a.G, b.G):x2}{Mix(a.B, b.B):x2}";

        byte Mix(byte from, byte to) => (byte)Math.Round(from + ((to - from) * between));
    }

    public static IEnumerable<(double Share, string Colour)> Steps =>
        Enumerable.Range(0, Sequential.Length).Select(i => i / (double)(Sequential.Length - 1)).Select(share => (share, Shade(share)));
}
