namespace AutoRec.Data;

/// <summary>
/// Reads a text in blocks of whole lines, several at the same time. The result is that of reading line by line: a block of which a record
/// might go on in the next is read before the next is cut.
/// </summary>
internal static class BlockReader
{
    /// <summary>Bytes of a block; tests make it small.</summary>
    public const int UsualBlock = 1 << 21;

    // A line that is longer is not data.
    private const int LongestLine = 1 << 22;

    /// <summary>Reads a stream of UTF-8 text to its end.</summary>
    /// <param name="stream">The text, behind the header.</param>
    /// <param name="parser">Reads lines.</param>
    /// <param name="rules">What a good record is.</param>
    /// <param name="firstLine">How many lines come before the text.</param>
    /// <param name="mayStop">Whether what comes behind a bad record need not be read.</param>
    /// <param name="blockLength">Bytes of a block.</param>
    /// <param name="cancellation">Ends the read.</param>
    /// <param name="limit">Only records that begin before this byte are read; the last may end behind it. Default: all.</param>
    /// <exception cref="InvalidDataException">A line is too long, or the stream is damaged.</exception>
    public static ReadChunk Read(
        Stream stream,
        RecordParser parser,
        RecordRules rules,
        long firstLine,
        bool mayStop,
        int blockLength,
        CancellationToken cancellation,
        long limit = long.MaxValue)
    {
        var result = new ReadChunk(rules) { Lines = firstLine };
        var running = new Queue<Task<ReadChunk>>();
        var buffer = new byte[blockLength];
        var filled = 0;
        var mustWait = parser.IsSequential;
        for (var isLast = false; !isLast && result.Bytes < limit && !(mayStop && result.Met.BadCount > 0);)
        {
            cancellation.ThrowIfCancellationRequested();
            var read = stream.ReadAtLeast(buffer.AsSpan(filled), buffer.Length - filled, throwOnEndOfStream: false);
            isLast = read < buffer.Length - filled;
            filled += read;
            var text = buffer.AsMemory(0, filled);
            if (filled >= LongestLine && !text.Span[..LongestLine].ContainsAny((byte)'\n', (byte)'\r'))
            {
                throw TooLong(); // though it may be whole in the buffer
            }

            var end = isLast ? filled : text.Span.LastIndexOf((byte)'\n') + 1;
            end = end == 0 && !isLast ? text.Span[..^1].LastIndexOf((byte)'\r') + 1 : end; // a \n may follow the last one
            mustWait |= parser.MayHaveLongRecords(text.Span[..end]);
            var rest = limit - result.Bytes;
            if (mustWait || rest <= end)
            {
                Take(0);
                var next = new ReadChunk(rules);
                end = parser.Parse(text.Span[..end], isLast, next, rest);
                result.Append(next);
            }
            else
            {
                Take(Environment.ProcessorCount);
                var block = text[..end];
                running.Enqueue(Task.Run(() => Parsed(block, isLast), cancellation));
            }

            if (end == 0 && filled >= LongestLine)
            {
                throw TooLong(); // a record of several lines
            }

            // Blocks that are being read keep their buffer.
            var other = new byte[Math.Max(blockLength, 2 * (filled - end))];
            text.Span[end..].CopyTo(other);
            (buffer, filled) = (other, filled - end);
            result.Bytes += end;
        }

        Take(0);
        return result;

        LineTooLongException TooLong()
        {
            Take(0);
            return new(result.Lines + 1);
        }

        void Take(int most)
        {
            while (running.Count > most)
            {
                result.Append(running.Dequeue().GetAwaiter().GetResult());
            }
        }

        ReadChunk Parsed(ReadOnlyMemory<byte> block, bool isLast)
        {
            var chunk = new ReadChunk(rules);
            parser.Parse(block.Span, isLast, chunk, long.MaxValue);
            return chunk;
        }
    }
}

/// <summary>A line is so long that it is not data.</summary>
internal sealed class LineTooLongException(long line) : Exception
{
    /// <summary>The line, from 1.</summary>
    public long Line { get; } = line;
}
