using AutoRec.Data;

namespace AutoRec.Catalog;

/// <summary>A run of the users of a model, in the order of their ids.</summary>
/// <param name="From">The first user; empty for the first of all.</param>
/// <param name="To">The last user; empty for the last of all.</param>
internal sealed record UserRange(string From, string To)
{
    private const string Separator = "..";

    /// <summary>Reads <c>FROM..TO</c>, of which one end may be left out.</summary>
    /// <exception cref="ArgumentException">It is something else.</exception>
    public static UserRange Parse(string text) => text.Split(Separator) is [var from, var to] && (from.Length > 0 || to.Length > 0)
        ? new UserRange(from, to)
        : throw new ArgumentException($"--users must be FROM..TO, FROM.. or ..TO with ids of users; got '{text}'.");

    /// <summary>The rows of the users, from the first to before the end.</summary>
    /// <param name="users">The ids of all users.</param>
    /// <param name="folder">The model folder.</param>
    /// <exception cref="DataFileException">The model does not know a user, or the last comes before the first.</exception>
    public (int First, int End) RowsOf(IdIndex users, string folder)
    {
        var (first, end) = (From.Length == 0 ? 0 : RowOf(From), To.Length == 0 ? users.Count : RowOf(To) + 1);
        return first < end ? (first, end) : throw new DataFileException(
            folder, $"No user is between '{From}' and '{To}', as --users says. Ids are in the order of their bytes, as '10' before '9'.");

        int RowOf(string id) => users.TryGetRow(id, out var row)
            ? row
            : throw new DataFileException(folder, $"The model does not know the user '{id}', which --users names.");
    }
}
