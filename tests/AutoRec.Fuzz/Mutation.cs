using System.Text;

namespace AutoRec.Fuzz;

/// <summary>Spoils a file in one to four ways, drawn by a seed.</summary>
internal static class Mutation
{
    // What breaks readers: quotes, separators, ends, numbers at the edge, missing values, broken Unicode, opening brackets.
    private static readonly byte[][] Tokens =
    [
        .. new[]
        {
            "\"", "\"\"", ",", ";", "\t", "|", "::", " ", "\n", "\r", "\r\n", "\0", "{", "}", "[", "]", ":", "\\", "\\ud83d", "\\u0000",
            "nan", "NaN", "null", "None", "true", "Infinity", "-1", "1e30", "1e-30", "1_0", "1,5", "0x10", "99999999999999999999", "-0",
            "+5", ".", "5.",
            "1e5", "2021-02-30", "31/12/2021", "12/31/2021", "20210101", "1600000000000", "1.5e9", "\uFEFF", "é", "\u202e", "#", "sep=;\n",
            "=1+1",
        }.Select(Encoding.UTF8.GetBytes),
        [0xff], [0xfe, 0xff], [0xff, 0xfe], [0xe9], [0xc3], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0x1f, 0x8b], [0x50, 0x4b, 3, 4],
    ];

    /// <summary>A spoiled copy.</summary>
    public static byte[] Of(byte[] original, int seed)
    {
        var random = new Random(seed);
        var bytes = original.ToList();
        for (var left = random.Next(1, 5); left > 0; left--)
        {
            var place = random.Next(bytes.Count + 1);
            var length = Math.Min(random.Next(1, 40), bytes.Count - place);
            switch (random.Next(6))
            {
                case 0 when place < bytes.Count:
                    bytes[place] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes.RemoveRange(place, length);
                    break;
                case 2:
                    bytes.InsertRange(random.Next(bytes.Count + 1), bytes.GetRange(place, length));
                    break;
                case 3 when random.Next(10) == 0: // cut off
                    bytes.RemoveRange(place, bytes.Count - place);
                    break;
                case 4 when random.Next(50) == 0: // a very long line
                    bytes.InsertRange(place, Enumerable.Repeat((byte)'x', 5_000_000));
                    break;
                default:
                    bytes.InsertRange(place, Tokens[random.Next(Tokens.Length)]);
                    break;
            }
        }

        return [.. bytes];
    }
}
