using System.ComponentModel;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;
using System.Text.Json.Serialization;
using AutoRec.Cli.Commands;
using AutoRec.Serving;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.OpenApi;

namespace AutoRec.Cli.Serving;

/// <summary>Serves a kept model over HTTP.</summary>
internal static class RecommendationServer
{
    /// <summary>Makes the server, which is not started yet.</summary>
    /// <param name="model">What it serves.</param>
    /// <param name="url">Where it listens, such as <c>http://127.0.0.1:8080</c>; port 0 takes a free one.</param>
    /// <param name="access">Who is answered; null answers everybody who asks for a name of this machine.</param>
    /// <param name="log">
    /// Receives requests that fail; null logs nothing. What the framework would log, whole addresses among it, is left out.
    /// </param>
    public static WebApplication Create(LoadedModel model, string url, Access? access = null, ILogger? log = null)
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
        builder.Services.AddProblemDetails(options => options.CustomizeProblemDetails = problem =>
            problem.ProblemDetails.Detail ??=
                problem.ProblemDetails.Status == StatusCodes.Status415UnsupportedMediaType ? Problems.NoJson : null);
        builder.Services.AddOpenApi(Describe);
        builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        builder.Services.ConfigureHttpJsonOptions(options =>
        {
            var json = options.SerializerOptions;
            json.PropertyNamingPolicy = AskOptions.Json.PropertyNamingPolicy;
            json.DefaultIgnoreCondition = AskOptions.Json.DefaultIgnoreCondition;
            json.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
            json.AllowDuplicateProperties = false;
            json.RespectNullableAnnotations = true;
            json.NumberHandling = JsonNumberHandling.Strict;
            foreach (var converter in AskOptions.Json.Converters)
            {
                json.Converters.Add(converter);
            }
        });
        Metrics.Add(builder.Services, model);

