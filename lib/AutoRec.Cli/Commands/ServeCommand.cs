using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using AutoRec.Catalog;
using AutoRec.Cli.Serving;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace AutoRec.Cli.Commands;

/// <summary><c>autorec serve</c>: answers over HTTP.</summary>
internal static class ServeCommand
{
    private const string Timestamp = "yyyy-MM-ddTHH:mm:ss.fffZ";
    private static readonly TimeSpan ReloadInterval = TimeSpan.FromSeconds(1);

    public static Command Create()
    {
        var model = new Option<string>("--model")
        {
            Description = "The folder of the model, as 'autorec train' wrote it. A new model in it is loaded while serving.",
            HelpName = "DIR",
            Required = true,
        };
        var itemFile = RulesOptions.ItemFileOption();
        var users = new Option<string?>("--users")
        {
            Description = "Serves the users from one id to another, in the order of their bytes, and reads the weights of these alone. "
                + "Requires a model of autorec-item trained with --parts. One id may be left out. Requests for others get the status 421.",
            HelpName = "FROM..TO",
        };
        var host = new Option<string>("--host")
        {
            Description = "The IP address to listen on. 127.0.0.1 can be reached from this machine only; any other requires "
                + "--token-file or --no-auth.",
            DefaultValueFactory = _ => "127.0.0.1",
        };
        var port = new Option<int>("--port")
        {
            Description = "The port to listen on; 0 takes a free one.",
            DefaultValueFactory = _ => 8080,
        };
        var allowedHosts = new Option<string[]>("--allowed-hosts")
        {
            Description = "The host names that requests may be for, beside localhost and the address itself, separated by commas.",
            HelpName = "a,b",
            DefaultValueFactory = _ => [],
        };
        var tokenFile = new Option<string?>("--token-file")
        {
            Description = "A file with the token that requests must carry, as 'Authorization: Bearer TOKEN'.",
            HelpName = "FILE",
        };
        var noAuth = new Option<bool>("--no-auth") { Description = "Answers everybody who can reach the address, without a token." };
        var logLevel = new Option<LogLevel>("--log-level")
        {
            Description = "What is logged to stderr: requests that fail are warnings, what happens to the server is information.",
            HelpName = "debug|information|warning|error|none",
            DefaultValueFactory = _ => LogLevel.Information,
        };
        var logFormat = new Option<string>("--log-format")
        {
            Description = "How it is logged.",
            HelpName = "text|json",
            DefaultValueFactory = _ => "text",
        };
        logFormat.AcceptOnlyFromAmong("text", "json");
        var command = new Command("serve")
        {
            model, itemFile, users, host, port, allowedHosts, tokenFile, noAuth, logLevel, logFormat,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var number = parsed.GetValue(port);
            if (number is < 0 or > 65_535)
            {
                throw new ArgumentException($"--port must be between 0 and 65535; got {number}.");
            }

            var (output, notes) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            var address = AddressOf(parsed.GetRequiredValue(host));
            var token = parsed.GetValue(tokenFile) is { } file ? Access.ReadToken(file) : null;
            CheckAccess(address, token is not null, parsed.GetValue(noAuth));
            var access = new Access(
                parsed.GetRequiredValue(allowedHosts)
                    .SelectMany(names => names.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)),
                token);
            using var logs = Logs(parsed.GetValue(logLevel), parsed.GetRequiredValue(logFormat));
            var log = logs.CreateLogger("AutoRec.Serving");
            var range = parsed.GetValue(users) is { } text ? UserRange.Parse(text) : null;
            using var loaded = AskOptions.Load(
                parsed.GetRequiredValue(model),
                notes,
                folder => new LoadedModel(folder, ReloadInterval, log, parsed.GetValue(itemFile), range));
            await using var app = RecommendationServer.Create(loaded, $"http://{new IPEndPoint(address, number)}", access, log);
            try
            {
                await app.StartAsync(cancellation);
            }
            catch (Exception error) when (error is SocketException or FormatException)
            {
                throw new IOException($"It is not possible to listen at {parsed.GetValue(host)}:{number}: {error.Message}", error);
            }

            Notes.Write(notes, loaded.Service.Fitted.Notes);
            await notes.WriteLineAsync(access.NeedsToken ? "note: requests require the token"
                : IPAddress.IsLoopback(address) ? "note: requests from this machine are answered without a token"
                : "note: requests from any machine that reaches this address are answered without a token (--no-auth)");
            log.LogInformation("Serving {Model} at {Urls}", loaded.Service.Fitted.Entry.Name, string.Join(", ", app.Urls));
            await output.WriteLineAsync($"{loaded.Service.Fitted.Entry.Name} is served at {string.Join(", ", app.Urls)}; Ctrl+C ends.");
            await output.FlushAsync(CancellationToken.None);
            await app.WaitForShutdownAsync(cancellation); // Requests that are under way are answered.
            log.LogInformation("Stopped");
            return 0;
        });
        return command;
    }

    private static IPAddress AddressOf(string host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase) ? IPAddress.Loopback
        : IPAddress.TryParse(host.Trim('[', ']'), out var address) ? address
        : throw new ArgumentException(
            $"--host must be an IP address or localhost; got '{host}'. To answer to a name, use --allowed-hosts.");

    private static void CheckAccess(IPAddress address, bool hasToken, bool noAuth)
    {
        if (hasToken && noAuth)
        {
            throw new ArgumentException("--token-file and --no-auth contradict each other. Leave one out.");
        }

        if (!IPAddress.IsLoopback(address) && !hasToken && !noAuth)
        {
            throw new ArgumentException(
                $"--host {address} can be reached from other machines. Give --token-file FILE, a file with a token that requests must "
                + "carry, or --no-auth to answer everybody.");
        }
    }

    private static ILoggerFactory Logs(LogLevel level, string format) => LoggerFactory.Create(logging =>
    {
        logging.SetMinimumLevel(level);
        logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        _ = format == "json"
            ? logging.AddJsonConsole(json => (json.UseUtcTimestamp, json.TimestampFormat) = (true, Timestamp))
            : logging.AddSimpleConsole(text => (text.SingleLine, text.UseUtcTimestamp, text.TimestampFormat, text.ColorBehavior) =
                (true, true, Timestamp + " ", LoggerColorBehavior.Disabled));
    });
}
