using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using AutoRec.Data;
using AutoRec.Distributed;

namespace AutoRec.Persistence;

/// <summary>
/// The safetensors format, which Python and others read: the length of the header as 8 bytes, little-endian; the header, a
/// JSON object that says of each array its type, shape and place; then the numbers, little-endian, array after array.
/// Nothing in such a file can be executed. Here arrays are 32-bit floats (<c>F32</c>) or whole numbers (<c>I32</c>).
/// </summary>
internal static class Safetensors
{
    // As much as Python's reader takes.
    private const int MaximumHeader = 100_000_000;

    // Numbers at a time: a span of bytes cannot be as long as an array of numbers.
    private const int PartLength = 1 << 20;

    /// <summary>
    /// Writes arrays. Where their rows lie on several processes all of these must write, and each writes the same, so all but one to
    /// <see cref="Stream.Null"/>.
    /// </summary>
    public static void Write(Stream stream, ModelState state)
    {
        CheckByteOrder();
        var header = new MemoryStream();
        using (var json = new Utf8JsonWriter(header))
        {
            var begin = 0L;
            json.WriteStartObject();
            foreach (var (name, array) in state.Arrays)
            {
                var end = begin + (4L * array.Length);
                json.WriteStartObject(name);
                json.WriteString("dtype", array.Values is float[]? "F32" : "I32");
                WriteNumbers(json, "shape", array.Shape.Select(length => (long)length));
                WriteNumbers(json, "data_offsets", [begin, end]);
                json.WriteEndObject();
                begin = end;
            }

            json.WriteEndObject();
        }

        // Blanks until the numbers begin at a multiple of 8 bytes.
        while (header.Length % 8 != 0)
        {
            header.WriteByte((byte)' ');
        }

        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        stream.Write(length);
        header.WriteTo(stream);
        foreach (var (_, array) in state.Arrays)
        {
            if (array.Rows is { Group.Size: > 1 } rows)
            {
                WriteRows(stream, array, rows);
                continue;
            }

            foreach (var (start, count) in Sizes.Parts((int)array.Length, PartLength))
            {
                stream.Write(Part(array.Values, array.Start + start, count));
            }
        }
    }

    // Each process gives its rows to all, part by part: none holds the rows of the others.
    private static void WriteRows(Stream stream, StateArray array, LeafSplit rows)
    {
        for (var rank = 0; rank < rows.Group.Size; rank++)
        {
            var (first, end) = rows.Range(rank);
            foreach (var (start, length) in Sizes.Parts((end - first) * array.Width, PartLength))
            {
                var part = rank == rows.Group.Rank ? Part(array.Values, start, length) : new byte[sizeof(float) * length];
                rows.Group.Broadcast(part, rank);
                stream.Write(part);
            }
        }
    }

    /// <summary>Reads one array of whole numbers, and checks the lengths of all; null if there is none of that name.</summary>
    /// <exception cref="InvalidDataException">The data is cut off, too long, or not safetensors of the types written here.</exception>
    public static int[]? ReadInts(Stream stream, string name)
    {
        CheckByteOrder();
        foreach (var array in ReadHeader(stream))
        {
            var count = array.Length;
            if (array.Name == name && !array.IsFloat)
            {
                var values = new int[count];
                ReadExactly(stream, MemoryMarshal.AsBytes(values.AsSpan()));
                return values;
            }

            stream.Seek(sizeof(int) * (long)count, SeekOrigin.Current);
        }

        return null;
    }

    /// <summary>
    /// Reads arrays to the end of the stream, which can seek: lengths are compared with its length before memory is taken for them.
    /// </summary>
    /// <exception cref="InvalidDataException">The data is cut off, too long, or not safetensors of the types written here.</exception>
    public static ModelState Read(Stream stream)
    {
        var state = new ModelState();
        Read(stream, array =>
        {
            Array values = array.IsFloat ? new float[array.Length] : new int[array.Length];
            _ = values is float[] floats ? state.Add(array.Name, floats, array.Shape) : state.Add(array.Name, (int[])values, array.Shape);
            return (values, 0);
        });
        return state;
    }

