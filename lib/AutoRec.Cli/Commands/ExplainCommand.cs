using System.CommandLine;

namespace AutoRec.Cli.Commands;

/// <summary><c>autorec explain</c>: why an item would be recommended.</summary>
internal static class ExplainCommand
{
    public static Command Create()
    {
        var asking = new AskOptions();
        var item = new Option<string>("--item") { Description = "The item to explain.", HelpName = "ID", Required = true };
        var k = new Option<int>("--k") { Description = "How many reasons.", DefaultValueFactory = _ => 10 };
        var command = new Command("explain")
        {
            item, k,
        };
        asking.AddTo(command, isAboutSomebody: true);
        command.SetAction(parsed =>
        {
            var service = asking.Service(parsed);
            var (id, request) = (parsed.GetRequiredValue(item), asking.Request(parsed));
            request = request with { User = AskOptions.Find(service, request.User, parsed) };
            var reasons = service.Explain(request, id).Take(parsed.GetValue(k)).ToArray();
            asking.Write(parsed, reasons, output =>
            {
                var data = service.Fitted.Data;
                var title = data.ItemTitles[data.Interactions.Items.RowOf(id)];
                output.WriteLine(reasons.Length == 0 ? $"nothing but its popularity speaks for {title}" : $"what speaks for {title}");
                AskOptions.WriteTable(
                    output,
                    2,
                    ["item", "name", "contribution"],
                    reasons.Select(reason => (string[])[reason.Item ?? "", reason.Title, AskOptions.Number(reason.Contribution)]));
            });
        });
        return command;
    }
}
