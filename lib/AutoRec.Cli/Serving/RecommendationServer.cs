using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using AutoRec.Catalog;
using AutoRec.Cli.Commands;
using AutoRec.Serving;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AutoRec.Cli.Serving;

/// <summary>Serves a kept model over HTTP.</summary>
internal static class RecommendationServer
{
    private const string Json = "application/json";

    /// <summary>Makes the server, which is not started yet.</summary>
    /// <param name="model">What it serves.</param>
    /// <param name="url">Where it listens, such as <c>http://127.0.0.1:8080</c>; port 0 takes a free one.</param>
    public static WebApplication Create(LoadedModel model, string url)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.WebHost.UseUrls(url);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = ServerLimits.BodyBytes;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        });
        builder.Services.AddProblemDetails();
        builder.Services.AddOpenApi(options => options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "AutoRec";
            document.Info.Description = "Recommendations of a kept model.";
            document.Info.Version = typeof(RecommendationServer).Assembly.GetName().Version!.ToString(3);
            return Task.CompletedTask;
        }));
        builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        builder.Services.ConfigureHttpJsonOptions(options =>
        {
            var json = options.SerializerOptions;
            json.PropertyNamingPolicy = AskOptions.Json.PropertyNamingPolicy;
            json.DefaultIgnoreCondition = AskOptions.Json.DefaultIgnoreCondition;
            json.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
            json.RespectNullableAnnotations = true;
            json.NumberHandling = JsonNumberHandling.Strict;
            foreach (var converter in AskOptions.Json.Converters)
            {
                json.Converters.Add(converter);
            }
        });

        var app = builder.Build();
        var metrics = new RequestMetrics();
        app.Use((context, next) => Measure(context, next, metrics));
        app.UseExceptionHandler(errors => errors.Run(WriteProblemAsync));
        app.UseStatusCodePages();
        app.MapOpenApi("/openapi.json");
        MapPages(app);
        MapQuestions(app, model);
        app.MapGet("/metrics", () => Results.Text(metrics.Write(model), "text/plain; version=0.0.4")).ExcludeFromDescription();
        return app;
    }

    private static void MapPages(WebApplication app)
    {
        foreach (var (path, file) in new[] { ("/", "index.html"), ("/docs", "docs.html") })
        {
            var page = Asset(file);
            app.MapGet(path, (HttpContext context) =>
            {
                context.Response.Headers.ContentSecurityPolicy =
                    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self'; "
                    + "img-src data:; base-uri 'none'; form-action 'none'";
                return Results.Bytes(page, "text/html; charset=utf-8");
            }).ExcludeFromDescription();
        }
    }

    private static void MapQuestions(WebApplication app, LoadedModel model)
    {
        app.MapGet("/recommendations/{user}", (
                string user,
                [Description("How many items.")] int k = 10,
                [Description("How many reasons to give with each.")] int reasons = 0) =>
                model.Service.Recommend(new RecommendationRequest
                {
                    User = Id(user),
                    K = Within(k, 1, ServerLimits.K, "k"),
                    Reasons = Within(reasons, 0, ServerLimits.Reasons, "reasons"),
                }))
            .WithSummary("Recommends items to a user that the model knows.").ProducesProblem(400).ProducesProblem(404);

        app.MapPost("/recommendations", (RecommendationBody body) => model.Service.Recommend(ToRequest(body)))
            .WithSummary("Recommends items to anybody, by a history, a profile, both or neither.")
            .ProducesProblem(400).ProducesProblem(413);

        app.MapPost("/recommendations/batch", (BatchBody body) =>
            {
                var service = model.Service; // One model for all, whatever appears meanwhile.
                Within(body.Users.Count, 1, ServerLimits.Batch, "the number of users");
                Within(body.K, 1, ServerLimits.K, "k");
                return body.Users.Select(user => (user, answer: service.Recommend(new RecommendationRequest { User = user, K = body.K })))
                    .Select(pair => new UserRecommendations(pair.user, pair.answer.Basis, pair.answer.Items)).ToArray();
            })
            .WithSummary("Recommends items to several users that the model knows.")
            .ProducesProblem(400).ProducesProblem(404).ProducesProblem(413);

        app.MapGet("/items/{id}/similar", (string id, int k = 10) => model.Service.SimilarItems(Id(id), Within(k, 1, ServerLimits.K, "k")))
            .WithSummary("The items most like an item.").ProducesProblem(400).ProducesProblem(404);

        app.MapGet("/items", (
                [Description("Part of the title or the id; empty for any.")] string query = "",
                [Description("How many.")] int limit = 20) =>
                Search(model.Service.Fitted, query, Within(limit, 1, ServerLimits.K, "limit")))
            .WithSummary("Items by title, those that most users have first.").ProducesProblem(400);

        app.MapGet("/health", () =>
            {
                var (service, data) = (model.Service, model.Service.Fitted.Data);
                return new Health(
                    "ok",
                    service.Fitted.Entry.Name,
                    data.Title,
                    data.Interactions.Users.Count,
                    data.Interactions.Items.Count,
                    model.LoadedAt,
                    [.. service.Profiles.Attributes.Select(name => new ProfileAttribute(name, [.. service.Profiles.Values(name)]))]);
            })
            .WithSummary("Whether the server is well, what it serves, and what profiles may hold.");
    }

    private static RecommendationRequest ToRequest(RecommendationBody body)
    {
        Within(body.History?.Count ?? 0, 0, ServerLimits.History, "the number of items in the history");
        if (body.History?.Any(entry => entry is null) == true)
        {
            throw new ArgumentException("An entry of the history is null.");
        }

        return new RecommendationRequest
        {
            History = body.History ?? [],
            Profile = (body.Profile ?? new Dictionary<string, JsonElement>()).ToDictionary(
                attribute => attribute.Key,
                attribute => attribute.Value.ValueKind is JsonValueKind.String or JsonValueKind.Number
                    ? attribute.Value.ToString()
                    : throw new ArgumentException($"The attribute '{attribute.Key}' of the profile is neither a text nor a number.")),
            K = Within(body.K, 1, ServerLimits.K, "k"),
            Reasons = Within(body.Reasons, 0, ServerLimits.Reasons, "reasons"),
        };
    }

    private static ItemSummary[] Search(FittedModel fitted, string query, int limit)
    {
        var (data, ids, byItem) = (fitted.Data, fitted.Data.Interactions.Items, fitted.Interactions.Transpose());
        return [.. Enumerable.Range(0, ids.Count)
            .Where(item => data.ItemTitles[item].Contains(query, StringComparison.OrdinalIgnoreCase)
                || ids[item].Equals(query, StringComparison.OrdinalIgnoreCase))
            .OrderByDescending(byItem.RowLength)
            .Take(limit)
            .Select(item => new ItemSummary(ids[item], data.ItemTitles[item], data.ItemCategories[item]))];
    }

    private static int Within(int value, int least, int most, string name) =>
        value >= least && value <= most ? value : throw new ArgumentException($"{name} is {value}; it lies between {least} and {most}.");

    // A slash in an id comes as %2F, which routing leaves as it is.
    private static string Id(string part) => part.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    private static async Task Measure(HttpContext context, RequestDelegate next, RequestMetrics metrics)
    {
        var start = Stopwatch.GetTimestamp();
        await next(context);
        var route = context.Features.Get<IExceptionHandlerFeature>()?.Endpoint ?? context.GetEndpoint();
        metrics.Add((route as RouteEndpoint)?.RoutePattern.RawText ?? "none", context.Response.StatusCode, Stopwatch.GetElapsedTime(start));
    }

    private static Task WriteProblemAsync(HttpContext context)
    {
        var error = context.Features.Get<IExceptionHandlerFeature>()?.Error;
        var status = error switch
        {
            UnknownIdException => StatusCodes.Status404NotFound,
            BadHttpRequestException bad => bad.StatusCode,
            ArgumentException => StatusCodes.Status400BadRequest,
            OperationCanceledException => StatusCodes.Status503ServiceUnavailable, // The server stops before the body was all there.
            _ => StatusCodes.Status500InternalServerError,
        };
        context.Response.StatusCode = status;
        var detail = status >= StatusCodes.Status500InternalServerError ? null
            : error is BadHttpRequestException { InnerException: JsonException json } ? json.Message
            : error!.Message;
        var problem = new ProblemDetailsContext
        {
            HttpContext = context,
            ProblemDetails = new ProblemDetails { Status = status, Detail = detail },
        };
        return context.RequestServices.GetRequiredService<IProblemDetailsService>()
            .WriteAsync(problem).AsTask();
    }

    private static byte[] Asset(string name)
    {
        using var stream = typeof(RecommendationServer).Assembly.GetManifestResourceStream($"serving/{name}")!;
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
