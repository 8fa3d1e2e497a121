using System.Text.Json;
using System.Text.Json.Serialization;

namespace AutoRec.Cli.Notebooks;

/// <summary>What the kernel's process tells while it runs a cell: one JSON object a line.</summary>
[JsonDerivedType(typeof(StreamText), "stream")]
[JsonDerivedType(typeof(Displayed), "display")]
[JsonDerivedType(typeof(DisplayUpdated), "update")]
[JsonDerivedType(typeof(Returned), "return")]
[JsonDerivedType(typeof(Failed), "error")]
[JsonDerivedType(typeof(CellDone), "done")]
internal abstract record KernelEvent
{
    public static KernelEvent Read(string line) => JsonSerializer.Deserialize<KernelEvent>(line)
        ?? throw new InvalidDataException("The kernel's process sent an empty message.");

    public string Write() => JsonSerializer.Serialize(this);
}

/// <summary>Console output.</summary>
/// <param name="Name"><c>stdout</c> or <c>stderr</c>.</param>
/// <param name="Text">The text, line ends included.</param>
internal sealed record StreamText(string Name, string Text) : KernelEvent;

/// <summary>A displayed value.</summary>
/// <param name="Id">Names it for a later update; unique within a notebook's run. Null for a value that does not change.</param>
/// <param name="Data">The value by MIME type.</param>
internal sealed record Displayed(string? Id, IReadOnlyDictionary<string, string> Data) : KernelEvent;

/// <summary>A displayed value has changed.</summary>
internal sealed record DisplayUpdated(string Id, IReadOnlyDictionary<string, string> Data) : KernelEvent;

/// <summary>The value of a cell's last expression, by MIME type.</summary>
internal sealed record Returned(IReadOnlyDictionary<string, string> Data) : KernelEvent;

/// <summary>The cell failed.</summary>
/// <param name="Name">The kind of error.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Traceback">The whole text, line by line.</param>
/// <param name="Line">The cell's line at fault, from 1; null where it is not known.</param>
internal sealed record Failed(string Name, string Message, IReadOnlyList<string> Traceback, int? Line) : KernelEvent;

/// <summary>The cell has ended, well or not.</summary>
internal sealed record CellDone : KernelEvent;

/// <summary>What the kernel's process is asked: to run one cell.</summary>
/// <param name="Code">The cell's source.</param>
/// <param name="Language">The language the cell's metadata name.</param>
/// <param name="Label">How errors call the cell, such as <c>cell 3</c>.</param>
internal sealed record CellRequest(string Code, string Language, string Label)
{
    /// <summary>The line, from 1, of a place in the code.</summary>
    public int LineAt(int index) => Code.AsSpan(0, index).Count('\n') + 1;

    public static CellRequest Read(string line) => JsonSerializer.Deserialize<CellRequest>(line)
        ?? throw new InvalidDataException("The kernel's process was sent an empty message.");

    public string Write() => JsonSerializer.Serialize(this);
}
