using System.CommandLine;
using System.Net.Sockets;
using AutoRec.Cli.Serving;
using Microsoft.Extensions.Hosting;

namespace AutoRec.Cli.Commands;

/// <summary><c>autorec serve</c>: answers over HTTP.</summary>
internal static class ServeCommand
{
    private static readonly TimeSpan ReloadInterval = TimeSpan.FromSeconds(1);

    public static Command Create()
    {
        var model = new Option<string>("--model")
        {
            Description = "The folder of the model, as 'autorec train' wrote it. A new model in it is loaded while serving.",
            HelpName = "DIR",
            Required = true,
        };
        var host = new Option<string>("--host")
        {
            Description = "The address to listen on; 127.0.0.1 can be reached from this machine only.",
            DefaultValueFactory = _ => "127.0.0.1",
        };
        var port = new Option<int>("--port")
        {
            Description = "The port to listen on; 0 takes a free one.",
            DefaultValueFactory = _ => 8080,
        };
        var command = new Command(
            "serve",
            "Serve a saved model over HTTP: recommendations, similar items, health, metrics, OpenAPI and a page for people.")
        {
            model, host, port,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var number = parsed.GetValue(port);
            if (number is < 0 or > 65_535)
            {
                throw new ArgumentException($"--port must be between 0 and 65535; got {number}.");
            }

            var (output, notes) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            using var loaded = new LoadedModel(parsed.GetRequiredValue(model), ReloadInterval, notes);
            await using var app = RecommendationServer.Create(loaded, $"http://{parsed.GetRequiredValue(host)}:{number}");
            try
            {
                await app.StartAsync(cancellation);
            }
            catch (Exception error) when (error is SocketException or FormatException)
            {
                throw new IOException($"It is not possible to listen at {parsed.GetValue(host)}:{number}: {error.Message}", error);
            }

            Notes.Write(notes, loaded.Service.Fitted.Notes);
            await output.WriteLineAsync($"{loaded.Service.Fitted.Entry.Name} is served at {string.Join(", ", app.Urls)}; Ctrl+C ends.");
            await output.FlushAsync(CancellationToken.None);
            await app.WaitForShutdownAsync(cancellation); // Requests that are under way are answered.
            return 0;
        });
        return command;
    }
}
