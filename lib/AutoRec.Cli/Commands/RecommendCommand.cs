using System.CommandLine;
using System.Text.Json;
using AutoRec.Data;
using AutoRec.Distributed;
using AutoRec.Serving;

namespace AutoRec.Cli.Commands;

/// <summary><c>autorec recommend</c>: items for one user, or for many.</summary>
internal static class RecommendCommand
{
    private const string AllUsers = "all";
    private const int MostNamed = 20;

    public static Command Create()
    {
        var (asking, rules, distributed) = (new AskOptions(), new RulesOptions(), new DistributedOptions());
        var k = new Option<int>("--k") { Description = "How many items.", DefaultValueFactory = _ => 10 };
        var reasons = new Option<int>("--reasons")
        {
            Description = "How many reasons to give with each item.",
            DefaultValueFactory = _ => 0,
        };
        var users = new Option<string?>("--users")
        {
            Description = "Recommends for many users: a file with one user id per line, or 'all' for all users that the model knows.",
            HelpName = "FILE|all",
        };
        var output = new Option<string?>("--output")
        {
            Description = "The file to write recommendations for many users to.",
            HelpName = "FILE.csv|FILE.parquet",
        };
        var command = new Command("recommend") { k, reasons, users, output };
        asking.AddTo(command, isAboutSomebody: true);
        rules.AddTo(command);
        distributed.AddTo(command);
        command.SetAction((parsed, cancellation) => Task.Run(
            () => distributed.Run(parsed, group =>
            {
                var request = asking.Request(parsed) with
                {
                    K = parsed.GetValue(k),
                    Reasons = parsed.GetValue(reasons),
                    Rules = rules.Get(parsed),
                };
                if (parsed.GetValue(users) is { } file)
                {
                    var path = parsed.GetValue(output) ?? throw new ArgumentException("--users needs --output, the file to write.");
                    if (request.User is not null || request.History.Count > 0 || request.Profile.Count > 0)
                    {
                        throw new ArgumentException("--users names the users; leave out --user, --history and --profile.");
                    }

                    if (request.Reasons > 0)
                    {
                        throw new ArgumentException("--reasons is for one user: the file of --users has no reasons. Leave it out.");
                    }

                    if (group.Rank == 0)
                    {
                        BatchFile.CheckOutput(path);
                    }

                    var asked = file == AllUsers ? null : ListFiles.ReadIds(file);
                    var (text, notes) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
                    var many = asking.Service(parsed, rules.ItemFile(parsed));
                    var ids = asked is null ? many.Fitted.Data.Interactions.Users : Known(many, asked, file, notes);
                    if (group.Size > 1)
                    {
                        var work = JsonSerializer.Serialize(request, AskOptions.Json);
                        group.CheckSame(string.Join('\n', [asking.Checksum(parsed), work, .. asked ?? []]));
                    }

                    WriteMany(many, group, ids, request, path, notes, cancellation);
                    text.WriteLine(FormattableString.Invariant($"{path}: recommendations for {ids.Count:N0} users"));
                    return;
                }

                if (parsed.GetValue(output) is not null)
                {
                    throw new ArgumentException("--output goes with --users.");
                }

                if (group.Size > 1)
                {
                    throw new NotSupportedException(
                        "On several ranks 'recommend' is for many users. Add --users and --output, or start it as one process.");
                }

                var service = asking.Service(parsed, rules.ItemFile(parsed));
                var answer = service.Recommend(request with { User = AskOptions.Find(service, request.User, parsed) });
                foreach (var item in answer.UnknownItems)
                {
                    parsed.InvocationConfiguration.Error.WriteLine(
                        $"note: the model does not know the item '{item}'; it is left out of the history");
                }

                asking.Write(parsed, answer, writer => WriteTable(writer, answer, service));
            }),
            cancellation));
        return command;
    }

    /// <summary>What recommendations were made from, in words.</summary>
    public static string Describe(RecommendationBasis basis, string model) => basis switch
    {
        RecommendationBasis.Model => $"by the model {model}",
        RecommendationBasis.SimilarItems => $"by the items most similar to the history, as {model} scores only the users it was fitted to",
        RecommendationBasis.Hybrid => $"by the model {model} and the profile",
        RecommendationBasis.Profile => "by similar profiles",
        _ => "by popularity",
    };

