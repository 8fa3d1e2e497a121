using System.Buffers.Binary;
using System.Text;

namespace AutoRec.Native;

/// <summary>Edits the symbol-version requirements of a 64-bit little-endian ELF image held in memory.</summary>
internal static class ElfSymbolVersions
{
    private const uint VersionNeedSection = 0x6ffffffe; // SHT_GNU_verneed
    private const ushort WeakFlag = 0x2;                // VER_FLG_WEAK: the loader no longer insists on the version

    /// <summary>
    /// Marks the requirement of one symbol version (such as <c>GLIBCXX_3.4.32</c>) as weak wherever the image states it.
    /// </summary>
    /// <param name="image">The whole file; changed in place.</param>
    /// <param name="version">The version's name.</param>
    /// <returns>How many requirements were marked; 0 when the image does not name that version.</returns>
    /// <exception cref="InvalidDataException">The image is not a 64-bit little-endian ELF file.</exception>
    public static int MarkWeak(Span<byte> image, string version)
    {
        if (image.Length < 64 || !image[..6].SequenceEqual<byte>([0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1]))
        {
            throw new InvalidDataException("Not a 64-bit little-endian ELF file.");
        }

        var sectionHeaders = checked((int)BinaryPrimitives.ReadUInt64LittleEndian(image[0x28..]));
        int headerSize = BinaryPrimitives.ReadUInt16LittleEndian(image[0x3a..]);
        int headerCount = BinaryPrimitives.ReadUInt16LittleEndian(image[0x3c..]);

        var marked = 0;
        for (var index = 0; index < headerCount; index++)
        {
            var header = sectionHeaders + (index * headerSize);
            if (BinaryPrimitives.ReadUInt32LittleEndian(image[(header + 4)..]) != VersionNeedSection)
            {
                continue;
            }

            var names = SectionOffset(
                image, sectionHeaders + (headerSize * (int)BinaryPrimitives.ReadUInt32LittleEndian(image[(header + 0x28)..])));
            var need = SectionOffset(image, header);
            while (true)
            {
                int entries = BinaryPrimitives.ReadUInt16LittleEndian(image[(need + 2)..]);
                var entry = need + (int)BinaryPrimitives.ReadUInt32LittleEndian(image[(need + 8)..]);
                for (var i = 0; i < entries; i++)
                {
                    if (NameAt(image, names + (int)BinaryPrimitives.ReadUInt32LittleEndian(image[(entry + 8)..])) == version)
                    {
                        var flags = BinaryPrimitives.ReadUInt16LittleEndian(image[(entry + 4)..]);
                        BinaryPrimitives.WriteUInt16LittleEndian(image[(entry + 4)..], (ushort)(flags | WeakFlag));
                        marked++;
                    }

                    entry += (int)BinaryPrimitives.ReadUInt32LittleEndian(image[(entry + 12)..]);
                }

                var next = (int)BinaryPrimitives.ReadUInt32LittleEndian(image[(need + 12)..]);
                if (next == 0)
                {
                    break;
                }

                need += next;
            }
        }

        return marked;
    }

    private static int SectionOffset(ReadOnlySpan<byte> image, int header) =>
        checked((int)BinaryPrimitives.ReadUInt64LittleEndian(image[(header + 0x18)..]));

    private static string NameAt(ReadOnlySpan<byte> image, int offset)
    {
        var tail = image[offset..];
        return Encoding.ASCII.GetString(tail[..tail.IndexOf((byte)0)]);
    }
}
