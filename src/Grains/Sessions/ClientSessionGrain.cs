using System.Collections.Immutable;
using Farm.Contracts.Prompts;
using Farm.Contracts.Sessions;
using Microsoft.Extensions.Options;

namespace Farm.Grains.Sessions;

/// <summary>The events of one client: logged, then handed to the gateway that has its socket.</summary>
internal sealed class ClientSessionGrain(TimeProvider clock, IOptions<SessionOptions> options, ILogger<ClientSessionGrain> logger)
    : Grain, IClientSessionGrain
{
    private readonly SessionLog _log = new(clock.GetUtcNow(), options.Value.LogEvents, options.Value.LogImageBytes);
    private (IGatewayObserver Gateway, string ConnectionId)? _socket;
    private string? _currentNode;

    /// <inheritdoc/>
    public async Task<SessionState> AttachAsync(IGatewayObserver gateway, string connectionId, long? afterSequence)
    {
        var before = _socket;
        _socket = (gateway, connectionId);
        if (before is { } other && other.ConnectionId != connectionId)
            await TellAsync(other.Gateway.ReleaseAsync(other.ConnectionId), other.ConnectionId);
        return new SessionState(_currentNode, _log.After(afterSequence));
    }

    /// <inheritdoc/>
    public Task DetachAsync(string connectionId)
    {
        if (_socket?.ConnectionId == connectionId) _socket = null;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task PublishAsync(string promptId, ImmutableArray<RunEvent> events)
    {
        foreach (var happened in events)
        {
            if (happened is NodeExecuting executing) _currentNode = executing.DisplayNode;
        }
        var numbered = _log.Append(promptId, events);
        if (_socket is not { } socket) return;
        if (!await TellAsync(socket.Gateway.DeliverAsync(socket.ConnectionId, numbered), socket.ConnectionId) && _socket == socket)
            _socket = null;
    }

    /// <summary>False when the gateway did not take it in time: it is gone, and the log waits for the socket's return.</summary>
    private async Task<bool> TellAsync(Task delivery, string connectionId)
    {
        try
        {
            await delivery.WaitAsync(options.Value.DeliveryTimeout, clock);
            return true;
        }
        catch (Exception error) when (error is OrleansException or TimeoutException or ObjectDisposedException)
        {
            SessionLogMessages.GatewayGone(logger, error, connectionId);
            return false;
        }
    }
}
