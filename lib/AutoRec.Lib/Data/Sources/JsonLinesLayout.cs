using System.Text.Json;

namespace AutoRec.Data;

/// <summary>Which properties of the objects of a JSON lines file hold what; null for a part that is not there.</summary>
internal sealed record JsonLinesLayout(string User, string Item, string? Rating, string? Timestamp)
{
    /// <summary>The layout that a file's first line has; null, and what is wrong, when a part is missing.</summary>
    public static JsonLinesLayout? OfFirstLine(string line, ColumnNames columns, out string? problem)
    {
        string[] names;
        try
        {
            using var document = JsonDocument.Parse(line);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                problem = "The line is not a JSON object.";
                return null;
            }

            names = [.. document.RootElement.EnumerateObject().Select(property => property.Name)];
        }
        catch (JsonException)
        {
            problem = "The line is not a JSON object.";
            return null;
        }

        return RatingsLayout.Of(RatingsFormat.JsonLines, names, columns, out problem) is { } layout
            ? new JsonLinesLayout(names[layout.User], names[layout.Item], layout.Rating < 0 ? null : names[layout.Rating], layout.Timestamp < 0 ? null : names[layout.Timestamp])
            : null;
    }

    /// <summary>The parts of an object as texts; returns what is wrong with the line, or null.</summary>
    public string? Parse(string line, out (string? User, string? Item, string? Rating, string? Timestamp) record)
    {
        record = default;
        try
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                return "The line is not a JSON object.";
            }

            record = (Text(root, User), Text(root, Item), Rating is null ? null : Text(root, Rating), Timestamp is null ? null : Text(root, Timestamp));
            return null;
        }
        catch (JsonException)
        {
            return "The line is not a JSON object.";
        }
    }

    private static string? Text(JsonElement root, string name) =>
        !root.TryGetProperty(name, out var value) || value.ValueKind is JsonValueKind.Null ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString()
        : value.GetRawText();
}