    /// <summary>Reads arrays to where there is room for them.</summary>
    /// <param name="stream">The stream, as for <see cref="Read(Stream)"/>.</param>
    /// <param name="room">The values that an array is read to, and where it begins there.</param>
    /// <exception cref="InvalidDataException">The data is cut off, too long, or not safetensors of the types written here.</exception>
    public static void Read(Stream stream, Func<StoredArray, (Array Values, int Start)> room)
    {
        CheckByteOrder();
        foreach (var array in ReadHeader(stream))
        {
            var (values, first) = room(array);
            foreach (var (start, length) in Sizes.Parts(array.Length, PartLength))
            {
                ReadExactly(stream, Part(values, first + start, length));
            }
        }
    }

    /// <summary>Reads what arrays there are, in the order of their numbers; their lengths fit that of the stream.</summary>
    /// <exception cref="InvalidDataException">The data is cut off, too long, or not safetensors of the types written here.</exception>
    public static List<StoredArray> ReadHeader(Stream stream)
    {
        Span<byte> lengthBytes = stackalloc byte[8];
        ReadExactly(stream, lengthBytes);
        var length = BinaryPrimitives.ReadInt64LittleEndian(lengthBytes);
        var left = stream.Length - stream.Position;
        if (length is < 2 or > MaximumHeader || length > left)
        {
            throw new InvalidDataException($"The header would have {length} bytes, of {left} that follow.");
        }

        var header = new byte[length];
        ReadExactly(stream, header);
        return ReadHeader(header, left - length);
    }

    private static List<StoredArray> ReadHeader(byte[] header, long dataLength)
    {
        try
        {
            using var json = JsonDocument.Parse(header);
            var arrays = json.RootElement.EnumerateObject().Where(property => property.Name != "__metadata__").Select(property =>
            {
                var type = property.Value.GetProperty("dtype").GetString();
                int[] shape = [.. property.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt32())];
                long[] place = [.. property.Value.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt64())];
                return type is "F32" or "I32" && place is [var begin, var end]
                    ? new StoredArray(property.Name, type == "F32", shape, begin, end)
                    : throw new InvalidDataException($"The array '{property.Name}' is of the type {type}; F32 and I32 are expected.");
            }).OrderBy(array => array.Begin).ThenBy(array => array.End).ToList();

            var next = 0L;
            foreach (var (name, _, shape, begin, end) in arrays)
            {
                var count = 1L;
                foreach (var size in shape)
                {
                    count = size >= 0 && size <= dataLength
                        ? checked(count * size)
                        : throw new InvalidDataException($"The array '{name}' cannot have the length {size}.");
                }

                if (begin != next || end != checked(begin + (4 * count)) || count > Array.MaxLength)
                {
                    throw new InvalidDataException(
                        $"The place of the array '{name}' does not fit its shape [{string.Join(" x ", shape)}] and the arrays before it.");
                }

                next = end;
            }

            if (next != dataLength)
            {
                throw new InvalidDataException($"The header describes {next} bytes of data; {dataLength} bytes follow it.");
            }

            return arrays;
        }
        catch (Exception error)
            when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or OverflowException)
        {
            var start = Encoding.UTF8.GetString(header.AsSpan(0, Math.Min(40, header.Length)));
            throw new InvalidDataException($"The header is not a table of arrays. It begins '{start}'.", error);
        }
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, IEnumerable<long> numbers)
    {
        json.WriteStartArray(name);
        foreach (var number in numbers)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }

    private static Span<byte> Part(Array values, int start, int length) => values is float[] floats
        ? MemoryMarshal.AsBytes(floats.AsSpan(start, length))
        : MemoryMarshal.AsBytes(((int[])values).AsSpan(start, length));

    private static void ReadExactly(Stream stream, Span<byte> bytes)
    {
        if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
        {
            throw new InvalidDataException("The data is cut off.");
        }
    }

    private static void CheckByteOrder()
    {
        if (!BitConverter.IsLittleEndian)
        {
            throw new PlatformNotSupportedException("Models are read and written on little-endian machines only.");
        }
    }
}

/// <summary>An array of a file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsFloat">Whether its numbers are floats; else they are whole.</param>
/// <param name="Shape">The length of each dimension.</param>
/// <param name="Begin">Where its bytes begin behind the header.</param>
/// <param name="End">Where they end.</param>
/// <remarks>A class: lists of tuples would be compiled anew whenever the program starts.</remarks>
internal sealed record StoredArray(string Name, bool IsFloat, int[] Shape, long Begin, long End)
{
    /// <summary>The number of numbers.</summary>
    public int Length => (int)Shape.Aggregate(1L, (product, size) => product * size);
}
