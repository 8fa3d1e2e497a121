using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using AutoRec.Catalog;
using AutoRec.Cli.Serving;
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
    public async Task Users_OfAnotherServer_AreSentThere()
    {
        await using var server = await RunningServer.StartAsync("autorec-item", users: UserRange.Parse("u0002..u0100"));
        Assert.Equal(10, (await server.GetAsync("recommendations/u0100")).GetProperty("items").GetArrayLength());
        const string Elsewhere =
            "The user 'u0101' is not served here: this server has the users 'u0002' to 'u0100'. Ask the server that has the user.";
        using var one = await server.Client.GetAsync("recommendations/u0101");
        Assert.Equal(HttpStatusCode.MisdirectedRequest, one.StatusCode);
        Assert.Equal(Elsewhere, (await one.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString());
        using var several = await Post(server, "recommendations/batch", """{"users":["u0101","u0002"],"k":2}""");
        var answers = (await several.Content.ReadFromJsonAsync<JsonElement>()).EnumerateArray().ToArray();
        Assert.Equal(Elsewhere, answers[0].GetProperty("error").GetString());
        Assert.Equal(2, answers[1].GetProperty("items").GetArrayLength());
        using var anybody = await Post(server, "recommendations", """{"history":[{"item":"p001"}]}""");
        Assert.Equal(HttpStatusCode.OK, anybody.StatusCode);
    }

    [Fact]
    public async Task Rules_AllWaysOfAsking_AsTheLibraryAnswers()
    {
        await using var server = await RunningServer.StartAsync("ease");
        var rules = new RecommendationRules
        {
            Exclude = ["p001", "p002"],
            Where = ["category!=Home", "category!=Music"],
            IncludeSeen = true,
            MinUsers = 5,
            MaxUsers = 400,
            AtMost = new Dictionary<string, int> { ["category"] = 2 },
            Diversity = 0.25,
        };
        var expected = server.Service.Recommend(new RecommendationRequest { User = "u0002", K = 6, Rules = rules }).Items.Select(item =>
            item.Item).ToArray();
        var get = await server.GetAsync("recommendations/u0002?k=6&exclude=p001&exclude=p002&where=category!%3DHome&where=category!=Music"
            + "&include_seen=true&min_users=5&max_users=400&at_most=category=2&diversity=0.25");
        Assert.Equal(expected, Items(get));

        const string Rules = """
            "rules":{"exclude":["p001","p002"],"where":["category!=Home","category!=Music"],"include_seen":true,"min_users":5,"max_users":400,"at_most":{"category":2},"diversity":0.25}
            """;
        using var batch = await Post(server, "recommendations/batch", $"{{\"users\":[\"nobody\",\"u0002\"],\"k\":6,{Rules}}}");
        var answers = (await batch.Content.ReadFromJsonAsync<JsonElement>()).EnumerateArray().ToArray();
        Assert.Equal(expected, Items(answers[1]));

        using var post = await Post(server, "recommendations", $"{{\"history\":[{{\"item\":\"p003\"}}],\"k\":6,{Rules}}}");
        Assert.Equal(
            server.Service.Recommend(new RecommendationRequest { History = [new("p003")], K = 6, Rules = rules }).Items.Select(item =>
                item.Item),
            Items(await post.Content.ReadFromJsonAsync<JsonElement>()));

        var empty = await server.GetAsync("recommendations/u0002?only=p004&exclude=p004");
        Assert.Equal(
            "The list is empty: of 252 items, 'only (1 item)' leaves 1, 'exclude (1 item)' leaves 0.",
            empty.GetProperty("why_empty").GetString());

        static IEnumerable<string?> Items(JsonElement answer) =>
            answer.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("item").GetString());
    }

    [Fact]
    public async Task Batch_UnknownUsersAndNumbers_ToldInTheirPlace()
    {
        await using var server = await RunningServer.StartAsync();
        using var response = await Post(server, "recommendations/batch", """{"users":["u0003","nobody",17,"u0001"],"k":1}""");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var answers = (await response.Content.ReadFromJsonAsync<JsonElement>()).EnumerateArray().ToArray();
        Assert.Equal(["u0003", "nobody", "17", "u0001"], answers.Select(answer => answer.GetProperty("user").GetString()));
        Assert.Equal([true, false, false, true], answers.Select(answer => answer.TryGetProperty("items", out _)));
        Assert.Equal("The model does not know the user '17'.", answers[2].GetProperty("error").GetString());
    }

    [Fact]
    public async Task Recommendations_NumberAsId_IsItsText()
    {
        await using var server = await RunningServer.StartAsync("ease");
        using var response = await Post(server, "recommendations", """{"history":[{"item":42},{"item":"p001"}]}""");
        Assert.Equal(
            ["42"],
            (await response.Content.ReadFromJsonAsync<JsonElement>())
                .GetProperty("unknown_items")
                .EnumerateArray()
                .Select(item => item.GetString()));
    }

    [Theory]
    [InlineData("localhost", 200)]
    [InlineData("LOCALHOST:1234", 200)]
    [InlineData("127.0.0.1", 200)]
    [InlineData("[::1]:80", 200)]
    [InlineData("shop.example", 200)]
    [InlineData("evil.example", 421)]
    [InlineData("localhost.evil.example", 421)]
    [InlineData("192.0.2.7", 421)]
    public async Task Host_OtherName_IsNotAnswered(string host, int status)
    {
        await using var server = await RunningServer.StartAsync(access: new Access(["shop.example"]));
        foreach (var path in new[] { "recommendations/u0001", "model", "health", "", "metrics", "nothing" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Host = host } };
            using var response = await server.Client.SendAsync(request);
            Assert.Equal(status == 200 && path == "nothing" ? 404 : status, (int)response.StatusCode);
        }
    }

    [Theory]
    [InlineData(null, 401)]
    [InlineData("Bearer wrong", 401)]
    [InlineData("Basic a-token-of-the-tests", 401)]
    [InlineData("Bearer a-token-of-the-tests", 200)]
    [InlineData("bearer  a-token-of-the-tests ", 200)]
    public async Task Token_Required_OnlyStateAndPagesWithoutIt(string? header, int status)
    {
        await using var server = await RunningServer.StartAsync(access: new Access(token: "a-token-of-the-tests"));
        foreach (var path in new[] { "recommendations/u0001", "items", "model", "metrics", "openapi.json" })
        {
            Assert.Equal(status, await Status(path));
        }

        foreach (var path in new[] { "health", "ready", "", "docs" })
        {
            Assert.Equal(200, await Status(path));
        }

        Assert.DoesNotContain("a-token-of-the-tests", server.Logs);

        async Task<int> Status(string path)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            if (header is not null)
            {
                request.Headers.TryAddWithoutValidation("Authorization", header);
            }

            using var response = await server.Client.SendAsync(request);
            Assert.Equal(response.StatusCode == HttpStatusCode.Unauthorized, response.Headers.WwwAuthenticate.Count > 0);
            return (int)response.StatusCode;
        }
    }

    [Fact]
    public async Task Logs_Any_NoQueryNoPathNoHeader()
    {
        await using var server = await RunningServer.StartAsync(configure: app =>
            app.MapGet("/broken/{id}", string (string id) => throw new InvalidOperationException("it broke")));
        using var request = new HttpRequestMessage(HttpMethod.Get, "broken/s3cret?token=s3cret");
        request.Headers.Add("X-Key", "s3cret");
        Assert.Equal(HttpStatusCode.BadRequest, (await server.Client.SendAsync(request)).StatusCode);
        var broken = await server.Client.GetAsync("broken/s3cret");
        Assert.Equal(HttpStatusCode.InternalServerError, broken.StatusCode);
        Assert.DoesNotContain("it broke", await broken.Content.ReadAsStringAsync());
        Assert.Contains("Error: GET /broken/{id} failed with 500", server.Logs);
        Assert.Contains("it broke", server.Logs);
        Assert.DoesNotContain("s3cret", server.Logs);
    }

    [Fact]
    public async Task Body_Mutated_AnswerOrProblemThatNamesNoType()
    {
        string[] bodies =
        [
            """{"history":[{"item":"p001","rating":4},{"item":2}],"profile":{"age":33,"gender":"F"},"k":3,"reasons":2}""",
            """{"users":["u0003",1,"nobody"],"k":2}""",
        ];
        string[] pieces =
        [
            "null", "\"", "{", "}", "[", "]", ",", ":", "-1", "1e999", "0.5", "\\ud800", "\0", "é", "true", "99999999999", "\"k\":1,", ""
        ];
        await using var server = await RunningServer.StartAsync("ease");
        var random = new Random(7);
        var mutations = int.TryParse(Environment.GetEnvironmentVariable("AUTOREC_FUZZ"), out var count) && count > 0 ? count : 2000;
        for (var number = 0; number < mutations; number++)
        {
            var which = random.Next(2);
            var body = bodies[which];
            for (var changes = random.Next(1, 3); changes > 0; changes--)
            {
                var at = random.Next(body.Length);
                body = body[..at] + pieces[random.Next(pieces.Length)] + body[Math.Min(body.Length, at + random.Next(4))..];
            }

            using var response = await Post(server, which == 0 ? "recommendations" : "recommendations/batch", body);
            var text = await response.Content.ReadAsStringAsync();
            Assert.True(response.StatusCode is HttpStatusCode.OK or HttpStatusCode.BadRequest, $"{body}: {text}");
            if (response.StatusCode != HttpStatusCode.OK)
            {
                Assert.DoesNotMatch(@"System\.|AutoRec\.|Exception|\.NET|HistoryEntry|Body\b", text);
                Assert.True(JsonDocument.Parse(text).RootElement.GetProperty("detail").GetString()!.Length > 5, text);
            }
        }
    }

    [Theory]
    [InlineData("--host 0.0.0.0", "can be reached from other machines")]
    [InlineData("--host ::", "can be reached from other machines")]
    [InlineData("--host example.org", "must be an IP address or localhost")]
    [InlineData("--host 0.0.0.0 --no-auth --token-file TOKEN", "contradict each other")]
    [InlineData("--token-file SHORT", "at least 16")]
    [InlineData("--token-file none", "There is no such file (--token-file)")]
    [InlineData("--log-format xml", "xml")]
    public async Task Serve_Mistake_Error(string args, string expected)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("TOKEN"), "0123456789abcdef\n");
        File.WriteAllText(folder.File("SHORT"), "secret\n");
        var words = args.Split(' ').Select(word => word is "TOKEN" or "SHORT" ? folder.File(word) : word);
        var run = await CliRun.OfAsync(["serve", "--model", folder.File("m"), .. words]);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(expected, run.Error);
    }

    [Fact]
    public async Task Items_SearchSimilarModel_Answer()
    {
        await using var server = await RunningServer.StartAsync();
        var found = (await server.GetAsync("items?query=PIANO&limit=5")).EnumerateArray().ToArray();
        Assert.NotEmpty(found);
        Assert.All(found, item => Assert.Contains("Piano", item.GetProperty("title").GetString()));
        var similar = (await server.GetAsync($"items/{found[0].GetProperty("item").GetString()}/similar?k=3")).EnumerateArray().ToArray();
        Assert.Equal(
            similar.Select(item => item.GetProperty("similarity").GetDouble()).OrderDescending(),
            similar.Select(item => item.GetProperty("similarity").GetDouble()));
        var served = await server.GetAsync("model");
        Assert.Equal(252, served.GetProperty("items").GetInt32());
        Assert.Equal(
            ["age", "gender", "occupation"],
            served.GetProperty("profile").EnumerateArray().Select(attribute => attribute.GetProperty("name").GetString()));
    }

    public static TheoryData<string, string, string?, int, string?> Mistakes() => new()
    {
        { "GET", "recommendations/nobody", null, 404, "The model does not know the user 'nobody'." },
        { "GET", "items/none/similar", null, 404, "The model does not know the item 'none'." },
        { "GET", "recommendations/u0001?k=0", null, 400, "k is 0; it lies between 1 and 100." },
        { "GET", "recommendations/u0001?k=101", null, 400, "k is 101" },
        { "GET", "recommendations/u0001?k=ten", null, 400, "k must be a whole number; got 'ten'." },
        { "GET", "recommendations/u0001?kk=1", null, 400, "Unknown query parameter 'kk'. Known here: k, reasons, exclude, only," },
        { "GET", "recommendations/u0001?k=1&k=2", null, 400, "'k' is given 2 times" },
        { "GET", "recommendations/u0001?min_users=x", null, 400, "min_users must be a whole number; got 'x'." },
        { "GET", "recommendations/u0001?diversity=x", null, 400, "diversity must be a number; got 'x'." },
        { "GET", "recommendations/u0001?include_seen=x", null, 400, "include_seen must be true or false; got 'x'." },
        { "GET", "recommendations/u0001?at_most=category", null, 400, "'category' is not a limit." },
        { "GET", "recommendations/u0001?at_most=category=1&at_most=Category=2", null, 400, "names the column 'category' twice" },
        { "GET", "recommendations/u0001?exclude=p01", null, 400, "does not know: 'p01'. Did you mean 'p001'?" },
        { "POST", "recommendations", "{\"rules\":{\"wher\":[]}}", 400, "Unknown member 'wher'." },
        { "POST", "recommendations", "{\"rules\":{\"where\":[null]}}", 400, "'where[0]' must not be null." },
        { "POST", "recommendations", "{\"rules\":{\"where\":[\"category=Musik\"]}}", 400, "Did you mean 'Music'?" },
        { "POST", "recommendations", "{\"rules\":{\"diversity\":1.5}}", 400, "Diversity must be between 0 and 1; got 1.5." },
        {
            "POST", "recommendations", $"{{\"rules\":{{\"where\":[{string.Join(',', Enumerable.Repeat("\"category=Home\"", 21))}]}}}}", 400,
            "the number of conditions in 'where' is 21"
        },
        { "POST", "recommendations/batch", "{\"users\":[\"u0001\"],\"rules\":{\"only\":[]}}", 400, "The rule 'only' names no item." },
        { "GET", "health?x=1", null, 400, "Unknown query parameter 'x'. None is known here." },
        { "GET", "recommendations/a%2Fb", null, 404, "the user 'a/b'" },
        { "GET", "recommendations/%252F", null, 404, "the user '%2F'" },
        { "GET", "items/%2525/similar", null, 404, "the item '%25'" },
        { "GET", "recommendations/u0001?reasons=11", null, 400, "reasons is 11" },
        { "GET", "items?limit=1000000", null, 400, "limit is 1000000" },
        { "POST", "recommendations", "", 400, "A JSON body is required." },
        { "POST", "recommendations", "{\"history\":[", 400, "The body is not valid JSON, in line 1" },
        { "POST", "recommendations", "{\"histroy\":[]}", 400, "Unknown member 'histroy'." },
        { "POST", "recommendations", "{\"history\":[null]}", 400, "'history[0]' must not be null." },
        { "POST", "recommendations", "{\"history\":[{\"item\":null}]}", 400, "'history[0].item' must not be null." },
        { "POST", "recommendations", "{\"history\":[{}]}", 400, "The member 'item' is missing." },
        { "POST", "recommendations", "{\"k\":1.5}", 400, "'k' has a value of the wrong kind." },
        { "POST", "recommendations", "{\"k\":1,\"k\":2}", 400, "The member 'k' is given twice." },
        { "POST", "recommendations", "{\"profile\":{\"age\":1,\"age\":2}}", 400, "given twice" },
        { "POST", "recommendations", "{\"history\":[{\"item\":\"p001\",\"rating\":9}]}", 400, "outside the scale 1..5" },
        { "POST", "recommendations", "{\"profile\":{\"shoe\":44}}", 400, "Attributes of profiles: age, gender, occupation" },
        { "POST", "recommendations", "{\"profile\":{\"age\":[1]}}", 400, "neither a text nor a number" },
        {
            "POST", "recommendations", "{\"history\":[" + string.Join(',', Enumerable.Repeat("{\"item\":\"p\"}", 1001)) + "]}", 400,
            "the number of items in the history is 1001"
        },
        { "POST", "recommendations", "{\"history\":[" + new string(' ', 200_000) + "]}", 413, null },
        { "POST", "recommendations/batch", "{\"users\":[]}", 400, "the number of users is 0" },
        { "POST", "recommendations/batch", "{\"users\":[\"u0001\",null]}", 400, "'users[1]' must not be null." },
        { "POST", "recommendations/batch", "{\"users\":null}", 400, "'users' must not be null." },
        { "POST", "recommendations/batch", "{\"users\":\"u0001\"}", 400, "'users' has a value of the wrong kind." },
        { "POST", "recommendations/batch", "{}", 400, "The member 'users' is missing." },
        {
            "POST", "recommendations/batch", "{\"users\":[" + string.Join(',', Enumerable.Repeat("\"u0001\"", 101)) + "]}", 400,
            "the number of users is 101"
        },
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

        Assert.Contains($"Warning: {method} ", server.Logs);
        Assert.Contains($" failed with {status} after ", server.Logs);
    }

    [Fact]
    public async Task OpenApi_Document_NamesEveryQuestion()
    {
        await using var server = await RunningServer.StartAsync();
        var document = await server.GetAsync("openapi.json");
        Assert.Equal(
            [
                "/health", "/items", "/items/{id}/similar", "/model", "/ready", "/recommendations", "/recommendations/batch",
                "/recommendations/{user}"
            ],
            document.GetProperty("paths").EnumerateObject().Select(path => path.Name).Order(StringComparer.Ordinal));
        var schemas = document.GetProperty("components").GetProperty("schemas");
        Assert.True(schemas.TryGetProperty("RecommendationBody", out _));
        string[] rules = ["exclude", "only", "where", "include_seen", "min_users", "max_users", "at_most", "diversity"];
        Assert.Equal(rules, schemas.GetProperty("RulesBody").GetProperty("properties").EnumerateObject().Select(rule => rule.Name));
        var parameters = document.GetProperty("paths")
            .GetProperty("/recommendations/{user}")
            .GetProperty("get")
            .GetProperty("parameters")
            .EnumerateArray();
        Assert.Equal(["user", .. rules, "k", "reasons"], parameters.Select(parameter => parameter.GetProperty("name").GetString()));
        Assert.All(parameters.Skip(1), parameter => Assert.False(parameter.TryGetProperty("required", out _)));
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
        Assert.Matches(
            "http_server_request_duration_seconds_count\\{.*status_code=\"200\".*route=\"/recommendations/\\{user\\}\".*\\} 2\n", metrics);
        Assert.Matches(
            "http_server_request_duration_seconds_bucket\\{.*status_code=\"404\".*route=\"/recommendations/\\{user\\}\".*le=\"\\+Inf\"\\} "
                + "1\n", metrics);
        Assert.Matches("autorec_model_info\\{.*data=\"Sample shop\".*model=\"popularity\".*version=\"0.1.0\"\\} 1\n", metrics);
        Assert.Contains("dotnet_process_memory_working_set_bytes", metrics);
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
            await Wait.UntilAsync(async () => (await server.GetAsync("model")).GetProperty("model").GetString() == name);
        }

        await end.CancelAsync();
        var statuses = (await Task.WhenAll(load)).SelectMany(list => list).ToArray();
        Assert.True(statuses.Length > 20, $"Only {statuses.Length} requests.");
        Assert.All(statuses, status => Assert.Equal(HttpStatusCode.OK, status));
        await Wait.UntilAsync(async () =>
            Regex.IsMatch(await server.Client.GetStringAsync("metrics"), "autorec_model_reloads_total\\{.*result=\"ok\"\\} 3\n"));
        Assert.Contains("Information: A new model is served: ease", server.Logs);
    }

    [Fact]
    public async Task Reload_BrokenModel_TheOldOneGoesOn()
    {
        await using var server = await RunningServer.StartAsync();
        var main = Path.Combine(server.Folder, "model.json");
        File.WriteAllText(main, Regex.Replace(File.ReadAllText(main), "\"checksum\": \"[0-9a-f]{4}", "\"checksum\": \"beef"));
        await Wait.UntilAsync(async () =>
            Regex.IsMatch(await server.Client.GetStringAsync("metrics"), "autorec_model_reloads_total\\{.*result=\"failed\"\\} 1\n"));
        Assert.Equal(10, (await server.GetAsync("recommendations/u0001")).GetProperty("items").GetArrayLength());
        Assert.Contains("Error: The model in ", server.Logs);
        Assert.Contains("the old one is served on", server.Logs);
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
        await Wait.UntilAsync(async () => await Record.ExceptionAsync(() => other.GetAsync("health")) is HttpRequestException);
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
}
