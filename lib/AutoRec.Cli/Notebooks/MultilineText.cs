using System.Text.Json;
using System.Text.Json.Nodes;

namespace AutoRec.Cli.Notebooks;

/// <summary>Text in a notebook: one string or, as Jupyter writes it, an array with one string for each line.</summary>
internal static class MultilineText
{
    /// <summary>The text of a string or of an array of strings; null where the node is neither.</summary>
    public static string? Read(JsonNode? node) => node switch
    {
        JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
        JsonArray lines when lines.All(IsString) => string.Concat(lines.Select(line => line!.GetValue<string>())),
        _ => null,
    };

    /// <summary>An array with one string for each line, line ends included.</summary>
    public static JsonArray Write(string text)
    {
        var lines = new JsonArray();
        for (var start = 0; start < text.Length;)
        {
            var end = text.IndexOf('\n', start) is var found and >= 0 ? found + 1 : text.Length;
            lines.Add((JsonNode)text[start..end]);
            start = end;
        }

        return lines;
    }

    private static bool IsString(JsonNode? node) => node is JsonValue value && value.GetValueKind() == JsonValueKind.String;
}
