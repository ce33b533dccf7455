using Farm.Contracts.Sessions;
using Microsoft.Extensions.Options;

namespace Farm.Gateway.WebSockets;

/// <summary>
/// Keeps this gateway known to the farm: subscribes to the channel of every tenant that has sockets here and attaches their sessions,
/// again and again, so that a silo that died is no loss.
/// </summary>
internal sealed partial class GatewaySessions(
    IGrainFactory grains, ConnectionRegistry registry, TimeProvider time, IOptions<GatewayOptions> options, ILogger<GatewaySessions> logger) : BackgroundService
{
    /// <summary>Sockets attached anew at a time.</summary>
    private const int Parallelism = 16;

    private readonly Lazy<IGatewayObserver> _reference = new(() => grains.CreateObjectReference<IGatewayObserver>(registry));

    /// <summary>Puts a socket among those that hear of their tenant and client.</summary>
    public async Task<SessionState> AttachAsync(ClientConnection connection)
    {
        await grains.GetGrain<ITenantChannelGrain>(connection.Tenant).SubscribeAsync(_reference.Value);
        return await AttachToSessionAsync(connection);
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
        using var timer = new PeriodicTimer(options.Value.AttachInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var connections = registry.All;
            await Parallel.ForEachAsync(connections.Select(c => c.Tenant).Distinct(StringComparer.Ordinal), stoppingToken, async (tenant, _) =>
                await TryAsync(tenant, () => grains.GetGrain<ITenantChannelGrain>(tenant).SubscribeAsync(_reference.Value)));
            await Parallel.ForEachAsync(connections, new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = stoppingToken }, async (connection, _) =>
                await TryAsync(connection.Id, async () => connection.Deliver((await AttachToSessionAsync(connection)).Missed)));
        }
    }

    private Task<SessionState> AttachToSessionAsync(ClientConnection connection) =>
        SessionOf(connection).AttachAsync(_reference.Value, connection.Id, connection.LastSequence);

    private async Task TryAsync(string name, Func<Task> renew)
    {
        try
        {
            await renew();
        }
        catch (Exception failure) when (failure is Orleans.Runtime.OrleansException or TimeoutException)
        {
            NotRenewed(logger, name, failure);
        }
    }

    private IClientSessionGrain SessionOf(ClientConnection connection) =>
        grains.GetGrain<IClientSessionGrain>(IClientSessionGrain.KeyOf(connection.Tenant, connection.ClientId));

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Name} could not be attached again; the next round tries anew")]
    private static partial void NotRenewed(ILogger logger, string name, Exception failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Socket {Connection} could not be detached")]
    private static partial void NotDetached(ILogger logger, string connection, Exception failure);
}
