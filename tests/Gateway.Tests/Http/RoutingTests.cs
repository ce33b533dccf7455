using Farm.Gateway.Tests.Fakes;
using Xunit;

namespace Farm.Gateway.Tests.Http;

/// <summary>Statuses, texts and headers of unmatched requests as recorded from ComfyUI 0.19.3.</summary>
public class RoutingTests
{
    [Theory]
    [InlineData("GET", "/nope", 404, "application/octet-stream", null)]
    [InlineData("GET", "/api", 404, "application/octet-stream", null)]
    [InlineData("GET", "/PROMPT", 404, "application/octet-stream", null)]
    [InlineData("GET", "/prompt/", 404, "application/octet-stream", null)]
    [InlineData("GET", "/interrupt", 404, "application/octet-stream", null)]
    [InlineData("HEAD", "/upload/image", 404, "application/octet-stream", null)]
    [InlineData("POST", "/nope", 405, "text/plain", "GET,HEAD")]
    [InlineData("PUT", "/prompt", 405, "text/plain", "GET,HEAD,POST")]
    [InlineData("DELETE", "/free", 405, "text/plain", "GET,HEAD,POST")]
    [InlineData("PATCH", "/api/features", 405, "text/plain", "GET,HEAD")]
    [InlineData("POST", "/", 405, "text/plain", "GET,HEAD")]
    [InlineData("GET", "/internal/nope", 404, "text/plain", null)]
    [InlineData("OPTIONS", "/anything", 200, null, null)]
    [InlineData("HEAD", "/features", 200, "application/json", null)]
    public async Task Request_WithoutARoute_IsAnsweredAsRecorded(string method, string path, int status, string? type, string? allow)
    {
        await using var host = await GatewayHost.StartAsync();

        var answer = await host.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(type, answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal(allow, answer.Content.Headers.Allow.Count > 0 ? string.Join(',', answer.Content.Headers.Allow) : null);
    }

    [Theory]
    [InlineData("127.0.0.1:8188", "http://127.0.0.1:8188", 200)]
    [InlineData("127.0.0.1:8188", "http://evil.example", 403)]
    [InlineData("127.0.0.1:8188", "http://127.0.0.1:1", 403)]
    [InlineData("127.0.0.1:8188", "http://127.0.0.1", 200)]
    [InlineData("127.0.0.1:8188", "https://127.0.0.1:8188", 200)]
    [InlineData("127.0.0.1:8188", "null", 200)]
    [InlineData("127.0.0.1:8188", "http://127.0.0.1:8188/x", 200)]
    [InlineData("192.0.2.7:8188", "http://evil.example", 200)]
    public async Task Origin_OfAnotherSite_IsKeptFromALoopbackHost(string host, string origin, int status)
    {
        await using var gateway = await GatewayHost.StartAsync();
        var request = new HttpRequestMessage(HttpMethod.Get, "/features") { Headers = { Host = host } };
        request.Headers.TryAddWithoutValidation("Origin", origin);

        Assert.Equal(status, (int)(await gateway.Client.SendAsync(request)).StatusCode);
    }

    [Theory]
    [InlineData("/history/a%2Fb", "history of a/b")]
    [InlineData("/api/history/job%20%C3%BC", "history of job ü")]
    public async Task PathValue_Encoded_IsDecodedOnce(string path, string call)
    {
        await using var host = await GatewayHost.StartAsync();

        await host.Client.GetAsync(path);

        Assert.Contains(call, host.Farm.Calls);
    }

    [Theory]
    [InlineData("max_items=abc")]
    [InlineData("max_items=")]
    [InlineData("max_items=1.5")]
    [InlineData("offset=x")]
    public async Task HistoryWindow_OfNoNumber_NamesTheField(string query)
    {
        await using var host = await GatewayHost.StartAsync();

        var answer = await host.Client.GetAsync($"/history?{query}");

        Assert.Equal(400, (int)answer.StatusCode);
        Assert.Contains(query.Split('=')[0], await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
