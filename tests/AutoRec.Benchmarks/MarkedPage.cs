namespace AutoRec.Benchmarks;

/// <summary>A page of docs whose tables are measured: each stands between the marks <c>&lt;!-- name --&gt;</c> and <c>&lt;!-- end of name
/// --&gt;</c>, and the rest is written by hand.</summary>
/// <param name="path">The page.</param>
internal sealed class MarkedPage(string path)
{
    /// <summary>The text between the marks of a name.</summary>
    public string this[string name]
    {
        get
        {
            var page = File.ReadAllText(path);
            var (from, end) = Find(page, name);
            return page[from..end];
        }

        set
        {
            var page = File.ReadAllText(path);
            var (from, end) = Find(page, name);
            File.WriteAllText(path, page[..from] + value + page[end..]);
        }
    }

    private (int From, int End) Find(string page, string name)
    {
        var (start, stop) = ($"<!-- {name} -->\n", $"<!-- end of {name} -->");
        var from = page.IndexOf(start, StringComparison.Ordinal);
        var end = from < 0 ? -1 : page.IndexOf(stop, from, StringComparison.Ordinal);
        return end >= 0
            ? (from + start.Length, end)
            : throw new InvalidOperationException($"{path} does not have the marks '{start.Trim()}' and '{stop}'.");
    }
}
