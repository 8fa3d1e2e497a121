using System.Text.Json.Nodes;

namespace AutoRec.Cli.Notebooks;

internal enum CellKind
{
    Markdown,
    Code,
    Raw,
}

/// <summary>One cell, a view on its JSON.</summary>
internal sealed class NotebookCell
{
    private readonly JsonObject json;

    private NotebookCell(JsonObject json, int number, CellKind kind, string source)
    {
        this.json = json;
        Number = number;
        Kind = kind;
        Source = source;
    }

    /// <summary>Its place in the notebook, from 1, text cells counted.</summary>
    public int Number { get; }

    public CellKind Kind { get; }

    public string Source { get; }

    public IReadOnlyList<string> Tags => json["metadata"]?["tags"] is JsonArray tags
        ? [.. tags.Select(tag => MultilineText.Read(tag) ?? "")]
        : [];

    /// <summary>The language that the cell names in its metadata; <c>csharp</c> where it names none.</summary>
    public string Language =>
        MultilineText.Read(json["metadata"]?["polyglot_notebook"]?["kernelName"]) ??
        MultilineText.Read(json["metadata"]?["dotnet_interactive"]?["language"]) ?? "csharp";

    /// <summary>The order in which it was run, from 1; null where it was not.</summary>
    public int? ExecutionCount => json["execution_count"] is JsonValue value && value.TryGetValue(out int count) ? count : null;

    /// <summary>The outputs as nbformat has them.</summary>
    public IReadOnlyList<JsonObject> Outputs => json["outputs"] is JsonArray outputs ? [.. outputs.OfType<JsonObject>()] : [];

    /// <summary>Attached files by name, each by MIME type, in base 64; null where there are none.</summary>
    public JsonObject? Attachments => json["attachments"] as JsonObject;

    public static NotebookCell Wrap(string path, int number, JsonNode? node)
    {
        if (node is not JsonObject json)
        {
            throw new NotebookFileException(path, $"cell {number} is not an object.");
        }

        var type = MultilineText.Read(json["cell_type"]);
        CellKind kind = type switch
        {
            "markdown" => CellKind.Markdown,
            "code" => CellKind.Code,
            "raw" => CellKind.Raw,
            _ => throw new NotebookFileException(path, $"cell {number} has the type '{type}'; expected 'code', 'markdown' or 'raw'."),
        };
        var source = MultilineText.Read(json["source"]) ?? throw new NotebookFileException(path, $"cell {number} has no text 'source'.");
        json["source"] = MultilineText.Write(source);
        return new(json, number, kind, source);
    }

    /// <summary>Takes away outputs and execution count, as of a cell that was not run.</summary>
    public void Clear() => SetOutputs(null, []);

    public void SetOutputs(int? executionCount, IEnumerable<JsonObject> outputs)
    {
        json["execution_count"] = executionCount;
        json["outputs"] = new JsonArray([.. outputs]);
    }
}
