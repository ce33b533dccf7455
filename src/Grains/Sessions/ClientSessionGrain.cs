using System.Collections.Immutable;
using Farm.Contracts.Prompts;
using Farm.Contracts.Sessions;
using Farm.Grains.History;
using Microsoft.Extensions.Options;

namespace Farm.Grains.Sessions;

/// <summary>
/// The events of one client: logged, then handed to the gateway that has its socket. The log is in memory: what it held of a client that
/// had no socket just when the log's silo died is told from history, as far as it matters, which is how its prompts ended.
/// No session knows whether there was one before it, on a silo that died: until it meets a socket it counts as having lost one at its birth.
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

    /// <summary>When the last socket was lost.</summary>
    private DateTimeOffset _lostAt = clock.GetUtcNow();

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
        if (!_wasAttached)
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
        if (events.OfType<NodeExecuting>().LastOrDefault() is { } executing) _currentNode = executing.DisplayNode;
        var droppedBefore = _log.Dropped;
        var numbered = _log.Append(promptId, events);
        instruments.Logged(events.Length, _log.Dropped - droppedBefore);
        if (_socket is not { } socket) return;
        if (!await TellAsync(socket.Gateway.DeliverAsync(socket.ConnectionId, numbered), socket.ConnectionId) && _socket == socket)
            Lose();
    }

    /// <summary>Puts the ends that history has and the log has not into the log; tried again with the next socket while the store is away.</summary>
    private async Task RecallAsync()
    {
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
        _recalled = true;
        var known = _log.After(0).Where(logged => logged.Event is NodeExecuting { Node: null }).Select(logged => logged.PromptId!).ToHashSet(StringComparer.Ordinal);
        foreach (var end in ends.Where(end => !known.Contains(end.PromptId)))
            _log.Append(end.PromptId, [end.Event, new NodeExecuting(null, null)]);
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
