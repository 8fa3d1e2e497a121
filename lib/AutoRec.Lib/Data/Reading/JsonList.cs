using System.Runtime.InteropServices;
using System.Text.Json;

namespace AutoRec.Data;

/// <summary>Reads a JSON list of objects, one by one.</summary>
internal static class JsonList
{
    /// <summary>The elements of the list, each as its text.</summary>
    /// <exception cref="DataFileException">The text is not a JSON list.</exception>
    public static IEnumerable<byte[]> Elements(string path, Stream stream, CancellationToken cancellation)
    {
        using var elements = JsonSerializer.DeserializeAsyncEnumerable<JsonElement>(stream, cancellationToken: cancellation)
            .ToBlockingEnumerable(cancellation).GetEnumerator();
        while (true)
        {
            try
            {
                if (!elements.MoveNext())
                {
                    yield break;
                }
            }
            catch (JsonException error)
            {
                throw new DataFileException(
                    path, (error.LineNumber ?? 0) + 1, "", error.Message.Contains("maximum", StringComparison.Ordinal)
                        ? "The JSON is nested more than 64 deep."
                        : "The JSON is not valid here. A list of objects is expected, or one object a line.");
            }

            yield return JsonMarshal.GetRawUtf8Value(elements.Current).ToArray();
        }
    }

    /// <summary>Reads the elements as records; errors count elements from 1.</summary>
    public static ReadChunk Read(string path, Stream stream, Layout layout, RecordRules rules, bool mayStop, CancellationToken cancellation)
    {
        var chunk = new ReadChunk(rules);
        var parser = new JsonLinesParser(layout);
        foreach (var element in Elements(path, stream, cancellation))
        {
            parser.AddElement(element, chunk);
            if (mayStop && chunk.Met.BadCount > 0)
            {
                break;
            }
        }

        return chunk;
    }
}
