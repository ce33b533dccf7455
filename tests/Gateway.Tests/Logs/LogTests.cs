using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Farm.Gateway.Logs;
using Farm.Gateway.Tests.Fakes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Farm.Gateway.Tests.Logs;

/// <summary>The log that pages show, in ComfyUI's shape.</summary>
public class LogTests
{
    [Fact]
    public void Ring_Full_DropsTheOldestAndCutsLongLines()
    {
        var ring = new LogRing(new FakeTimeProvider());
        for (var i = 0; i <= LogRing.Capacity; i++)
            ring.Add($"line {i}");
        ring.Add(new string('x', 100_000));

        var (entries, written) = ring.Read();

        Assert.Equal((LogRing.Capacity, LogRing.Capacity + 2L), (entries.Length, written));
        Assert.Equal("line 2\n", entries[0].Text);
        Assert.True(entries[^1].Text.Length < 10_000);
    }

    [Fact]
    public void OtherCategories_AreKeptFromWarningsOn()
    {
        var ring = new LogRing(new FakeTimeProvider());
        using var provider = new LogRingProvider(ring);

        provider.CreateLogger("Microsoft.AspNetCore.Hosting").LogInformation("Request GET /view?filename=private.png");
        provider.CreateLogger("Microsoft.AspNetCore.Hosting").LogWarning("Warned");
        provider.CreateLogger("Farm.Any").LogInformation("Told");

        Assert.Equal(["Warned\n", "Told\n"], ring.Read().Entries.Select(e => e.Text));
    }

    [Fact]
    public void Failure_IsToldByKindAndMessageOnly()
    {
        var ring = new LogRing(new FakeTimeProvider(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero)));
        using var provider = new LogRingProvider(ring);
        var logger = provider.CreateLogger("Farm.Any");

        logger.LogError(new IOException("gone"), "Broken");
        logger.LogDebug("Not shown");

        var entry = Assert.Single(ring.Read().Entries);
        Assert.Equal(("Broken (IOException: gone)\n", "2026-01-02T03:04:05.000000"), (entry.Text, LogWriter.TimeOf(entry)));
    }

    [Fact]
    public async Task Logs_AsTextAndAsList_ShowTheSameLine()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Get<LogRing>().Add("hello");

        var text = await host.Client.GetFromJsonAsync<string>("/internal/logs");
        var raw = await host.Client.GetFromJsonAsync<JsonElement>("/internal/logs/raw");

        var entry = raw.GetProperty("entries").EnumerateArray().Single(e => e.GetProperty("m").GetString() == "hello\n");
        Assert.Contains($"{entry.GetProperty("t").GetString()} - hello\n", text, StringComparison.Ordinal);
        Assert.True(raw.GetProperty("size").GetProperty("cols").GetInt32() > 0);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"enabled": true}""")]
    [InlineData("""{"clientId": "me"}""")]
    [InlineData("""{"clientId": "me", "enabled": 1}""")]
    public async Task Subscribe_BrokenBody_Is400(string body)
    {
        await using var host = await GatewayHost.StartAsync();

        Assert.Equal(400, (int)(await host.Client.PatchAsync("/internal/logs/subscribe", new StringContent(body))).StatusCode);
    }

    [Fact]
    public async Task Subscribe_ThenALine_IsSentToThatSocketOnly()
    {
        await using var host = await GatewayHost.StartAsync();
        using var asking = await ConnectAsync(host, "asking");
        using var other = await ConnectAsync(host, "other");
        Assert.Equal(200, (int)(await host.Client.PatchAsJsonAsync("/internal/logs/subscribe", new { clientId = "asking", enabled = true })).StatusCode);

        host.Get<LogRing>().Add("news");

        var message = JsonDocument.Parse(await ReadAsync(asking)).RootElement;
        Assert.Equal("logs", message.GetProperty("type").GetString());
        Assert.Equal("news\n", message.GetProperty("data").GetProperty("entries").EnumerateArray().Last().GetProperty("m").GetString());
        await other.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        Assert.Equal("", await ReadAsync(other));
    }

    private static async Task<WebSocket> ConnectAsync(GatewayHost host, string client)
    {
        var socket = await host.Server.CreateWebSocketClient().ConnectAsync(new Uri($"ws://localhost/ws?clientId={client}"), CancellationToken.None);
        await ReadAsync(socket);
        return socket;
    }

    private static async Task<string> ReadAsync(WebSocket socket)
    {
        var buffer = new byte[1 << 16];
        var read = await socket.ReceiveAsync(buffer, CancellationToken.None);
        return Encoding.UTF8.GetString(buffer, 0, read.Count);
    }
}
