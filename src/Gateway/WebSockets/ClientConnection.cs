using System.Collections.Immutable;
using System.Net.WebSockets;
using Farm.Contracts.Prompts;
using Farm.Contracts.Sessions;
using Farm.Gateway.Security;

namespace Farm.Gateway.WebSockets;

/// <summary>One socket of one client: its queue, what it can take, and where it stands in its session.</summary>
internal sealed class ClientConnection(string tenant, string clientId, WebSocket socket, OutgoingQueue queue, Caller? caller = null)
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _cut = new();
    private readonly CancellationTokenSource _signedOut = new();
    private readonly EndedPrompts _ended = new();
    private List<ClientEvent>? _held = [];
    private bool _released;
    private long _lastSequence;
    private long _sent;

    /// <summary>Names this socket among all sockets of all gateways.</summary>
    public string Id { get; } = Guid.NewGuid().ToString("N");

    /// <summary>Whose socket it is.</summary>
    public string Tenant { get; } = tenant;

    /// <summary>Who opened it; null where nobody signs in.</summary>
    public Caller? Caller { get; } = caller;

    /// <summary>The session it belongs to.</summary>
    public string ClientId { get; } = clientId;

    /// <summary>Whether the client takes previews with metadata; it says so in its first message.</summary>
    public bool TakesPreviewMetadata { get; set; }

    /// <summary>Whether the client wants to know when its runs should end: the farm's own message <c>farm_forecast</c>.</summary>
    public bool TakesForecasts { get; set; }

    /// <summary>Whether the client wants the lines of this gateway's log.</summary>
    public bool WantsLogs { get; set; }

    /// <summary>The last numbered event that was queued; null before the first.</summary>
    public long? LastSequence => _lastSequence > 0 ? _lastSequence : null;

    /// <summary>The last numbered event that was sent; 0 before the first.</summary>
    public long Sent => Volatile.Read(ref _sent);

    /// <summary>Set when the client could not keep up.</summary>
    public CancellationToken Cut => _cut.Token;

    /// <summary>Set when the client's key or session is no longer good.</summary>
    public CancellationToken SignedOut => _signedOut.Token;

    /// <summary>Queues events; before <see cref="Open"/> they are held back.</summary>
    public void Deliver(ImmutableArray<ClientEvent> events)
    {
        lock (_lock)
        {
            if (_released)
                return;
            if (_held is not null)
                _held.AddRange(events);
            else
                Queue(events);
        }
    }

    /// <summary>Queues what the client is told first, then the events it missed, then what came meanwhile.</summary>
    public void Open(IEnumerable<SocketMessage> first, ImmutableArray<ClientEvent> missed)
    {
        lock (_lock)
        {
            foreach (var message in first)
                Add(message);
            Queue([.. missed, .. _held ?? []]);
            _held = null;
        }
    }

    /// <summary>Queues a message that is no event.</summary>
    public void Add(SocketMessage message)
    {
        if (!queue.TryAdd(message))
            _cut.Cancel();
    }

    /// <summary>Another socket has taken the session over: this one stays open and hears nothing more, as in ComfyUI.</summary>
    public void Release()
    {
        lock (_lock)
            _released = true;
    }

    /// <summary>Nothing new is queued: this gateway stops, and another one goes on with the session.</summary>
    public void Leave() => queue.End();

    /// <summary>The client may hear nothing more: what waits is dropped.</summary>
    public void SignOut()
    {
        Release();
        queue.Clear();
        _signedOut.Cancel();
        queue.End();
    }

    /// <summary>Sends what is queued until the socket ends; closes it where the queue ends first, and says why.</summary>
    public async Task SendAsync(CancellationToken cancel)
    {
        while (true)
        {
            await queue.WaitAsync(cancel);
            if (queue.TryTake(out var message))
            {
                await socket.SendAsync(message.Payload, message.Type, endOfMessage: true, cancel);
                Volatile.Write(ref _sent, Math.Max(_sent, message.Sequence));
            }
            else if (queue.HasEnded)
            {
                var (status, reason) = (queue.HasOverflown, _signedOut.IsCancellationRequested) switch
                {
                    (_, true) => (WebSocketCloseStatus.PolicyViolation, "sign in again"),
                    (true, _) => (WebSocketCloseStatus.PolicyViolation, "the client reads too slowly"),
                    _ => (WebSocketCloseStatus.EndpointUnavailable, "the server stops"),
                };
                await socket.CloseOutputAsync(status, reason, cancel);
                return;
            }
        }
    }

    private void Queue(ImmutableArray<ClientEvent> events)
    {
        foreach (var (sequence, promptId, happened) in PreviewOrder.Arrange(events, TakesPreviewMetadata))
        {
            // A session that is attached anew repeats what it is not sure of.
            if (sequence > 0 && sequence <= _lastSequence)
                continue;
            _lastSequence = Math.Max(_lastSequence, sequence);
            if (_ended.IsRepeated(promptId, happened))
                continue;
            if (happened is RunForecast && !TakesForecasts)
                continue;
            if (SocketMessage.Of(happened, promptId, TakesPreviewMetadata) is { } message)
                Add(message with { Sequence = sequence });
        }
    }
}

/// <summary>A preview with metadata goes out before the progress it belongs to, a plain one after it.</summary>
internal static class PreviewOrder
{
    /// <summary>The events with neighbours of the same node swapped where the client's kind of preview asks for it.</summary>
    public static ImmutableArray<ClientEvent> Arrange(ImmutableArray<ClientEvent> events, bool withMetadata)
    {
        var ordered = events.ToArray();
        for (var i = 0; i + 1 < ordered.Length; i++)
        {
            var swap = withMetadata
                ? ordered[i].Event is NodeStepped step && ordered[i + 1].Event is ImagePreview image && image.Node.NodeId == step.Node
                : ordered[i].Event is ImagePreview early && ordered[i + 1].Event is NodeStepped late && early.Node.NodeId == late.Node;
            if (!swap)
                continue;
            (ordered[i], ordered[i + 1]) = (ordered[i + 1] with { Sequence = ordered[i].Sequence }, ordered[i] with { Sequence = ordered[i + 1].Sequence });
            i++;
        }
        return [.. ordered];
    }
}
