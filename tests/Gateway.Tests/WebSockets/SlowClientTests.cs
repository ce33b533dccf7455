using System.Net.WebSockets;
using System.Text;
using Farm.Contracts.Sessions;
using Farm.Gateway.WebSockets;
using Xunit;

namespace Farm.Gateway.Tests.WebSockets;

/// <summary>A socket whose other end does not read.</summary>
public sealed class SlowClientTests
{
    [Fact]
    public async Task SlowClient_PastTheLimit_IsClosedWith1008AndHoldsUpNobody()
    {
        using var socket = new HeldSocket();
        using var other = new HeldSocket();
        other.Read.SetResult();
        var slow = new ClientConnection("default", "slow", socket, new OutgoingQueue(maxBytes: 1 << 20, maxMessages: 16));
        var quick = new ClientConnection("default", "quick", other, new OutgoingQueue(maxBytes: 1 << 20, maxMessages: 1000));
        var gateway = new ConnectionRegistry();
        foreach (var connection in new[] { slow, quick })
        {
            gateway.Add(connection);
            connection.Open([], []);
        }
        var sending = slow.SendAsync(TestContext.Current.CancellationToken);
        var sendingOther = quick.SendAsync(TestContext.Current.CancellationToken);

        for (var i = 0; i < 100; i++)
            await gateway.BroadcastAsync("default", [new ClientEvent(0, null, new QueueStatus(i))]);
        quick.Leave();
        await sendingOther;

        Assert.Equal(100, other.Received.Count);
        Assert.All(other.Received.Index(), sent => Assert.Contains($"\"queue_remaining\":{sent.Index}}}", sent.Item, StringComparison.Ordinal));
        Assert.True(slow.Cut.IsCancellationRequested);
        socket.Read.SetResult();
        await sending;
        Assert.Equal((WebSocketCloseStatus.PolicyViolation, "the client reads too slowly"), (socket.CloseStatus, socket.CloseStatusDescription));
    }

    /// <summary>Takes nothing until its other end reads.</summary>
    private sealed class HeldSocket : WebSocket
    {
        private WebSocketCloseStatus? _status;
        private string? _description;

        public TaskCompletionSource Read { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override WebSocketCloseStatus? CloseStatus => _status;

        public override string? CloseStatusDescription => _description;

        public override WebSocketState State => WebSocketState.Open;

        public override string? SubProtocol => null;

        public List<string> Received { get; } = [];

        public override async Task SendAsync(ArraySegment<byte> buffer, WebSocketMessageType messageType, bool endOfMessage, CancellationToken cancellationToken)
        {
            await Read.Task;
            Received.Add(Encoding.UTF8.GetString(buffer));
        }

        public override Task CloseOutputAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken)
        {
            (_status, _description) = (closeStatus, statusDescription);
            return Task.CompletedTask;
        }

        public override Task CloseAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken) =>
            CloseOutputAsync(closeStatus, statusDescription, cancellationToken);

        public override Task<WebSocketReceiveResult> ReceiveAsync(ArraySegment<byte> buffer, CancellationToken cancellationToken) =>
            new TaskCompletionSource<WebSocketReceiveResult>().Task;

        public override void Abort() => Read.TrySetCanceled();

        public override void Dispose() => Abort();
    }
}
