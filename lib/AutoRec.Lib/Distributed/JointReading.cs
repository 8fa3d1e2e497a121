using AutoRec.Data;

namespace AutoRec.Distributed;

/// <summary>
/// Reads files of ratings on the processes of a group. Each reads a share: rows of Parquet, or whole lines of text; text files that can
/// only be read from their start, such as packed ones, are read by one process each.
/// </summary>
/// <remarks>
/// Where a record begins is known only from the record before it, since a field in quotes may have line ends in it. So each process begins
/// at a line, reads to the end of the last record that begins in its share, and then compares: a process that did not begin where the one
/// before it ended reads its share again from there.
/// </remarks>
internal static class JointReading
{
    /// <summary>A share of a file that one process has read.</summary>
    /// <param name="File">The number of the file.</param>
    /// <param name="Rank">The process.</param>
    /// <param name="Start">The byte of the text where its first record begins.</param>
    /// <param name="End">The end behind its last.</param>
    /// <param name="Met">What was met; lines are counted from the start of the share.</param>
    /// <param name="TooLong">The line that is too long to be read, from the start of the share; null without.</param>
    private sealed record Piece(int File, int Rank, long Start, long End, RecordsMet Met, long? TooLong);

    /// <summary>Reads the share of this process.</summary>
    /// <param name="source">The files.</param>
    /// <param name="options">How to read them.</param>
    /// <param name="group">The processes.</param>
    /// <param name="cancellation">Ends the read.</param>
    /// <param name="blockLength">Bytes of a block; tests make it small.</param>
    /// <returns>The parts, one for each file: with the interactions that this process has read, and what all have met.</returns>
    /// <exception cref="DataFileException">A file cannot be used as it is.</exception>
    /// <exception cref="NotSupportedException">A file is not text, or the only one cannot be shared.</exception>
    public static SourcePart[] Read(
        RatingsSource.Files source,
        ReadOptions options,
        IProcessGroup group,
        CancellationToken cancellation,
        int blockLength = BlockReader.UsualBlock)
    {
        var (files, mayStop) = (Recognise(source, options), options.OnBadLine == BadLineAction.Fail);
        var sizes = source.Paths.Select(path => new FileInfo(path).Length).ToArray();
        long[] starts = [.. sizes.Select((_, file) => sizes.Take(file).Sum())]; // of files, when all are one after the other
        var (first, end) = (Part(group.Rank), Part(group.Rank + 1));
        var steps = new WorkSteps(options.Progress, "", end - first, "bytes");
        var chunks = Array.ConvertAll(files, file => new ReadChunk(file.Rules));
        Piece[] pieces = group.WorkOnAll<Piece[]>(() =>
            [.. Enumerable.Range(0, files.Length).Where(HasPart).Select(file => ReadPiece(file, FirstOf(file)))]);
        while (true)
        {
            // In the order of the files, and of the processes within a file.
            Piece[] all = [.. group.OfAll(pieces).SelectMany(ofOne => ofOne).OrderBy(piece => piece.File).ThenBy(piece => piece.Rank)];
            var wrong = WrongStarts(all, files, mayStop).ToArray();
            if (wrong.Length == 0)
            {
                return [.. files.Select((file, i) => PartOf(file, chunks[i], all.Where(piece => piece.File == i), mayStop))];
            }

            pieces = group.WorkOnAll(() => Array.ConvertAll(pieces, piece => wrong
                .Where(one => (one.Piece.File, one.Piece.Rank) == (piece.File, piece.Rank))
                .Select(one => ReadPiece(piece.File, one.Start)).FirstOrDefault(piece)));
        }

        long Part(int rank) => StartOf(sizes.Sum(), rank, group.Size);

        // A file that cannot be cut is of the process that has its first byte.
        bool HasPart(int file) => files[file].CanBeCut ? first < starts[file] + sizes[file] && starts[file] < end
            : first <= starts[file] && starts[file] < end;

        long FirstOf(int file) => first - starts[file] is var start && files[file].CanBeCut && start > files[file].StartByte
            ? files[file].Text.LineFrom(start)
            : files[file].StartByte;

        long EndOf(int file) => files[file].CanBeCut && end < starts[file] + sizes[file] ? end - starts[file] : long.MaxValue;

        Piece ReadPiece(int file, long from)
        {
            try
            {
                var chunk = chunks[file] = files[file].ReadPart(from, EndOf(file), 0, mayStop, blockLength, steps, cancellation);
                return new Piece(file, group.Rank, from, from + chunk.Bytes, chunk.Met, null);
            }
            catch (LineTooLongException error)
            {
                return new Piece(file, group.Rank, from, from, new RecordsMet(), error.Line);
            }
        }
    }

