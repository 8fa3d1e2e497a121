using System.Collections.Concurrent;
using System.Text;
using Microsoft.DotNet.Interactive.Formatting;

namespace AutoRec.Cli.Notebooks.Kernel;

/// <summary>
/// Where a running cell's output goes: displays, console text and errors, in the order in which they come, from
/// whatever thread.
/// </summary>
internal sealed class CellOutput(TextWriter events)
{
    private readonly Lock gate = new();
    private readonly StringBuilder pending = new();
    private readonly ConcurrentDictionary<string, int> ids = [];
    private string pendingName = "";
    private int lastId;

    // What display(...) shows, wherever in the cell's code it is called.
    static CellOutput() => Formatter.SubscribeToDisplayedValues(value => Current.Display(value));

    /// <summary>The output of this process's notebook.</summary>
    public static CellOutput Current { get; set; } = new(TextWriter.Null);

    /// <summary>A display of its own.</summary>
    public void Display(IReadOnlyDictionary<string, string> data) => Send(new Displayed(Interlocked.Increment(ref lastId), data));

    /// <summary>A value that can change: it takes the place of what was displayed under its id, if anything was.</summary>
    public void Display(DisplayedValue value)
    {
        var data = MimeBundle.Of(value.FormattedValues);
        if (value.IsUpdated && ids.TryGetValue(value.DisplayId, out var shown))
        {
            Send(new DisplayUpdated(shown, data));
            return;
        }

        var id = Interlocked.Increment(ref lastId);
        ids[value.DisplayId] = id;
        Send(new Displayed(id, data));
    }

    /// <summary>A writer for <c>stdout</c> or <c>stderr</c>.</summary>
    public TextWriter Stream(string name) => new StreamWriter(this, name);

    public void Send(KernelEvent message)
    {
        lock (gate)
        {
            Flush();
            WriteLine(message);
        }
    }

    private void WriteText(string name, ReadOnlySpan<char> text)
    {
        lock (gate)
        {
            if (name != pendingName)
            {
                Flush();
                pendingName = name;
            }

            // A message a line, not one for each of the pieces that Console.Write is called with.
            pending.Append(text);
            if (text.EndsWith("\n") || pending.Length > 4096)
            {
                Flush();
            }
        }
    }

    private void Flush()
    {
        if (pending.Length > 0)
        {
            WriteLine(new StreamText(pendingName, pending.ToString()));
            pending.Clear();
        }
    }

    private void WriteLine(KernelEvent message)
    {
        events.Write(message.Write());
        events.Write('\n');
        events.Flush();
    }

    private sealed class StreamWriter(CellOutput output, string name) : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value) => output.WriteText(name, [value]);

        public override void Write(ReadOnlySpan<char> buffer) => output.WriteText(name, buffer);

        public override void Write(char[] buffer, int index, int count) => output.WriteText(name, buffer.AsSpan(index, count));

        public override void Write(string? value) => output.WriteText(name, value);

        public override void WriteLine(string? value) => output.WriteText(name, value + "\n");
    }
}
