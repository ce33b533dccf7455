using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text.Json;
using Farm.EndToEnd.Harness;
using Xunit;

namespace Farm.EndToEnd;

/// <summary>A farm that asks who is there, as a process: what it gives out outlives it.</summary>
public sealed class SignInTests
{
    private const string FirstKey = "first-key-of-the-end-to-end-tests-0123456789";

    [Fact]
    public async Task Keys_SessionsAndAudit_OutliveTheProcess()
    {
        using var root = new DataRoot();
        string cookie, key;
        await using (var before = await StartAsync(root))
        {
            using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = before.Address };
            cookie = await SignInAsync(client);
            key = await MakeKeyAsync(client);
            await before.KillAsync();
        }
        await using var farm = await StartAsync(root);
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = farm.Address };

        var bySession = await SendAsync(http, "GET", "/farm/api/keys", ("Cookie", cookie));
        var byKey = await SendAsync(http, "GET", "/api/queue", ("X-API-Key", key));
        var byNobody = await SendAsync(http, "GET", "/api/queue");
        var id = (await bySession.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("keys")[0].GetProperty("id").GetString();
        var revoked = await SendAsync(http, "DELETE", $"/farm/api/keys/{id}", ("Cookie", cookie), ("Sec-Fetch-Site", "same-origin"), ("X-Farm-Request", "1"));
        var after = await SendAsync(http, "GET", "/api/queue", ("X-API-Key", key));
        var audit = await (await SendAsync(http, "GET", "/farm/api/audit", ("X-API-Key", FirstKey))).Content.ReadFromJsonAsync<JsonElement>();

        Assert.Equal(
            (HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.Unauthorized, HttpStatusCode.NoContent, HttpStatusCode.Unauthorized),
            (bySession.StatusCode, byKey.StatusCode, byNobody.StatusCode, revoked.StatusCode, after.StatusCode));
        Assert.Equal(
            [("DELETE /farm/api/keys/{id}", 204), ("POST /farm/api/keys", 201)],
            audit.GetProperty("entries").EnumerateArray().Select(e => (e.GetProperty("action").GetString()!, e.GetProperty("status").GetInt32())));
        Assert.DoesNotContain("fail:", farm.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("warn:", farm.Log, StringComparison.Ordinal);
        Assert.All([FirstKey, key, cookie], secret => Assert.DoesNotContain(secret, farm.Log, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Prompt_OfAKey_RunsInItsTenantAndIsHeardOfOverItsSocket()
    {
        using var root = new DataRoot();
        await using var farm = await StartAsync(root);
        using var http = new HttpClient { BaseAddress = farm.Address };
        var key = await MakeKeyAsync(http);
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", $"Bearer {key}");
        await socket.ConnectAsync(new UriBuilder(farm.Address) { Scheme = "ws", Path = "/ws", Query = "clientId=c" }.Uri, CancellationToken.None);

        using var body = JsonContent.Create(new { prompt = Graphs.Colour(1), client_id = "c" });
        var submitted = await SendAsync(http, "POST", "/prompt", body, ("X-API-Key", key));
        Assert.Equal(HttpStatusCode.OK, submitted.StatusCode);
        await ReadUntilAsync(socket, "execution_success");
        var own = await (await SendAsync(http, "GET", "/history", ("X-API-Key", key))).Content.ReadFromJsonAsync<JsonElement>();
        var others = await (await SendAsync(http, "GET", "/history", ("X-API-Key", FirstKey))).Content.ReadFromJsonAsync<JsonElement>();

        Assert.Single(own.EnumerateObject());
        Assert.Empty(others.EnumerateObject());
    }

    [Fact]
    public async Task Start_OpenOnEveryAddress_IsRefusedWithWhatWouldMendIt()
    {
        using var root = new DataRoot();

        var (exitCode, log) = await FarmProcess.RunAsync(root, "--urls", "http://0.0.0.0:0");

        Assert.Equal(1, exitCode);
        Assert.All(["Farm:Security:BootstrapKey", "Farm:Security:AllowOpen"], option => Assert.Contains(option, log, StringComparison.Ordinal));
    }

    private static Task<FarmProcess> StartAsync(DataRoot root) => FarmProcess.StartAsync(root, "--Farm:Security:BootstrapKey", FirstKey, "--Farm:Security:KeyCacheTime", "0");

    private static async Task<string> SignInAsync(HttpClient client)
    {
        using var form = new FormUrlEncodedContent([new("key", FirstKey), new("next", "/farm")]);
        var answer = await SendAsync(client, "POST", "/farm/login", form, ("Sec-Fetch-Site", "same-origin"));
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        return answer.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
    }

    private static async Task<string> MakeKeyAsync(HttpClient client)
    {
        using var wish = JsonContent.Create(new { name = "render", tenant = "studio", scopes = new[] { "read", "submit" } });
        var made = await SendAsync(client, "POST", "/farm/api/keys", wish, ("X-API-Key", FirstKey));
        return (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("key").GetString()!;
    }

    private static Task<HttpResponseMessage> SendAsync(HttpClient client, string method, string path, params (string Name, string Value)[] headers) => SendAsync(client, method, path, null, headers);

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, string method, string path, HttpContent? body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = body };
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await client.SendAsync(request);
    }

    private static async Task ReadUntilAsync(ClientWebSocket socket, string type)
    {
        var buffer = new byte[65536];
        for (var text = ""; !text.Contains($"\"type\": \"{type}\"", StringComparison.Ordinal) && !text.Contains($"\"type\":\"{type}\"", StringComparison.Ordinal);)
        {
            var part = await socket.ReceiveAsync(buffer, CancellationToken.None);
            Assert.NotEqual(WebSocketMessageType.Close, part.MessageType);
            text = System.Text.Encoding.UTF8.GetString(buffer, 0, part.Count);
        }
    }
}
