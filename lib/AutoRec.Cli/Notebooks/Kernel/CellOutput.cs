using System.Text;

namespace AutoRec.Cli.Notebooks.Kernel;

/// <summary>
/// Where a running cell's output goes: displays, console text and errors, in the order in which they come, from
/// whatever thread.
/// </summary>
internal sealed class CellOutput(TextWriter events)
{
    /// <summary>How much of the console text of one cell is kept.</summary>
    public const int MostLines = 10_000;

    /// <inheritdoc cref="MostLines"/>
    public const int MostText = 1 << 20;

    /// <summary>How many characters of displayed values one cell may have, in all MIME types together.</summary>
    public const int MostDisplayed = 16 << 20;

    /// <summary>How many displays one cell may have. A display that changes is one.</summary>
    public const int MostDisplays = 1_000;

    private const int MostErrorText = 10_000; // of an error that is longer than the text of a cell may be

    private readonly Lock gate = new();
    private readonly StringBuilder pending = new();
    private readonly HashSet<string> shown = [];
    private string pendingName = "";
    private int lines;
    private long text;
    private long displayed;
    private int displays;

    /// <summary>Shows a value; by its id, if it has one, it can be changed.</summary>
    public void Display(string? id, IReadOnlyDictionary<string, string> data)
    {
        if (id is not null)
        {
            lock (gate)
            {
                shown.Add(id);
            }
        }

        Send(new Displayed(id, data));
    }

    /// <summary>Shows a value in the place of what was shown under its id; if nothing was, below the rest.</summary>
    public void Update(string id, IReadOnlyDictionary<string, string> data)
    {
        bool isNew;
        lock (gate)
        {
            isNew = shown.Add(id);
        }

        Send(isNew ? new Displayed(id, data) : new DisplayUpdated(id, data));
    }

    /// <summary>Begins to count the output of a cell, which is capped.</summary>
    public void BeginCell()
    {
        lock (gate)
        {
            (lines, text, displayed, displays) = (0, 0, 0, 0);
        }
    }

    public void Send(KernelEvent message)
    {
        lock (gate)
        {
            Flush();
            if (Capped(message) is { } allowed)
            {
                WriteLine(allowed);
            }
        }
    }

    // Displays in full, or a line that says why not; the first too many is told, those after it are not.
    private KernelEvent? Capped(KernelEvent message)
    {
        if (message is Failed { Message.Length: > MostText } failed)
        {
            var cut = FormattableString.Invariant($"[An error text of {failed.Message.Length:N0} characters is cut.]");
            return failed with { Message = failed.Message[..MostErrorText], Traceback = [cut] };
        }

        var data = message switch
        {
            Displayed shown => shown.Data,
            DisplayUpdated shown => shown.Data,
            Returned shown => shown.Data,
            _ => null,
        };
        if (data is null)
        {
            return message;
        }

        var size = data.Sum(form => (long)form.Value.Length);
        if (message is DisplayUpdated ? size <= MostDisplayed : displays < MostDisplays && displayed + size <= MostDisplayed)
        {
            // What changes in its place does not add up.
            (displayed, displays) = message is DisplayUpdated ? (displayed, displays) : (displayed + size, displays + 1);
            return message;
        }

        if (displays >= MostDisplays && message is not DisplayUpdated)
        {
            return displays++ > MostDisplays ? null
                : new StreamText("stderr", FormattableString.Invariant(
                    $"[The outputs of this cell after the first {MostDisplays:N0} are left out.]\n"));
        }

        displays += message is DisplayUpdated ? 0 : 1;
        var instead = new Dictionary<string, string>
        {
            ["text/plain"] = FormattableString.Invariant(
                $"[An output of {size:N0} characters is left out: the outputs of a cell may have {MostDisplayed:N0} together.]"),
        };
        return message switch
        {
            Displayed shown => shown with { Data = instead },
            DisplayUpdated shown => shown with { Data = instead },
            _ => new Returned(instead),
        };
    }

    /// <summary>Adds to <c>stdout</c> or <c>stderr</c>.</summary>
    public void Write(string name, ReadOnlySpan<char> text)
    {
        lock (gate)
        {
            if (lines >= MostLines || this.text >= MostText)
            {
                return; // That it is capped has been said.
            }

            text = Cut(text, out var isCut);
            if (name != pendingName)
            {
                Flush();
                pendingName = name;
            }

            // A message a line, not one for each of the pieces that Console.Write is called with.
            pending.Append(text);
            if (text.EndsWith("\n") || pending.Length > 4096 || isCut)
            {
                Flush();
            }

            if (isCut)
            {
                WriteLine(new StreamText("stderr", FormattableString.Invariant(
                    $"\n[The text after the first {MostLines:N0} lines or {MostText:N0} characters of this cell is left out.]\n")));
            }
        }
    }

    private ReadOnlySpan<char> Cut(ReadOnlySpan<char> more, out bool isCut)
    {
        var end = (int)Math.Min(more.Length, MostText - text);
        for (var i = 0; i < end; i++)
        {
            if (more[i] == '\n' && ++lines >= MostLines)
            {
                end = i + 1;
            }
        }

        text += end;
        isCut = lines >= MostLines || text >= MostText;
        return more[..end];
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
}
