using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

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

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var ids in new[] { log.Users, log.Items })
        {
            hash.AppendData(Encoding.UTF8.GetBytes(string.Join('\n', ids)));
            hash.AppendData("\n\n"u8);
        }

        Span<byte> entry = stackalloc byte[12];
        for (var i = 0; i < log.Count; i++)
        {
            BitConverter.TryWriteBytes(entry, log.UserRows[i]);
            BitConverter.TryWriteBytes(entry[4..], log.ItemRows[i]);
            BitConverter.TryWriteBytes(entry[8..], log.Values[i]);
            hash.AppendData(entry);
        }

        return $"sha256:{Convert.ToHexStringLower(hash.GetHashAndReset())}";
    }
}
