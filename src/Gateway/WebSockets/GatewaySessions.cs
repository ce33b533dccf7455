using Farm.Contracts.Sessions;

namespace Farm.Gateway.WebSockets;

/// <summary>
/// Keeps this gateway known to the farm: subscribes to the channel of every tenant that has sockets here and attaches their sessions,
/// again and again, so that a silo that died is no loss.
/// </summary>
internal sealed partial class GatewaySessions(
    IGrainFactory grains, ConnectionRegistry registry, TimeProvider time, ILogger<GatewaySessions> logger) : BackgroundService
{
    private readonly Lazy<IGatewayObserver> _reference = new(() => grains.CreateObjectReference<IGatewayObserver>(registry));

    /// <summary>Puts a socket among those that hear of their tenant and client.</summary>
    public async Task<SessionState> AttachAsync(ClientConnection connection)
    {
        await grains.GetGrain<ITenantChannelGrain>(connection.Tenant).SubscribeAsync(_reference.Value);
        return await SessionOf(connection).AttachAsync(_reference.Value, connection.Id, connection.LastSequence);
    }

    /// <summary>A socket is gone.</summary>
    public async Task DetachAsync(ClientConnection connection)
    {
        registry.Remove(connection);
        try
        {
            await SessionOf(connection).DetachAsync(connection.Id, connection.Sent);
        }
        catch (Exception failure) when (failure is Orleans.Runtime.OrleansException or TimeoutException)
        {
            // The attachment dies by itself when it is not repeated.
            NotDetached(logger, connection.Id, failure);
        }
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(ITenantChannelGrain.SubscriptionLife / 3, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            foreach (var connection in registry.All)
                await RenewAsync(connection);
        }
    }

    private async Task RenewAsync(ClientConnection connection)
    {
        try
        {
            var state = await AttachAsync(connection);
            connection.Deliver(state.Missed);
        }
        catch (Exception failure) when (failure is Orleans.Runtime.OrleansException or TimeoutException)
        {
            NotRenewed(logger, connection.Id, failure);
        }
    }

    private IClientSessionGrain SessionOf(ClientConnection connection) =>
        grains.GetGrain<IClientSessionGrain>(IClientSessionGrain.KeyOf(connection.Tenant, connection.ClientId));

    [LoggerMessage(Level = LogLevel.Warning, Message = "Socket {Connection} could not be attached again; the next round tries anew")]
    private static partial void NotRenewed(ILogger logger, string connection, Exception failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Socket {Connection} could not be detached")]
    private static partial void NotDetached(ILogger logger, string connection, Exception failure);
}
