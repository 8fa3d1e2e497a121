using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace AutoRec.Cli.Serving;

/// <summary>Who is answered: requests for names of this server and, where a token is set, those that carry it.</summary>
internal sealed class Access
{
    /// <summary>What says nothing of the model or its data, and is answered without the token.</summary>
    private static readonly string[] Public = ["/", "/docs", "/health", "/ready"];

    private static readonly string[] Loopback = ["localhost", "127.0.0.1", "[::1]"];
    private const int ShortestToken = 16;

    private readonly HashSet<string> names;
    private readonly byte[]? token; // its SHA-256

    /// <summary>Makes the rules.</summary>
    /// <param name="allowedHosts">Names beside those of this machine itself that requests may be for.</param>
    /// <param name="token">The token that requests must carry; null for none.</param>
    public Access(IEnumerable<string>? allowedHosts = null, string? token = null)
    {
        names = new([.. Loopback, .. allowedHosts ?? []], StringComparer.OrdinalIgnoreCase);
        this.token = token is null ? null : SHA256.HashData(Encoding.UTF8.GetBytes(token));
    }

    /// <summary>Whether requests must carry a token.</summary>
    public bool NeedsToken => token is not null;

    /// <summary>Reads a token from a file.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ArgumentException">The file does not hold one token of at least 16 characters.</exception>
    public static string ReadToken(string path)
    {
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"{path}: There is no such file (--token-file).", path);
        }

        var text = File.ReadAllText(path).Trim();
        return text.Length >= ShortestToken && text.All(letter => letter is > ' ' and < '\u007f') ? text : throw new ArgumentException(
            $"{path}: The file must hold one token: at least {ShortestToken} letters, digits and signs without blanks. "
            + "To make one: openssl rand -hex 32");
    }

    /// <summary>
    /// Whether a request is for a name of this server. A page of another site can make a browser ask this address under a name of that
    /// site (DNS rebinding); it cannot make it ask under a name of ours, or under the address itself.
    /// </summary>
    public bool IsForThisServer(HttpContext context)
    {
        var host = context.Request.Host.Host;
        return names.Contains(host)
            || (IPAddress.TryParse(host.Trim('[', ']'), out var address)
                && context.Connection.LocalIpAddress is { } local
                && (address.Equals(local) || address.Equals(local.IsIPv4MappedToIPv6 ? local.MapToIPv4() : local)));
    }

    /// <summary>Whether a request may be answered, as far as the token is concerned.</summary>
    public bool IsAuthorized(HttpRequest request)
    {
        const string Scheme = "Bearer ";
        if (token is null || Public.Contains(request.Path.Value))
        {
            return true;
        }

        var header = request.Headers.Authorization.ToString();
        return header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(header[Scheme.Length..].Trim())), token);
    }
}
