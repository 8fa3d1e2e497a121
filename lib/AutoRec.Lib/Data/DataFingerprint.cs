using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace AutoRec.Data;

/// <summary>Tells whether two logs are the same.</summary>
public static class DataFingerprint
{
    /// <summary>A hash of the places and values of a matrix.</summary>
    internal static string Of(InteractionMatrix matrix)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(MemoryMarshal.AsBytes(matrix.Offsets));
        hash.AppendData(MemoryMarshal.AsBytes(matrix.Columns()));
        hash.AppendData(MemoryMarshal.AsBytes(matrix.Values()));
        return $"sha256:{Convert.ToHexStringLower(hash.GetHashAndReset())}";
    }

    /// <summary>A hash of ids, rows and values, such as <c>sha256:0b81...</c>; times do not count.</summary>
    public static string Of(Interactions log)
    {
        ArgumentNullException.ThrowIfNull(log);
        if (log.Whole is { } whole)
        {
            return whole.Fingerprint;
        }

        using var parts = new LogHash(log.Users, log.Items);
        parts.Add(log.UserRows.AsSpan(), log.ItemRows.AsSpan(), log.Values.AsSpan());
        return parts.End();
    }
}

/// <summary>The <see cref="DataFingerprint"/> of a log that comes in parts.</summary>
internal sealed class LogHash : IDisposable
{
    private const int EntriesAtATime = 1 << 10;

    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] entries = new byte[12 * EntriesAtATime];

    /// <summary>Begins with the ids.</summary>
    public LogHash(IdIndex users, IdIndex items)
    {
        foreach (var ids in new[] { users, items })
        {
            for (var row = 0; row < ids.Count; row++)
            {
                hash.AppendData(row == 0 ? [] : "\n"u8);
                hash.AppendData(ids.Bytes(row));
            }

            hash.AppendData("\n\n"u8);
        }
    }

    /// <summary>Adds the next interactions, in the order of the log.</summary>
    public void Add(ReadOnlySpan<int> userRows, ReadOnlySpan<int> itemRows, ReadOnlySpan<float> values)
    {
        foreach (var (start, count) in Sizes.Parts(values.Length, EntriesAtATime))
        {
            for (var i = 0; i < count; i++)
            {
                var entry = entries.AsSpan(12 * i);
                BitConverter.TryWriteBytes(entry, userRows[start + i]);
                BitConverter.TryWriteBytes(entry[4..], itemRows[start + i]);
                BitConverter.TryWriteBytes(entry[8..], values[start + i]);
            }

            hash.AppendData(entries.AsSpan(0, 12 * count));
        }
    }

    /// <summary>The fingerprint.</summary>
    public string End() => $"sha256:{Convert.ToHexStringLower(hash.GetHashAndReset())}";

    /// <inheritdoc/>
    public void Dispose() => hash.Dispose();
}
