using System.CommandLine;
using AutoRec.Data;

namespace AutoRec.Cli.Commands;

/// <summary><c>autorec data get</c>: fetches a data set from where its makers publish it.</summary>
internal static class DataGetCommand
{
    public static Command Create()
    {
        var name = new Argument<string>("name")
        {
            Description = $"The data set: {string.Join(", ", Downloadable.All.Select(entry => entry.Name))}.",
            HelpName = "NAME",
        };
        var accept = new Option<bool>("--accept-license")
        {
            Description = "Confirms that you have read and accept the terms of use. "
                + "Without it, the terms are shown and nothing is fetched.",
        };
        var folder = new Option<string?>("--data-dir") { Description = "The folder of data sets.", HelpName = "DIR" };
        var from = new Option<string?>("--from")
        {
            Description = "A folder that already holds the published file, or its unpacked files. Nothing is downloaded.",
            HelpName = "DIR",
        };
        var url = new Option<string?>("--url") { Description = "Fetches the same file from another address.", HelpName = "URL" };
        var timeout = new Option<double>("--timeout")
        {
            Description = "Seconds without a byte after which a connection counts as broken.",
            CustomParser = NumberArgument.Parse,
            HelpName = "S",
            DefaultValueFactory = _ => 30,
        };
        var retries = new Option<int>("--retries")
        {
            Description = "How often to resume after a broken connection.",
            HelpName = "N",
            DefaultValueFactory = _ => 4,
        };
        var command = new Command("get", "Fetch a data set from its official address, or take it from files on this machine.")
        {
            name, accept, folder, from, url, timeout, retries,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var data = Downloadable.Find(parsed.GetRequiredValue(name));
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            await output.WriteLineAsync($"{data.Title}\n{data.License}\nTerms: {data.LicenseAddress}");
            if (!parsed.GetValue(accept))
            {
                await error.WriteLineAsync("Nothing was fetched. Read the terms and add --accept-license to accept them.");
                return 1;
            }

            var options = new DownloadOptions
            {
                Folder = parsed.GetValue(folder),
                From = parsed.GetValue(from),
                Mirror = ParseAddress(parsed.GetValue(url)),
                Timeout = parsed.GetValue(timeout) is > 0 and <= 86_400 and var seconds
                    ? TimeSpan.FromSeconds(seconds)
                    : throw new ArgumentException(FormattableString.Invariant(
                        $"--timeout must be above 0 and at most 86400 seconds; got {parsed.GetValue(timeout)}.")),
                Retries = parsed.GetValue(retries) is >= 0 and <= 100 and var times
                    ? times
                    : throw new ArgumentException($"--retries must be between 0 and 100; got {parsed.GetValue(retries)}."),
            };
            var place = await Task.Run(
                () => WorkDisplay.Show(error, data.Name, progress =>
                    DataDownload.GetAsync(data, options with { Progress = progress }, cancellation).GetAwaiter().GetResult()),
                cancellation);
            var files = Directory.EnumerateFiles(place).Select(Path.GetFileName).Order(StringComparer.Ordinal);
            await output.WriteLineAsync($"In {place}: {string.Join(", ", files)}");
            return 0;
        });
        return command;
    }

    private static Uri? ParseAddress(string? text) => text is null ? null
        : Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" ? address
        : throw new ArgumentException($"'{text}' is not an address. Use --url https://...");
}
