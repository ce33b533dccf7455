using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Farm.Gateway.Tests.Fakes;
using Farm.Gateway.Tests.Security;
using Xunit;

namespace Farm.Gateway.Tests.Frontend;

/// <summary>What is passed on to a frontend's development server or a real ComfyUI: paths byte for byte, sockets, and never what is the farm's.</summary>
public sealed class UpstreamTests
{
    [Fact]
    public async Task DevServer_Configured_GivesThePageAndTheApiStaysTheFarms()
    {
        await using var upstream = await UpstreamServer.StartAsync();
        await using var host = await StartAsync(("Farm:Frontend:DevServer", upstream.Address));

        Assert.Equal($"GET / {host.Address.Authority} ", await host.Client.GetStringAsync("/"));
        Assert.Equal($"GET /src/main.ts?v=1 {host.Address.Authority} ", await host.Client.GetStringAsync("/src/main.ts?v=1"));
        Assert.StartsWith("{\"queue_running\"", await host.Client.GetStringAsync("/api/queue"), StringComparison.Ordinal);
        Assert.Equal("[]", await host.Client.GetStringAsync("/api/extensions"));
    }

    [Fact]
    public async Task Socket_OfTheDevelopmentServer_PassesThroughWithItsProtocol()
    {
        await using var upstream = await UpstreamServer.StartAsync();
        await using var host = await StartAsync(("Farm:Frontend:DevServer", upstream.Address));
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("vite-hmr");
        socket.Options.SetRequestHeader("Origin", $"http://{host.Address.Authority}");

        await socket.ConnectAsync(new Uri($"ws://{host.Address.Authority}/?token=abc"), CancellationToken.None);
        await socket.SendAsync("hot"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        var buffer = new byte[64];
        var part = await socket.ReceiveAsync(buffer, CancellationToken.None);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);

        Assert.Equal(("vite-hmr", "hot"), (socket.SubProtocol, Encoding.UTF8.GetString(buffer, 0, part.Count)));
        Assert.Equal("done", socket.CloseStatusDescription);
    }

    [Theory]
    [InlineData("DevServer", "development server")]
    [InlineData("ComfyServer", "ComfyUI")]
    public async Task Server_ThatIsDown_IsA502ThatSaysWhose(string option, string whose)
    {
        await using var host = await StartAsync(($"Farm:Frontend:{option}", Unused()));

        var answer = await host.Client.GetAsync("/mypack/run");
        var error = JsonElement.Parse(await answer.Content.ReadAsStringAsync()).GetProperty("error");

        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Equal("upstream_unreachable", error.GetProperty("type").GetString());
        Assert.Contains(whose, error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Contains($"Farm:Frontend:{option}", error.GetProperty("details").GetString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await host.Client.GetAsync("/api/queue")).StatusCode);
    }

    [Theory]
    [InlineData("/mypack/a%2Fb")]
    [InlineData("/mypack/a%252Fb?x=%2F%20+")]
    [InlineData("/mypack/%C3%BC%20b//c")]
    public async Task Path_PassedOn_IsAsItWasSent(string path)
    {
        await using var upstream = await UpstreamServer.StartAsync();
        await using var host = await StartAsync(("Farm:Frontend:ComfyServer", upstream.Address));

        Assert.Equal($"GET {path} {host.Address.Authority} ", await GetAsSentAsync(host, path));
    }

    [Theory]
    [InlineData("/mypack/../prompt")]
    [InlineData("/mypack/%2e%2e/prompt")]
    [InlineData("/mypack/..%2fprompt")]
    [InlineData("/mypack/..%5cprompt")]
    public async Task Path_ThatGoesUp_IsNotPassedOn(string path)
    {
        await using var upstream = await UpstreamServer.StartAsync();
        await using var host = await StartAsync(("Farm:Frontend:ComfyServer", upstream.Address));

        Assert.Contains("not_found", await GetAsSentAsync(host, path), StringComparison.Ordinal);
    }

    private static Task<SecureHost> StartAsync(params (string Key, string Value)[] options) => SecureHost.StartOpenAsync(FakeFarm.Create(), null, options);

    private static async Task<string> GetAsSentAsync(SecureHost host, string path)
    {
        var address = new Uri($"http://{host.Address.Authority}{path}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using var answer = await host.Client.GetAsync(address);
        return await answer.Content.ReadAsStringAsync();
    }

    /// <summary>An address at which nobody listens: the port was free a moment ago.</summary>
    private static string Unused()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return $"http://{socket.LocalEndPoint}";
    }
}
