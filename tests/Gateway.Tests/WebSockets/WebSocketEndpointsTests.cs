using System.Net.WebSockets;
using System.Text;
using Farm.Contracts.Prompts;
using Farm.Contracts.Sessions;
using Farm.Gateway.Health;
using Farm.Gateway.Tests.Fakes;
using Xunit;

namespace Farm.Gateway.Tests.WebSockets;

public class WebSocketEndpointsTests
{
    [Fact]
    public async Task FirstMessage_OfAGivenClient_IsStatusWithItsId()
    {
        await using var host = await GatewayHost.StartAsync();

        using var socket = await ConnectAsync(host, "/ws?clientId=me");

        Assert.Equal("""{"type":"status","data":{"status":{"exec_info":{"queue_remaining":0}},"sid":"me"}}""", await ReadAsync(socket));
    }

    [Fact]
    public async Task Rule16_11_Client_ThatComesBackDuringItsRun_IsToldTheCurrentNode()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Farm.CurrentNode = "7";

        using var socket = await ConnectAsync(host, "/api/ws?clientId=me");
        await ReadAsync(socket);

        Assert.Equal("""{"type":"executing","data":{"node":"7"}}""", await ReadAsync(socket));
    }

    [Fact]
    public async Task FeatureFlags_AsFirstMessage_AreAnsweredOnce()
    {
        await using var host = await GatewayHost.StartAsync();
        using var socket = await ConnectAsync(host, "/ws?clientId=me");
        await ReadAsync(socket);
        const string flags = """{"type": "feature_flags", "data": {"supports_preview_metadata": true}}""";

        await SendAsync(socket, flags);
        var answer = await ReadAsync(socket);
        await SendAsync(socket, flags);
        await DeliverAsync(host, new ExecutionStart(5));

        Assert.Equal("""{"type":"feature_flags","data":{"supports_preview_metadata":true,"max_upload_size":104857600,"extension":{"manager":{"supports_v4":true}},"node_replacements":true,"assets":true}}""", answer);
        Assert.Equal("""{"type":"execution_start","data":{"prompt_id":"p","timestamp":5}}""", await ReadAsync(socket));
    }

    [Theory]
    [InlineData("true", "farm_forecast")]
    [InlineData("false", "execution_start")]
    public async Task Forecast_OfARun_IsForClientsThatAsk(string wanted, string first)
    {
        await using var host = await GatewayHost.StartAsync();
        using var socket = await ConnectAsync(host, "/ws?clientId=me");
        await ReadAsync(socket);
        await SendAsync(socket, $$$"""{"type": "feature_flags", "data": {"supports_farm_forecast": {{{wanted}}}}}""");
        await ReadAsync(socket);

        var connection = host.Farm.Calls.Single(call => call.StartsWith("attach ", StringComparison.Ordinal))["attach ".Length..];
        await (await host.Farm.Subscribed).DeliverAsync(connection, [new ClientEvent(1, "p", new RunForecast(9)), new ClientEvent(2, "p", new ExecutionStart(5))]);

        var message = await ReadAsync(socket);
        Assert.StartsWith($"{{\"type\":\"{first}\"", message, StringComparison.Ordinal);
        if (first == "farm_forecast")
            Assert.Equal("""{"type":"farm_forecast","data":{"prompt_id":"p","eta":9}}""", message);
    }

    [Fact]
    public async Task OlderSocket_OfTheSameClient_HearsNothingMore()
    {
        await using var host = await GatewayHost.StartAsync();
        using var older = await ConnectAsync(host, "/ws?clientId=me");
        await ReadAsync(older);
        using var newer = await ConnectAsync(host, "/ws?clientId=me");
        await ReadAsync(newer);

        var gateway = await host.Farm.Subscribed;
        await gateway.BroadcastAsync("default", [new ClientEvent(0, null, new QueueStatus(3))]);

        Assert.Contains("\"queue_remaining\":3", await ReadAsync(newer), StringComparison.Ordinal);
        await older.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        Assert.Equal(WebSocketState.Closed, older.State);
    }

    [Fact]
    public async Task Process_ThatStops_ClosesItsSocketsWith1001AfterWhatWaits()
    {
        await using var host = await GatewayHost.StartAsync();
        using var socket = await ConnectAsync(host, "/ws?clientId=me");
        await ReadAsync(socket);
        await DeliverAsync(host, new ExecutionStart(5));

        await host.Get<Departure>().StoppingAsync(CancellationToken.None);

        Assert.Contains("execution_start", await ReadAsync(socket), StringComparison.Ordinal);
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, (await ReadToTheEndAsync(socket)).CloseStatus);
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        while (!host.Farm.Calls.Any(call => call.StartsWith("detach ", StringComparison.Ordinal)))
            await Task.Yield();
    }

    [Fact]
    public async Task PlainGet_IsToldToUpgrade()
    {
        await using var host = await GatewayHost.StartAsync();

        var answer = await host.Client.GetAsync("/ws");

        Assert.Equal(400, (int)answer.StatusCode);
        Assert.Equal("No WebSocket UPGRADE hdr: None\n Can \"Upgrade\" only to \"WebSocket\".", await answer.Content.ReadAsStringAsync());
    }

    private static async Task<WebSocket> ConnectAsync(GatewayHost host, string path) =>
        await host.Server.CreateWebSocketClient().ConnectAsync(new Uri(host.Server.BaseAddress, path), CancellationToken.None);

    private static async Task DeliverAsync(GatewayHost host, RunEvent happened)
    {
        var connection = host.Farm.Calls.Single(call => call.StartsWith("attach ", StringComparison.Ordinal))["attach ".Length..];
        await (await host.Farm.Subscribed).DeliverAsync(connection, [new ClientEvent(1, "p", happened)]);
    }

    private static async Task<WebSocketReceiveResult> ReadToTheEndAsync(WebSocket socket)
    {
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer, CancellationToken.None);
            if (part.MessageType is WebSocketMessageType.Close)
                return part;
        }
    }

    private static Task SendAsync(WebSocket socket, string text) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);

    private static async Task<string> ReadAsync(WebSocket socket)
    {
        var buffer = new byte[64 * 1024];
        var part = await socket.ReceiveAsync(buffer, CancellationToken.None);
        return Encoding.UTF8.GetString(buffer, 0, part.Count);
    }
}
