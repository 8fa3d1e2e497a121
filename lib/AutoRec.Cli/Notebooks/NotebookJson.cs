using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AutoRec.Cli.Notebooks;

/// <summary>
/// Writes JSON as Jupyter writes notebooks, to the byte: keys sorted, indented by one space, nothing escaped that need
/// not be, and a newline at the end. So a notebook that is read and written again makes no diff.
/// </summary>
internal static class NotebookJson
{
    public static string Write(JsonNode root)
    {
        var text = new StringBuilder();
        Write(text, root, depth: 0);
        return text.Append('\n').ToString();
    }

    private static void Write(StringBuilder text, JsonNode? node, int depth)
    {
        switch (node)
        {
            case null:
                text.Append("null");
                break;
            case JsonObject members:
                WriteBlock(text, '{', '}', members.OrderBy(member => member.Key, StringComparer.Ordinal), depth, member =>
                {
                    WriteString(text, member.Key);
                    text.Append(": ");
                    Write(text, member.Value, depth + 1);
                });
                break;
            case JsonArray items:
                WriteBlock(text, '[', ']', items, depth, item => Write(text, item, depth + 1));
                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                WriteString(text, value.GetValue<string>());
                break;
            default:
                text.Append(node.ToJsonString()); // Numbers keep the digits they were read with.
                break;
        }
    }

    private static void WriteBlock<T>(StringBuilder text, char open, char close, IEnumerable<T> items, int depth, Action<T> write)
    {
        text.Append(open);
        var empty = true;
        foreach (var item in items)
        {
            text.Append(empty ? "\n" : ",\n").Append(' ', depth + 1);
            write(item);
            empty = false;
        }

        if (!empty)
        {
            text.Append('\n').Append(' ', depth);
        }

        text.Append(close);
    }

    private static void WriteString(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (var symbol in value)
        {
            _ = symbol switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                '\b' => text.Append("\\b"),
                '\f' => text.Append("\\f"),
                < ' ' => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)symbol:x4}"),
                _ => text.Append(symbol),
            };
        }

        text.Append('"');
    }
}
