using System.CommandLine;

namespace AutoRec.Cli.Commands;

/// <summary><c>autorec similar</c>: what is near in the latent space.</summary>
internal static class SimilarCommand
{
    public static Command Create()
    {
        var asking = new AskOptions();
        var item = new Option<string?>("--item") { Description = "Finds the items most like this one.", HelpName = "ID" };
        var user = new Option<string?>("--user") { Description = "Finds the users most like this one.", HelpName = "ID|NAME" };
        var k = new Option<int>("--k") { Description = "The number of results.", DefaultValueFactory = _ => 10 };
        var command = new Command("similar")
        {
            item, user, k,
        };
        asking.AddTo(command, isAboutSomebody: false);
        command.SetAction(parsed =>
        {
            var (itemId, userId) = (parsed.GetValue(item), parsed.GetValue(user));
            if (itemId is null == userId is null)
            {
                throw new ArgumentException("Give either --item or --user.");
            }

            ArgumentOutOfRangeException.ThrowIfLessThan(parsed.GetValue(k), 1, "--k");
            var service = asking.Service(parsed);
            var similar = itemId is not null
                ? service.SimilarItems(itemId, parsed.GetValue(k))
                : service.SimilarUsers(AskOptions.Find(service, userId, parsed)!, parsed.GetValue(k));
            asking.Write(parsed, similar, output =>
            {
                output.WriteLine(service.Space.Length > 0
                    ? $"by cosine of the {service.Space.Length} latent factors of {service.Fitted.Entry.Name}"
                    : $"by cosine of ratings, as {service.Fitted.Entry.Name} has no latent factors");
                AskOptions.WriteTable(
                    output,
                    2,
                    [itemId is null ? "user" : "item", "name", "cosine"],
                    similar.Select(near => (string[])[near.Id, near.Title, AskOptions.Number(near.Similarity)]));
            });
        });
        return command;
    }
}
