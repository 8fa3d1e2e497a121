using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using AutoRec.Serving;
using Microsoft.AspNetCore.Builder;

namespace AutoRec.Cli.Tests;

public sealed class RecommendationServerTests
{
    [Fact]
    public async Task Recommendations_KnownUser_AsTheLibraryAnswers()
    {
        await using var server = await RunningServer.StartAsync("ease");
        var expected = server.Service.Recommend(new RecommendationRequest { User = "u0002", K = 4, Reasons = 1 });
        var answer = await server.GetAsync("recommendations/u0002?k=4&reasons=1");
        Assert.Equal("model", answer.GetProperty("basis").GetString());
        var items = answer.GetProperty("items").EnumerateArray().ToArray();
        Assert.Equal(expected.Items.Select(item => item.Item), items.Select(item => item.GetProperty("item").GetString()));
        Assert.Equal(expected.Items.Select(item => item.Score), items.Select(item => item.GetProperty("score").GetSingle()));
        Assert.Equal(expected.Items[0].Reasons[0].Title, items[0].GetProperty("reasons")[0].GetProperty("title").GetString());
    }

    [Theory]
    [InlineData("""{}""", "popularity")]
    [InlineData("""{"profile":{"age":33,"gender":"F"}}""", "profile")]
    [InlineData("""{"history":[{"item":"p001"},{"item":"p002","rating":4}]}""", "model")]
    [InlineData("""{"history":[{"item":"p001"}],"profile":{"gender":"F"},"k":3,"reasons":2}""", "hybrid")]
    public async Task Recommendations_AnybodyElse_SaysWhatWasUsed(string body, string basis)
    {
        await using var server = await RunningServer.StartAsync("ease");
        using var response = await Post(server, "recommendations", body);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(basis, answer.GetProperty("basis").GetString());
        Assert.Equal(body.Contains("\"k\":3", StringComparison.Ordinal) ? 3 : 10, answer.GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task Batch_Users_OneAnswerEach()
    {
        await using var server = await RunningServer.StartAsync();
        using var response = await Post(server, "recommendations/batch", """{"users":["u0003","u0001"],"k":2}""");
        var answers = (await response.Content.ReadFromJsonAsync<JsonElement>()).EnumerateArray().ToArray();
        Assert.Equal(["u0003", "u0001"], answers.Select(answer => answer.GetProperty("user").GetString()));
        Assert.All(answers, answer => Assert.Equal(2, answer.GetProperty("items").GetArrayLength()));
    }

    [Fact]
    public async Task Items_SearchSimilarHealth_Answer()
    {
        await using var server = await RunningServer.StartAsync();
        var found = (await server.GetAsync("items?query=PIANO&limit=5")).EnumerateArray().ToArray();
        Assert.NotEmpty(found);
        Assert.All(found, item => Assert.Contains("Piano", item.GetProperty("title").GetString()));
        var similar = (await server.GetAsync($"items/{found[0].GetProperty("item").GetString()}/similar?k=3")).EnumerateArray().ToArray();
        Assert.Equal(similar.Select(item => item.GetProperty("similarity").GetDouble()).OrderDescending(), similar.Select(item => item.GetProperty("similarity").GetDouble()));
        var health = await server.GetAsync("health");
        Assert.Equal("ok", health.GetProperty("status").GetString());
        Assert.Equal(252, health.GetProperty("items").GetInt32());
        Assert.Equal(["age", "gender", "occupation"], health.GetProperty("profile").EnumerateArray().Select(attribute => attribute.GetProperty("name").GetString()));
    }

    public static TheoryData<string, string, string?, int, string?> Mistakes() => new()
    {
        { "GET", "recommendations/nobody", null, 404, "The model does not know the user 'nobody'." },
        { "GET", "items/none/similar", null, 404, "The model does not know the item 'none'." },
        { "GET", "recommendations/u0001?k=0", null, 400, "k is 0; it lies between 1 and 100." },
        { "GET", "recommendations/u0001?k=101", null, 400, "k is 101" },
        { "GET", "recommendations/u0001?k=ten", null, 400, "ten" },
        { "GET", "recommendations/u0001?reasons=11", null, 400, "reasons is 11" },
        { "GET", "items?limit=1000000", null, 400, "limit is 1000000" },
        { "POST", "recommendations", "", 400, null },
        { "POST", "recommendations", "{\"history\":[", 400, "JSON" },
        { "POST", "recommendations", "{\"histroy\":[]}", 400, "'histroy'" },
        { "POST", "recommendations", "{\"history\":[null]}", 400, "null" },
        { "POST", "recommendations", "{\"history\":[{\"item\":null}]}", 400, "item" },
        { "POST", "recommendations", "{\"history\":[{\"item\":\"p001\",\"rating\":9}]}", 400, "outside the scale 1..5" },
        { "POST", "recommendations", "{\"profile\":{\"shoe\":44}}", 400, "Attributes of profiles: age, gender, occupation" },
        { "POST", "recommendations", "{\"profile\":{\"age\":[1]}}", 400, "neither a text nor a number" },
        { "POST", "recommendations", "{\"history\":[" + string.Join(',', Enumerable.Repeat("{\"item\":\"p\"}", 1001)) + "]}", 400, "the number of items in the history is 1001" },
        { "POST", "recommendations", "{\"history\":[" + new string(' ', 200_000) + "]}", 413, null },
        { "POST", "recommendations/batch", "{\"users\":[]}", 400, "the number of users is 0" },
        { "POST", "recommendations/batch", "{\"users\":[" + string.Join(',', Enumerable.Repeat("\"u0001\"", 101)) + "]}", 400, "the number of users is 101" },
        { "GET", "nothing", null, 404, null },
        { "POST", "health", "{}", 405, null },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task Mistake_Any_ProblemJsonThatSaysWhat(string method, string path, string? body, int status, string? detail)
    {
        await using var server = await RunningServer.StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await server.Client.SendAsync(request);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        if (detail is not null)
        {
            Assert.Contains(detail, problem.GetProperty("detail").GetString());
        }
    }

    [Fact]
    public async Task OpenApi_Document_NamesEveryQuestion()
    {
        await using var server = await RunningServer.StartAsync();
        var document = await server.GetAsync("openapi.json");
        Assert.Equal(
            ["/health", "/items", "/items/{id}/similar", "/recommendations", "/recommendations/batch", "/recommendations/{user}"],
            document.GetProperty("paths").EnumerateObject().Select(path => path.Name).Order(StringComparer.Ordinal));
        Assert.True(document.GetProperty("components").GetProperty("schemas").TryGetProperty("RecommendationBody", out _));
        Assert.Contains("openapi.json", await server.Client.GetStringAsync("docs"));
    }

    [Fact]
    public async Task Metrics_AfterRequests_CountThemByRouteAndStatus()
    {
        await using var server = await RunningServer.StartAsync();
        await server.GetAsync("recommendations/u0001");
        await server.GetAsync("recommendations/u0002");
        using var missing = await server.Client.GetAsync("recommendations/nobody");
        var metrics = await server.Client.GetStringAsync("metrics");
        Assert.Contains("autorec_requests_duration_seconds_count{route=\"/recommendations/{user}\",status=\"200\"} 2\n", metrics);
        Assert.Contains("autorec_requests_duration_seconds_bucket{route=\"/recommendations/{user}\",status=\"404\",le=\"+Inf\"} 1\n", metrics);
        Assert.Contains("autorec_model_info{model=\"popularity\",data=\"Sample shop\",version=\"0.1.0\"} 1\n", metrics);
        Assert.All(metrics.TrimEnd('\n').Split('\n'), line => Assert.Matches("""^(# (HELP|TYPE) \w+ .+|\w+(\{(\w+="[^"]*",?)+\})? [0-9.E+-]+)$""", line));
    }

    [Fact]
    public async Task Reload_NewModelsUnderLoad_NoRequestFailsAndTheNewOneAnswers()
    {
        await using var server = await RunningServer.StartAsync();
        using var end = new CancellationTokenSource();
        var load = Enumerable.Range(0, 4).Select(async i =>
        {
            var statuses = new List<HttpStatusCode>();
            while (!end.IsCancellationRequested)
            {
                using var response = await server.Client.GetAsync($"recommendations/u{(statuses.Count % 5_000) + 1:0000}?k=5");
                statuses.Add(response.StatusCode);
            }

            return statuses;
        }).ToArray();
        foreach (var name in new[] { "ease", "popularity", "ease" })
        {
            server.Save(name);
            await Until(async () => (await server.GetAsync("health")).GetProperty("model").GetString() == name);
        }

        await end.CancelAsync();
        var statuses = (await Task.WhenAll(load)).SelectMany(list => list).ToArray();
        Assert.True(statuses.Length > 20, $"Only {statuses.Length} requests.");
        Assert.All(statuses, status => Assert.Equal(HttpStatusCode.OK, status));
        Assert.Contains("autorec_model_reloads_total{result=\"ok\"} 3", await server.Client.GetStringAsync("metrics"));
    }

    [Fact]
    public async Task Reload_BrokenModel_TheOldOneGoesOn()
    {
        await using var server = await RunningServer.StartAsync();
        var main = Path.Combine(server.Folder, "model.json");
        File.WriteAllText(main, Regex.Replace(File.ReadAllText(main), "\"checksum\": \"[0-9a-f]{4}", "\"checksum\": \"beef"));
        await Until(async () => (await server.Client.GetStringAsync("metrics")).Contains("autorec_model_reloads_total{result=\"failed\"} 1", StringComparison.Ordinal));
        Assert.Equal(10, (await server.GetAsync("recommendations/u0001")).GetProperty("items").GetArrayLength());
        Assert.Contains("the old one is served on", server.Notes);
    }

    [Fact]
    public async Task Stop_RequestUnderWay_IsAnsweredAndNoOtherIsTaken()
    {
        var (begun, mayEnd) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var server = await RunningServer.StartAsync(configure: app => app.MapGet("/slow", async () =>
        {
            begun.SetResult();
            await mayEnd.Task;
            return "done";
        }));
        var request = server.Client.GetStringAsync("slow");
        await begun.Task;
        var stop = server.App.StopAsync();
        using var other = new HttpClient { BaseAddress = server.Client.BaseAddress };
        await Until(async () => await Record.ExceptionAsync(() => other.GetAsync("health")) is HttpRequestException);
        Assert.False(stop.IsCompleted);
        mayEnd.SetResult();
        Assert.Equal("done", await request);
        await stop;
    }

    [Fact]
    public async Task Serve_PortTakenOrNoModel_Error()
    {
        await using var server = await RunningServer.StartAsync();
        var port = server.Client.BaseAddress!.Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var taken = await CliRun.OfAsync("serve", "--model", server.Folder, "--port", port);
        Assert.Equal(1, taken.ExitCode);
        Assert.Contains("error: ", taken.Error);
        Assert.Contains(port, taken.Error);
        Assert.Contains("not a model folder", (await CliRun.OfAsync("serve", "--model", server.Folder + "x")).Error);
        Assert.Contains("--port must be between", (await CliRun.OfAsync("serve", "--model", server.Folder, "--port", "70000")).Error);
    }

    private static Task<HttpResponseMessage> Post(RunningServer server, string path, string body) =>
        server.Client.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"));

    private static async Task Until(Func<Task<bool>> condition)
    {
        for (var attempt = 0; !await condition(); attempt++)
        {
            Assert.True(attempt < 500, "It did not happen within ten seconds.");
            await Task.Delay(20);
        }
    }
}
