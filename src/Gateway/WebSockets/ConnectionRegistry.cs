using System.Collections.Concurrent;
using System.Collections.Immutable;
using Farm.Contracts.Sessions;

namespace Farm.Gateway.WebSockets;

/// <summary>The sockets of this gateway. It is what the farm's sessions call.</summary>
internal sealed class ConnectionRegistry : IGatewayObserver
{
    private readonly ConcurrentDictionary<string, ClientConnection> _byId = new(StringComparer.Ordinal);

    /// <summary>All sockets.</summary>
    public IReadOnlyCollection<ClientConnection> All => [.. _byId.Values];

    /// <summary>Adds a socket. One of the same client hears nothing more.</summary>
    public void Add(ClientConnection connection)
    {
        foreach (var older in _byId.Values.Where(c => c.Tenant == connection.Tenant && c.ClientId == connection.ClientId))
            Release(older);
        _byId[connection.Id] = connection;
    }

    /// <summary>Removes a socket.</summary>
    public void Remove(ClientConnection connection) => _byId.TryRemove(connection.Id, out _);

    /// <inheritdoc />
    public Task<long> DeliverAsync(string connectionId, ImmutableArray<ClientEvent> events)
    {
        if (!_byId.TryGetValue(connectionId, out var connection))
            return Task.FromResult(0L);
        connection.Deliver(events);
        return Task.FromResult(connection.Sent);
    }

    /// <inheritdoc />
    public Task BroadcastAsync(string tenant, ImmutableArray<ClientEvent> events)
    {
        foreach (var connection in _byId.Values.Where(c => c.Tenant == tenant))
        {
            // A wish about a socket is for the gateway that has it, not for the client.
            foreach (var wish in events.Select(e => e.Event).OfType<LogSubscription>().Where(w => w.ClientId == connection.ClientId))
                connection.WantsLogs = wish.Enabled;
            connection.Deliver(events);
        }
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public Task<long> ReleaseAsync(string connectionId)
    {
        if (!_byId.TryGetValue(connectionId, out var connection))
            return Task.FromResult(0L);
        Release(connection);
        return Task.FromResult(connection.Sent);
    }

    private void Release(ClientConnection connection)
    {
        connection.Release();
        _byId.TryRemove(connection.Id, out _);
    }
}