    /// <summary>Reads the share of this process of the rows of Parquet files.</summary>
    /// <inheritdoc cref="Read(RatingsSource.Files, ReadOptions, IProcessGroup, CancellationToken, int)"/>
    public static SourcePart[] Read(
        RatingsSource.Parquet source, ReadOptions options, IProcessGroup group, CancellationToken cancellation)
    {
        var part = group.WorkOnAll(() => ReadTables.ReadShare(
            source,
            options,
            rows => (StartOf(rows, group.Rank, group.Size), StartOf(rows, group.Rank + 1, group.Size)),
            cancellation));
        var met = new RecordsMet();
        Array.ForEach(group.OfAll(part.Chunk.Met), met.Append);
        part.Chunk.Met = met;
        ReadTables.CheckRows(part);
        return [part];
    }

    private static long StartOf(long count, int rank, int size) => (long)((Int128)count * rank / size);

    // All processes look at all files, so that all know what is wrong with one.
    private static RatingsFile[] Recognise(RatingsSource.Files source, ReadOptions options)
    {
        var files = new List<RatingsFile>();
        foreach (var path in source.Paths)
        {
            if (DataFile.IsWorkbook(path))
            {
                throw new NotSupportedException(
                    $"{path}: A workbook is not read on several ranks. Save it as CSV, or start one process, without mpirun.");
            }

            var file = RatingsFile.Recognise(path, options);
            if (files.Count > 0)
            {
                Unread(file).CheckLike(Unread(files[0]));
            }

            files.Add(file);
        }

        return files is not [{ CanBeCut: false } only] ? [.. files] : throw new NotSupportedException(
            $"{only.Text.Path}: One file of this kind can only be read from its start, by one rank. "
            + "Several ranks each read a share of a file that is not packed and is in UTF-8 (fields between separators, JSON lines or an "
            + "adjacency list), or whole files of any kind. Unpack or convert it, cut it into several files and give a pattern such as "
            + "--data 'parts/*.csv.gz', or start one process, without mpirun.");
    }

    private static SourcePart Unread(RatingsFile file) => SourcePart.Of(file, new ReadChunk(file.Rules));

    // For each file the first share that does not begin where the one before it ended; those behind it may be wrong too.
    private static IEnumerable<(Piece Piece, long Start)> WrongStarts(Piece[] all, RatingsFile[] files, bool mayStop)
    {
        foreach (var ofFile in all.GroupBy(piece => piece.File))
        {
            long start = files[ofFile.Key].StartByte;
            foreach (var piece in ofFile)
            {
                if (piece.Start != start)
                {
                    yield return (piece, start);
                    break;
                }

                if (piece.TooLong is not null || (mayStop && piece.Met.BadCount > 0))
                {
                    break; // It was not read to its end.
                }

                start = piece.End;
            }
        }
    }

    private static SourcePart PartOf(RatingsFile file, ReadChunk own, IEnumerable<Piece> pieces, bool mayStop)
    {
        var met = new RecordsMet { Lines = file.StartLine };
        foreach (var piece in pieces)
        {
            if (mayStop && met.BadCount > 0)
            {
                break;
            }

            met.Append(piece.TooLong is { } line ? throw file.TooLong(met.Lines + line) : piece.Met);
        }

        own.Met = met;
        return SourcePart.Of(file, own);
    }
}