    private static void WriteTable(TextWriter output, RecommendationList answer, RecommendationService service)
    {
        if (answer.WhyEmpty is { } reason)
        {
            output.WriteLine(reason);
            return;
        }

        output.WriteLine(Describe(answer.Basis, service.Fitted.Entry.Name));
        var hasRating = answer.Items.Any(item => item.Rating is not null);
        var hasProbability = answer.Items.Any(item => item.Probability is not null);
        var hasReasons = answer.Items.Any(item => item.Reasons.Count > 0);
        string[] columns =
        [
            "item",
            "name",
            .. hasReasons ? ["because of"] : Array.Empty<string>(),
            "score",
            .. hasRating ? ["rating"] : Array.Empty<string>(),
            .. hasProbability ? ["probability"] : Array.Empty<string>(),
        ];
        AskOptions.WriteTable(output, hasReasons ? 3 : 2, columns, answer.Items.Select(item => (string[])
        [
            item.Item,
            item.Title,
            .. hasReasons ? [string.Join("; ", item.Reasons.Select(reason => reason.Title))] : Array.Empty<string>(),
            AskOptions.Number(item.Score),
            .. hasRating ? [AskOptions.Number(item.Rating ?? 0)] : Array.Empty<string>(),
            .. hasProbability ? [AskOptions.Number(item.Probability ?? 0)] : Array.Empty<string>(),
        ]));
        if (!hasRating)
        {
            output.WriteLine(DescribeProbability(answer.Basis, service));
        }
    }

    private static string DescribeProbability(RecommendationBasis basis, RecommendationService service) => service.Probabilities switch
    {
        ProbabilityKind.None => $"{service.Fitted.Entry.Name} gives scores, not probabilities: only their order has a meaning",
        _ when basis != RecommendationBasis.Model => "scores, not probabilities: the list was not made by the model alone",
        ProbabilityKind.NextItem => "probability: that the user's next item is this one",
        _ when service.Fitted.Interactions.Feedback.Kind == FeedbackKind.Likes => "probability: that the user has this item",
        _ => "probability: the network's sigmoid, the expected value as a share of the highest in the data",
    };

    // The users of a file that the model knows; the others are counted and named.
    private static IReadOnlyList<string> Known(RecommendationService service, IReadOnlyList<string> users, string file, TextWriter notes)
    {
        string[] known = [.. users.Where(service.Knows)];
        if (known.Length < users.Count)
        {
            string[] unknown = [.. users.Where(user => !service.Knows(user))];
            var named = Named(unknown, user => $"'{user}'");
            Notes.Write(
                notes, [FormattableString.Invariant($"the model does not know {unknown.Length:N0} of {users.Count:N0} users: ") + named]);
        }

        return known.Length > 0 ? known : throw new DataFileException(file, "The model knows none of these users.");
    }

    // The first of them, and how many more there are.
    private static string Named<T>(IReadOnlyList<T> all, Func<T, string> name) =>
        string.Join(", ", all.Take(MostNamed).Select(name))
        + (all.Count > MostNamed ? FormattableString.Invariant($" and {all.Count - MostNamed:N0} more") : "");

    // All processes recommend, and process 0 writes.
    private static void WriteMany(
        RecommendationService service,
        IProcessGroup group,
        IReadOnlyList<string> users,
        RecommendationRequest request,
        string path,
        TextWriter notes,
        CancellationToken cancellation)
    {
        var answers = service.Recommend(group, users, request.K, request.Rules, cancellation);
        if (group.Rank > 0)
        {
            _ = answers.Count();
            return;
        }

        var empty = new List<(string User, string Why)>();
        WorkDisplay.Show(notes, path, progress =>
        {
            BatchFile.Write(path, Rows(new WorkSteps(progress, "", users.Count, "users")));
            return users.Count;
        });
        if (empty.Count > 0)
        {
            var named = Named(empty, one => $"{one.User} ({one.Why.TrimEnd('.')})");
            Notes.Write(notes, [FormattableString.Invariant($"{empty.Count:N0} of {users.Count:N0} users get no item: {named}")]);
        }

        IEnumerable<BatchRow> Rows(WorkSteps steps)
        {
            var done = 0;
            foreach (var answer in answers)
            {
                var basis = JsonNamingPolicy.KebabCaseLower.ConvertName(answer.Basis.ToString());
                for (var place = 0; place < answer.Items.Count; place++)
                {
                    yield return new BatchRow(users[done], place + 1, answer.Items[place], basis);
                }

                if (answer.WhyEmpty is { } why)
                {
                    empty.Add((users[done], why));
                }

                done++;
                steps.Add();
            }
        }
    }
}
