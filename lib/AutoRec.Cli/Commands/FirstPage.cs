using System.Globalization;
using AutoRec.Catalog;
using AutoRec.Cli.Report;
using AutoRec.Data;
using AutoRec.Experiments;
using AutoRec.Serving;

namespace AutoRec.Cli.Commands;

/// <summary>
/// What is said first of one's own data: what was read, which model is best and how sure that is, the lists of ten users, and how to go on.
/// </summary>
/// <param name="Name">The name of the data.</param>
/// <param name="Read">What was understood, see <see cref="Understood"/>.</param>
/// <param name="Commands">How to go on.</param>
internal sealed record FirstPage(string Name, IReadOnlyList<string> Read, IReadOnlyList<string> Commands)
{
    private const int People = 10;
    private const int FewestOfAPerson = 3; // interactions, of a person whose list is shown, if there are such people
    private const int ShownItems = 5;
    private const int ShownOfHistory = 3;

    /// <summary>The models that were compared; null where <see cref="WhyNoChoice"/> says why none were.</summary>
    public ModelChoice? Choice { get; init; }

    /// <summary>Why no models were compared; null where they were.</summary>
    public string? WhyNoChoice { get; init; }

    /// <summary>What the best model recommends to some users; empty where there is none.</summary>
    public IReadOnlyList<PersonsList> Lists { get; init; } = [];

    /// <summary>What was understood of the data, in lines.</summary>
    public static string[] Understood(LoadedData loaded)
    {
        var (data, log) = (loaded.Data, loaded.Data.Interactions);
        return
        [
            .. data.Report?.Summary is { } summary ? [$"{summary}."] : Array.Empty<string>(),
            FormattableString.Invariant($"{log.Count:N0} interactions of {log.Users.Count:N0} users with {log.Items.Count:N0} items: ")
                + $"{log.Feedback}."
                + (log.HasTimestamps ? $" Times from {Day(log.Timestamps.Min())} to {Day(log.Timestamps.Max())}." : " No times."),
            data.KnowsItems ? "Titles of items are known."
                : "Titles of items are not known: give them with --item-file (id, title, category).",
            .. loaded.Notes.Select(note => $"note: {note}"),
        ];

        static string Day(long seconds) =>
            DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
    }

    /// <summary>The lists of some users, who are drawn among those with a few interactions.</summary>
    public static PersonsList[] ListsOf(FittedModel fitted, int seed)
    {
        var (data, histories) = (fitted.Data, fitted.Interactions);
        int[] all = [.. Enumerable.Range(0, histories.RowCount)];
        int[] users = [.. all.Where(user => histories.RowLength(user) >= FewestOfAPerson)];
        if (users.Length < People)
        {
            users = all;
        }

        new Random(seed).Shuffle(users);
        users = [.. users.Take(People).Order()];
        var ids = data.Interactions.Users;
        var answers = new RecommendationService(fitted).Recommend([.. users.Select(user => ids[user])], ShownItems);
        return
        [
            .. users.Zip(answers, (user, answer) => new PersonsList(
                ids[user],
                data.UserNames[user],
                Has(histories, user, data.ItemTitles),
                answer.WhyEmpty is { } why ? [why] : [.. answer.Items.Select(item => item.Title)])),
        ];
    }

    /// <summary>The HTML, without the page around it.</summary>
    public string ToHtml() => $"""
        <section class="text">
        <h1>{PageFrame.Encode(Name)}</h1>
        <p class="lead">{PageFrame.Encode(Choice?.Verdict ?? WhyNoChoice ?? "")}</p>
        <h2 id="read">What was read</h2>
        <ul>{string.Concat(Read.Select(line => $"<li>{PageFrame.Encode(line)}</li>"))}</ul>
        {(Choice is null ? "" : Compared(Choice))}{(Lists.Count == 0 ? "" : Recommended())}<h2 id="go-on">Go on</h2>
        <pre>{PageFrame.Encode(string.Join('\n', Commands))}</pre>
        </section>

        """;

    // A few items of a history, those with the highest values first.
    private static string Has(InteractionMatrix histories, int user, IReadOnlyList<string> titles)
    {
        var (items, values) = (histories.Columns(user).ToArray(), histories.Values(user).ToArray());
        var shown = items.Zip(values).OrderByDescending(item => item.Second).Take(ShownOfHistory).Select(item => titles[item.First]);
        var more = items.Length - ShownOfHistory;
        return string.Join(", ", shown) + (more > 0 ? FormattableString.Invariant($" and {more:N0} more") : "");
    }

    private static string Compared(ModelChoice choice) => $"""
        <h2 id="model">Which model</h2>
        <p>Compared on {PageFrame.Encode(choice.ComparedOn)}.</p>
        {ComparisonOutput.ToHtmlTable(choice.Comparison)}
        <p>{PageFrame.Encode(ComparisonOutput.Legend(choice.Comparison))}</p>
        {string.Concat(choice.LeftOut.Select(note => $"<p>{PageFrame.Encode(note)}</p>\n"))}
        """;

    private string Recommended() => $"""
        <h2 id="lists">{(Lists.Count == People ? "Ten" : Lists.Count)} users, drawn at random</h2>
        <p>The model was then fitted to all interactions.</p>
        <table>
        <thead><tr><th scope="col">user</th><th scope="col">has</th><th scope="col">is recommended</th></tr></thead>
        <tbody>{string.Concat(Lists.Select(list => $"<tr><td>{PageFrame.Encode(list.Name)}</td><td>{PageFrame.Encode(list.Has)}</td>"
            + $"<td>{PageFrame.Encode(string.Join(" · ", list.Items))}</td></tr>\n"))}</tbody>
        </table>

        """;
}

/// <summary>What a user has and is recommended.</summary>
/// <param name="User">The user's id.</param>
/// <param name="Name">The user's name; the id where it is not known.</param>
/// <param name="Has">Some items of the history, in words.</param>
/// <param name="Items">What is recommended, or the sentence that says why nothing is.</param>
internal sealed record PersonsList(string User, string Name, string Has, IReadOnlyList<string> Items);
