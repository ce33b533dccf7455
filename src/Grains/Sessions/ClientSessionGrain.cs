using System.Collections.Immutable;
using Farm.Contracts.Prompts;
using Farm.Contracts.Sessions;
using Farm.Grains.History;
using Microsoft.Extensions.Options;

namespace Farm.Grains.Sessions;

/// <summary>
/// The events of one client: logged, then handed to the gateway that has its socket. The log is in memory: what it held of a client that
/// had no socket just when the log's silo died is told from history, as far as it matters, which is how its prompts ended.
/// </summary>
internal sealed class ClientSessionGrain(
    IHistoryStore history, TimeProvider clock, IOptions<SessionOptions> options, SessionInstruments instruments, ILogger<ClientSessionGrain> logger)
    : Grain, IClientSessionGrain
{
    private readonly SessionLog _log = new(clock.GetUtcNow(), options.Value.LogEvents, options.Value.LogImageBytes);
    private (IGatewayObserver Gateway, string ConnectionId)? _socket;
    private string? _currentNode;

    /// <summary>The last event that a socket of the client was surely sent.</summary>
    private long _sent;

    /// <summary>When the last socket was lost; null before the first.</summary>
    private DateTimeOffset? _lostAt;

    private readonly HashSet<string> _seenToStart = new(StringComparer.Ordinal);
    private bool _wasAttached, _recalled;

    /// <inheritdoc/>
    public async Task<SessionState> AttachAsync(IGatewayObserver gateway, string connectionId, long? afterSequence)
    {
        if (!_wasAttached && afterSequence is { } known) _log.StartAfter(known);
        if (!_recalled) await RecallAsync();
        _wasAttached = true;
        var before = _socket;
        _socket = (gateway, connectionId);
        if (before is { } other && other.ConnectionId != connectionId)
            await TellAsync(other.Gateway.ReleaseAsync(other.ConnectionId), other.ConnectionId);
        var missed = _log.After(afterSequence ?? (before is null ? ResumePoint() : _sent));
        Sent(missed.IsEmpty ? _log.Last : missed[0].Sequence - 1);
        return new SessionState(_currentNode, missed);
    }

    /// <inheritdoc/>
    public Task DetachAsync(string connectionId, long sent)
    {
        if (!_wasAttached && sent > 0)
        {
            // The session was on another silo, which died, when the socket was attached.
            _log.StartAfter(sent);
            (_wasAttached, _socket) = (true, null);
        }
        else if (_socket?.ConnectionId != connectionId)
        {
            return Task.CompletedTask;
        }
        Lose();
        Sent(sent);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task PublishAsync(string promptId, ImmutableArray<RunEvent> events)
    {
        Watch(promptId, events);
        var droppedBefore = _log.Dropped;
        var numbered = _log.Append(promptId, events);
        instruments.Logged(events.Length, _log.Dropped - droppedBefore);
        if (_socket is not { } socket) return;
        if (!await TellAsync(socket.Gateway.DeliverAsync(socket.ConnectionId, numbered), socket.ConnectionId) && _socket == socket)
            Lose();
    }

    /// <summary>
    /// Notes the node that runs. Events of a run whose start was not seen here tell that the session was on another silo, which died, and its
    /// socket may come back at another gateway: it is to find them.
    /// </summary>
    private void Watch(string promptId, ImmutableArray<RunEvent> events)
    {
        if (events.Any(e => e is ExecutionStart)) _seenToStart.Add(promptId);
        if (!_wasAttached && _lostAt is null && !_seenToStart.Contains(promptId))
        {
            Lose();
            Sent(_log.Last);
        }
        foreach (var executing in events.OfType<NodeExecuting>())
        {
            _currentNode = executing.DisplayNode;
            if (executing.Node is null) _seenToStart.Remove(promptId);
        }
    }

    /// <summary>A session that meets a client's socket for the first time does not know whether there was another one before it, on a silo that died.</summary>
    private async Task RecallAsync()
    {
        _recalled = true;
        var (tenant, client) = IClientSessionGrain.OfKey(this.GetPrimaryKeyString());
        ImmutableArray<ClosingEvent> ends;
        try
        {
            ends = await history.EndsAsync(tenant, client, clock.GetUtcNow() - options.Value.ResumeWindow, options.Value.LogEvents / 2);
        }
        catch (Exception error)
        {
            // The socket must not wait for the store; history has them all the same.
            SessionLogMessages.NotRecalled(logger, error);
            return;
        }
        var known = _log.After(0).Where(logged => logged.Event is NodeExecuting { Node: null }).Select(logged => logged.PromptId!).ToHashSet(StringComparer.Ordinal);
        foreach (var end in ends.Where(end => !known.Contains(end.PromptId)))
        {
            if (_lostAt is null)
            {
                Lose();
                Sent(_log.Last);
            }
            _log.Append(end.PromptId, [end.Event, new NodeExecuting(null, null)]);
        }
    }

    /// <summary>Where a client that says nothing of itself goes on: after what it was sent, unless it was away for too long.</summary>
    private long? ResumePoint() => clock.GetUtcNow() - _lostAt <= options.Value.ResumeWindow ? _sent : null;

    private void Sent(long sequence) => _sent = Math.Max(_sent, sequence);

    private void Lose() => (_socket, _lostAt) = (null, clock.GetUtcNow());

    /// <summary>False when the gateway did not take it in time: it is gone, and the log waits for the socket's return.</summary>
    private async Task<bool> TellAsync(Task<long> delivery, string connectionId)
    {
        try
        {
            Sent(await delivery.WaitAsync(options.Value.DeliveryTimeout, clock));
            return true;
        }
        catch (Exception error) when (error is OrleansException or TimeoutException or ObjectDisposedException)
        {
            instruments.DeliveryFailed();
            SessionLogMessages.GatewayGone(logger, error, connectionId);
            return false;
        }
    }
}
