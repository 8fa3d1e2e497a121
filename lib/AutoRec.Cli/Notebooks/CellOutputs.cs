using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AutoRec.Cli.Notebooks;

/// <summary>Gathers what a cell puts out as nbformat's outputs, in the order in which it comes.</summary>
internal sealed class CellOutputs(int executionCount)
{
    private readonly List<JsonObject> outputs = [];
    private readonly Dictionary<string, JsonObject> displays = [];
    private readonly StringBuilder streamText = new();
    private string? streamName;

    public IReadOnlyList<JsonObject> ToList()
    {
        CloseStream();
        return outputs;
    }

    public void Add(KernelEvent message)
    {
        if (message is StreamText stream)
        {
            if (stream.Name != streamName)
            {
                CloseStream();
                streamName = stream.Name;
            }

            streamText.Append(stream.Text);
            return;
        }

        CloseStream();
        switch (message)
        {
            case Displayed displayed:
                var display = Output("display_data", displayed.Data);
                outputs.Add(display);
                if (displayed.Id is not null)
                {
                    displays[displayed.Id] = display;
                }

                break;
            case Returned returned:
                var result = Output("execute_result", returned.Data);
                result["execution_count"] = executionCount;
                outputs.Add(result);
                break;
            case Failed failed:
                outputs.Add(new()
                {
                    ["ename"] = failed.Name,
                    ["evalue"] = failed.Message,
                    ["output_type"] = "error",
                    ["traceback"] = new JsonArray([.. failed.Traceback.Select(line => (JsonNode)line)]),
                });
                break;
        }
    }

    /// <summary>Changes a display of this cell.</summary>
    /// <returns>Whether it is one of this cell's.</returns>
    public bool TryUpdate(DisplayUpdated update)
    {
        if (!displays.TryGetValue(update.Id, out var display))
        {
            return false;
        }

        display["data"] = Data(update.Data);
        return true;
    }

    private void CloseStream()
    {
        if (streamName is not null)
        {
            outputs.Add(new()
            {
                ["name"] = streamName,
                ["output_type"] = "stream",
                ["text"] = MultilineText.Write(streamText.ToString()),
            });
            streamName = null;
            streamText.Clear();
        }
    }

    private static JsonObject Output(string type, IReadOnlyDictionary<string, string> data) => new()
    {
        ["data"] = Data(data),
        ["metadata"] = new JsonObject(),
        ["output_type"] = type,
    };

    private static JsonObject Data(IReadOnlyDictionary<string, string> data) =>
        new(data.Select(item => KeyValuePair.Create(item.Key, Value(item.Key, item.Value))));

    // As nbformat has it: JSON as JSON, text line by line, the rest (base 64) in one piece.
    private static JsonNode? Value(string mimeType, string value)
    {
        if (mimeType == "application/json" || mimeType.EndsWith("+json", StringComparison.Ordinal))
        {
            try
            {
                return JsonNode.Parse(value);
            }
            catch (JsonException)
            {
                return value;
            }
        }

        var text = mimeType.StartsWith("text/", StringComparison.Ordinal) || mimeType is "image/svg+xml" or "application/javascript";
        return text ? MultilineText.Write(value.ReplaceLineEndings("\n")) : value;
    }
}
