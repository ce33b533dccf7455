using System.Collections.Immutable;
using Farm.Contracts.Sessions;
using Microsoft.Extensions.Options;

namespace Farm.Grains.Sessions;

/// <summary>The gateways that have sockets of a tenant. A broadcast goes to all at once; those that do not take it are dropped.</summary>
internal sealed class TenantChannelGrain(TimeProvider clock, IOptions<SessionOptions> options, ILogger<TenantChannelGrain> logger)
    : Grain, ITenantChannelGrain
{
    private readonly Dictionary<IGatewayObserver, DateTimeOffset> _listeners = [];

    private string Tenant => this.GetPrimaryKeyString();

    /// <inheritdoc/>
    public Task SubscribeAsync(IGatewayObserver gateway)
    {
        _listeners[gateway] = clock.GetUtcNow() + ITenantChannelGrain.SubscriptionLife;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task BroadcastAsync(ImmutableArray<ClientEvent> events)
    {
        if (_listeners.Count == 0) return Task.CompletedTask;
        DropExpired();
        return Task.WhenAll(_listeners.Keys.Select(gateway => TellAsync(gateway, events)).ToArray());
    }

    private void DropExpired()
    {
        var now = clock.GetUtcNow();
        foreach (var (gateway, end) in _listeners)
        {
            if (end <= now) _listeners.Remove(gateway);
        }
    }

    private async Task TellAsync(IGatewayObserver gateway, ImmutableArray<ClientEvent> events)
    {
        try
        {
            await gateway.BroadcastAsync(Tenant, events).WaitAsync(options.Value.DeliveryTimeout, clock);
        }
        catch (Exception error) when (error is OrleansException or TimeoutException or ObjectDisposedException)
        {
            SessionLogMessages.ListenerGone(logger, error, Tenant);
            _listeners.Remove(gateway);
        }
    }
}
