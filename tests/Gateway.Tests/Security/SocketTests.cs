using System.Net;
using System.Net.WebSockets;
using System.Text;
using Farm.Contracts.Security;
using Farm.Gateway.Security.Keys;
using Farm.Gateway.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Farm.Gateway.Tests.Security;

/// <summary>Who may open a socket, and when it is closed.</summary>
public sealed class SocketTests
{
    [Fact]
    public async Task Socket_WithoutAKey_IsA401()
    {
        await using var host = await SecureHost.StartAsync();
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;

        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(new Uri($"ws://{host.Address.Authority}/ws"), CancellationToken.None));

        Assert.Equal(HttpStatusCode.Unauthorized, socket.HttpStatusCode);
    }

    [Fact]
    public async Task Socket_WithAKeyOrASession_Opens()
    {
        await using var host = await SecureHost.StartAsync();
        var cookie = await host.SignInAsync(SecureHost.Bootstrap);

        using var byKey = await host.ConnectAsync(("X-API-Key", host.AddKey(AccessScopes.Read)));
        using var bySession = await host.ConnectAsync(("Cookie", cookie), ("Origin", $"http://{host.Address.Authority}"));

        Assert.Contains("\"status\"", await ReadAsync(byKey), StringComparison.Ordinal);
        Assert.Contains("\"status\"", await ReadAsync(bySession), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Socket_WithASessionFromAForeignPage_IsA403()
    {
        await using var host = await SecureHost.StartAsync(("Farm:Gateway:CorsOrigin", "http://allowed.example"));
        var cookie = await host.SignInAsync(SecureHost.Bootstrap);
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.SetRequestHeader("Cookie", cookie);
        socket.Options.SetRequestHeader("Origin", "http://elsewhere.example");

        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(new Uri($"ws://{host.Address.Authority}/ws"), CancellationToken.None));

        Assert.Equal(HttpStatusCode.Forbidden, socket.HttpStatusCode);
    }

    [Theory]
    [InlineData("revoked")]
    [InlineData("expired")]
    [InlineData("session over")]
    public async Task Socket_WhoseKeyOrSessionEnds_IsClosedAtTheNextCheck(string how)
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddDays(20000));
        await using var host = await SecureHost.StartAsync(FakeFarm.Create(), clock, ("Farm:Security:SessionLife", "00:00:03"), ("Farm:Gateway:SocketPing", "1.00:00:00"));
        var key = host.AddKey(AccessScopes.Read, expiresAt: how == "expired" ? clock.GetUtcNow().AddSeconds(4) : null);
        using var socket = how == "session over"
            ? await host.ConnectAsync(("Cookie", await host.SignInAsync(key)), ("Origin", $"http://{host.Address.Authority}"))
            : await host.ConnectAsync(("X-API-Key", key));
        using var other = await host.ConnectAsync(("X-API-Key", host.AddKey(AccessScopes.Read)));
        await ReadAsync(socket);
        await ReadAsync(other);
        if (how == "revoked")
            await host.Farm.Security.RevokeAsync(KeySecret.IdOf(key)!);

        clock.Advance(TimeSpan.FromSeconds(5));

        var end = await socket.ReceiveAsync(new byte[4096], CancellationToken.None);
        Assert.Equal((WebSocketMessageType.Close, WebSocketCloseStatus.PolicyViolation, "sign in again"), (end.MessageType, end.CloseStatus, end.CloseStatusDescription));
        Assert.Equal(WebSocketState.Open, other.State);
    }

    private static async Task<string> ReadAsync(ClientWebSocket socket)
    {
        var buffer = new byte[4096];
        return Encoding.UTF8.GetString(buffer, 0, (await socket.ReceiveAsync(buffer, CancellationToken.None)).Count);
    }
}