        var app = builder.Build();
        access ??= new Access();
        app.Services.GetRequiredService<Meter>(); // exists from the start
        app.Use((context, next) => Log(context, next, log ?? NullLogger.Instance));
        app.UseExceptionHandler(errors => errors.Run(context =>
        {
            var (status, detail) = Problems.Of(context.Features.Get<IExceptionHandlerFeature>()?.Error);
            return WriteProblemAsync(context, status, detail);
        }));
        app.UseStatusCodePages();
        app.Use((context, next) => Guard(context, next, access));
        app.UseRouting();
        app.Use(CheckQuery);
        app.MapOpenApi("/openapi.json");
        MapPages(app);
        MapState(app, model);
        MapQuestions(app, model);
        app.MapPrometheusScrapingEndpoint("/metrics");
        return app;
    }

    private static void Describe(OpenApiOptions options)
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "AutoRec";
            document.Info.Description = "Recommendations of a kept model.";
            document.Info.Version = typeof(RecommendationServer).Assembly.GetName().Version!.ToString(3);
            return Task.CompletedTask;
        });
        options.AddSchemaTransformer((schema, context, _) =>
        {
            const JsonSchemaType Id = JsonSchemaType.String | JsonSchemaType.Integer;
            switch (context.JsonPropertyInfo?.CustomConverter)
            {
                case IdConverter:
                    schema.Type = Id;
                    break;
                case IdListConverter:
                    (schema.Type, schema.Items) = (JsonSchemaType.Array, new OpenApiSchema { Type = Id });
                    break;
            }

            return Task.CompletedTask;
        });
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

    private static void MapState(WebApplication app, LoadedModel model)
    {
        app.MapGet("/health", () => new Health("ok")).WithSummary("Whether the server runs.");
        app.MapGet("/ready", (IHostApplicationLifetime lifetime) => lifetime.ApplicationStopping.IsCancellationRequested
                ? Results.Json(new Health("stopping"), statusCode: StatusCodes.Status503ServiceUnavailable)
                : Results.Json(new Health("ready")))
            .WithSummary("Whether the server takes requests: its model is loaded, and it is not being stopped.")
            .Produces<Health>().Produces<Health>(StatusCodes.Status503ServiceUnavailable);
        app.MapGet("/model", () =>
            {
                var (service, data) = (model.Service, model.Service.Fitted.Data);
                return new ServedModelFacts(
                    service.Fitted.Entry.Name,
                    data.Title,
                    data.Interactions.Users.Count,
                    data.Interactions.Items.Count,
                    model.Version,
                    model.LoadedAt,
                    service.Probabilities,
                    [.. service.Profiles.Attributes.Select(name => new ProfileAttribute(name, [.. service.Profiles.Values(name)]))]);
            })
            .WithSummary("What is served, what its probabilities are, and what profiles may hold.");
    }

    private static void MapQuestions(WebApplication app, LoadedModel model)
    {
        app.MapGet("/recommendations/{user}", (
                HttpContext context,
                string user,
                [AsParameters] RulesQuery rules,
                [Description("How many items.")] int k = 10,
                [Description("How many reasons to give with each.")] int reasons = 0) =>
                model.Service.Recommend(new RecommendationRequest
                {
                    User = Id(context, user),
                    K = Within(k, 1, ServerLimits.K, "k"),
                    Reasons = Within(reasons, 0, ServerLimits.Reasons, "reasons"),
                    Rules = Rules(rules.ToBody()),
                }))
            .WithSummary("Recommends items to a user that the model knows.").ProducesProblem(400).ProducesProblem(404)
            .ProducesProblem(StatusCodes.Status421MisdirectedRequest)
            .WithMetadata(new QueryNames(["k", "reasons", .. RulesQuery.Names]));

        app.MapPost("/recommendations", (RecommendationBody body) => model.Service.Recommend(ToRequest(body)))
            .WithSummary("Recommends items to anybody, by a history, a profile, both or neither.")
            .ProducesProblem(400).ProducesProblem(413);

        app.MapPost("/recommendations/batch", (BatchBody body) =>
            {
                var service = model.Service; // One model for all, whatever appears meanwhile.
                Within(body.Users.Count, 1, ServerLimits.Batch, "the number of users");
                Within(body.K, 1, ServerLimits.K, "k");
                string[] users =
                [
                    .. body.Users.Select((user, place) => user ?? throw new ArgumentException($"'users[{place}]' must not be null.")),
                ];
                return Answer(service, users, body.K, Rules(body.Rules));
            })
            .WithSummary("Recommends items to several users. For a user that the model does not know, or that another server has, the "
                + "answer says so in its place.")
            .ProducesProblem(400).ProducesProblem(413);

        app.MapGet("/items/{id}/similar", (HttpContext context, string id, int k = 10) =>
                model.Service.SimilarItems(Id(context, id), Within(k, 1, ServerLimits.K, "k")))
            .WithSummary("The items most like an item.").ProducesProblem(400).ProducesProblem(404)
            .WithMetadata(new QueryNames("k"));

        app.MapGet("/items", (
                [Description("Part of the title or the id; empty for any.")] string query = "",
                [Description("The number of results.")] int limit = 20) =>
                model.Search.Find(query, Within(limit, 1, ServerLimits.K, "limit")))
            .WithSummary("Items by title, those that most users have first.").ProducesProblem(400)
            .WithMetadata(new QueryNames("query", "limit"));
    }

    private static UserRecommendations[] Answer(RecommendationService service, string[] users, int k, RecommendationRules rules)
    {
        var lists = new Queue<RecommendationList>(
            service.Recommend([.. users.Where(user => service.WhyUnanswered(user) is null)], k, rules: rules));
        return Array.ConvertAll(users, user =>
        {
            if (service.WhyUnanswered(user) is { } error)
            {
                return new UserRecommendations(user, null, null, error.Message);
            }

            var list = lists.Dequeue();
            return new UserRecommendations(user, list.Basis, list.Items, WhyEmpty: list.WhyEmpty);
        });
    }

    private static RecommendationRules Rules(RulesBody? body)
    {
        Within(body?.Where?.Count ?? 0, 0, ServerLimits.Conditions, "the number of conditions in 'where'");
        Within(body?.AtMost?.Count ?? 0, 0, ServerLimits.Conditions, "the number of columns in 'at_most'");
        return body?.ToRules() ?? new RecommendationRules();
    }

    private static RecommendationRequest ToRequest(RecommendationBody body)
    {
        Within(body.History?.Count ?? 0, 0, ServerLimits.History, "the number of items in the history");
        return new RecommendationRequest
        {
            History =
            [
                .. (body.History ?? []).Select((entry, place) => entry is null
                    ? throw new ArgumentException($"'history[{place}]' must not be null.")
                    : new ItemRating(entry.Item, entry.Rating)),
            ],
            Profile = (body.Profile ?? new Dictionary<string, JsonElement>()).ToDictionary(
                attribute => attribute.Key,
                attribute => attribute.Value.ValueKind is JsonValueKind.String or JsonValueKind.Number
                    ? attribute.Value.ToString()
                    : throw new ArgumentException($"The attribute '{attribute.Key}' of the profile is neither a text nor a number.")),
            K = Within(body.K, 1, ServerLimits.K, "k"),
            Reasons = Within(body.Reasons, 0, ServerLimits.Reasons, "reasons"),
            Rules = Rules(body.Rules),
        };
    }

    private static int Within(int value, int least, int most, string name) =>
        value >= least && value <= most ? value : throw new ArgumentException($"{name} is {value}; it lies between {least} and {most}.");

    /// <summary>
    /// An id of the path, decoded once. The framework decodes all but <c>%2F</c>, so that an id with a slash and one with the text
    /// <c>%2F</c> cannot be told apart afterwards; the request line can.
    /// </summary>
    private static string Id(HttpContext context, string decoded)
    {
        var target = context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        return target.StartsWith('/') && target.Split('?', 2)[0].Split('/') is [_, _, var id, ..] ? Uri.UnescapeDataString(id) : decoded;
    }

    private static Task CheckQuery(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint() is { } endpoint)
        {
            var names = endpoint.Metadata.GetMetadata<QueryNames>()?.Names ?? [];
            foreach (var (name, values) in context.Request.Query)
            {
                if (!names.Contains(name, StringComparer.OrdinalIgnoreCase))
                {
                    throw new ArgumentException($"Unknown query parameter '{name}'. "
                        + (names.Length > 0 ? $"Known here: {string.Join(", ", names)}." : "None is known here."));
                }

                if (values.Count > 1 && !RulesQuery.Lists.Contains(name, StringComparer.OrdinalIgnoreCase))
                {
                    throw new ArgumentException($"The query parameter '{name}' is given {values.Count} times.");
                }
            }
        }

        return next(context);
    }

    private static Task Guard(HttpContext context, RequestDelegate next, Access access)
    {
        if (!access.IsForThisServer(context))
        {
            return WriteProblemAsync(
                context,
                StatusCodes.Status421MisdirectedRequest,
                "This server does not answer requests for this host name. Its names are set with --allowed-hosts.");
        }

        if (!access.IsAuthorized(context.Request))
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            return WriteProblemAsync(
                context, StatusCodes.Status401Unauthorized, "This server requires its token, as 'Authorization: Bearer TOKEN'.");
        }

        return next(context);
    }

    // Neither headers nor the query are logged, since they may hold credentials, and the path only as its pattern.
    private static async Task Log(HttpContext context, RequestDelegate next, ILogger log)
    {
        var start = Stopwatch.GetTimestamp();
        await next(context);
        var status = context.Response.StatusCode;
        if (status < StatusCodes.Status400BadRequest)
        {
            return;
        }

        var failed = context.Features.Get<IExceptionHandlerFeature>();
        var route = ((failed?.Endpoint ?? context.GetEndpoint()) as RouteEndpoint)?.RoutePattern.RawText ?? "(no route)";
        var isOurs = status >= StatusCodes.Status500InternalServerError;
        log.Log(
            isOurs ? LogLevel.Error : LogLevel.Warning,
            isOurs ? failed?.Error : null,
            "{Method} {Route} failed with {Status} after {Milliseconds:0.0} ms",
            context.Request.Method,
            route,
            status,
            Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }

    private static Task WriteProblemAsync(HttpContext context, int status, string? detail)
    {
        context.Response.StatusCode = status;
        var problem = new ProblemDetailsContext
        {
            HttpContext = context,
            ProblemDetails = new ProblemDetails { Status = status, Detail = detail },
        };
        return context.RequestServices.GetRequiredService<IProblemDetailsService>().WriteAsync(problem).AsTask();
    }

    private static byte[] Asset(string name)
    {
        using var stream = typeof(RecommendationServer).Assembly.GetManifestResourceStream($"serving/{name}")!;
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }

    /// <summary>The query parameters that a route knows.</summary>
    private sealed record QueryNames(params string[] Names);
}
