using System.Diagnostics.CodeAnalysis;

namespace Farm.Gateway.WebSockets;

/// <summary>
/// What waits to be sent over one socket, in order. A preview that still waits is replaced by a newer one of the same node. The queue
/// never blocks who fills it: past its limits it forgets what waits and ends for good.
/// </summary>
internal sealed class OutgoingQueue(long maxBytes, int maxMessages)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<SocketMessage> _waiting = [];
    private readonly Dictionary<string, LinkedListNode<SocketMessage>> _previews = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _available = new(0);
    private long _bytes;
    private bool _overflown;
    private bool _ended;

    /// <summary>Adds a message; false when the client has fallen too far behind.</summary>
    public bool TryAdd(SocketMessage message)
    {
        lock (_lock)
        {
            if (_ended)
                return !_overflown;
            if (message.PreviewOf is { } node && _previews.TryGetValue(node, out var older))
            {
                _bytes += message.Payload.Length - older.Value.Payload.Length;
                // In its place: what is sent next has a higher number than what was sent before.
                older.Value = message with { Sequence = older.Value.Sequence };
                return true;
            }
            if (_bytes + message.Payload.Length > maxBytes || _waiting.Count >= maxMessages)
            {
                Overflow();
                return false;
            }
            _bytes += message.Payload.Length;
            var place = _waiting.AddLast(message);
            if (message.PreviewOf is { } preview)
                _previews[preview] = place;
        }
        _available.Release();
        return true;
    }

    /// <summary>Whether the client has fallen too far behind.</summary>
    public bool HasOverflown
    {
        get
        {
            lock (_lock)
                return _overflown;
        }
    }

    /// <summary>Whether nothing is added any more.</summary>
    public bool HasEnded
    {
        get
        {
            lock (_lock)
                return _ended;
        }
    }

    /// <summary>Drops what waits.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _waiting.Clear();
            _previews.Clear();
            _bytes = 0;
        }
    }

    /// <summary>Takes no more from now on; what waits may still be taken.</summary>
    public void End()
    {
        lock (_lock)
            _ended = true;
        _available.Release();
    }

    /// <summary>Waits until there is something to send, or it has ended.</summary>
    public Task WaitAsync(CancellationToken cancel) => _available.WaitAsync(cancel);

    /// <summary>Takes the oldest message.</summary>
    public bool TryTake([NotNullWhen(true)] out SocketMessage? message)
    {
        lock (_lock)
        {
            message = _waiting.First?.Value;
            if (message is null)
                return false;
            _waiting.RemoveFirst();
            _bytes -= message.Payload.Length;
            if (message.PreviewOf is { } node)
                _previews.Remove(node);
            return true;
        }
    }

    private void Overflow()
    {
        _overflown = _ended = true;
        _waiting.Clear();
        _previews.Clear();
        _bytes = 0;
        _available.Release();
    }
}
