using System.Net.WebSockets;
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
        var connection = new ClientConnection("default", "slow", socket, new OutgoingQueue(maxBytes: 1 << 20, maxMessages: 16));
        connection.Open([], []);
        var sending = connection.SendAsync(TestContext.Current.CancellationToken);

        // Returns at once, though nothing leaves.
        connection.Deliver([.. Enumerable.Range(1, 100).Select(i => new ClientEvent(i, null, new QueueStatus(i)))]);

        Assert.True(connection.Cut.IsCancellationRequested);
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

        public override Task SendAsync(ArraySegment<byte> buffer, WebSocketMessageType messageType, bool endOfMessage, CancellationToken cancellationToken) => Read.Task;

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
