using System.Text.Json;
using System.Text.Json.Nodes;
using AutoRec.Data;

namespace AutoRec.Cli.Notebooks;

/// <summary>
/// A notebook of nbformat 4. It wraps the JSON it was read from, so that whatever this program does not know
/// (metadata, ids, tags, attachments) is written back as it was.
/// </summary>
internal sealed class NotebookDocument
{
    private readonly JsonObject root;

    private NotebookDocument(string path, JsonObject root, IReadOnlyList<NotebookCell> cells)
    {
        Path = path;
        this.root = root;
        Cells = cells;
    }

    /// <summary>The file it was read from.</summary>
    public string Path { get; }

    public IReadOnlyList<NotebookCell> Cells { get; }

    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="NotebookFileException">The file is not a notebook of nbformat 4.</exception>
    public static NotebookDocument Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"{path}: there is no such notebook.", path);
        }

        return Parse(path, File.ReadAllText(path));
    }

    /// <exception cref="NotebookFileException">The text is not a notebook of nbformat 4.</exception>
    public static NotebookDocument Parse(string path, string json)
    {
        JsonObject root;
        try
        {
            root = JsonNode.Parse(json) as JsonObject
                ?? throw new NotebookFileException(path, "not a notebook: the JSON is not an object.");
            _ = root.Count; // Members are read on first use, and a name given twice is found only then.
        }
        catch (Exception error) when (error is JsonException or ArgumentException)
        {
            throw new NotebookFileException(path, $"not a notebook: the file is not valid JSON. {error.Message}", error);
        }

        if (root["nbformat"] is not JsonValue version || !version.TryGetValue(out int major))
        {
            throw new NotebookFileException(path, "not a notebook: it has no number 'nbformat'.");
        }

        if (major != 4)
        {
            throw new NotebookFileException(path, $"nbformat {major} is not supported, only 4. Open and save it in Jupyter to convert it.");
        }

        if (root["cells"] is not JsonArray cells)
        {
            throw new NotebookFileException(path, "not a notebook: it has no array 'cells'.");
        }

        return new(path, root, [.. cells.Select((cell, index) => NotebookCell.Wrap(path, index + 1, cell))]);
    }

    /// <summary>The notebook as Jupyter writes it.</summary>
    public string ToJson() => NotebookJson.Write(root);

    /// <summary>Writes the notebook back to its own file.</summary>
    public void Update() => WholeFile.Write(Path, ToJson());
}
