using System.Collections.Immutable;

namespace Farm.Contracts.Sessions;

/// <summary>What all sockets of a tenant are told: queue counts, and the events of prompts without a client. The key is the tenant.</summary>
[Alias("farm.ITenantChannelGrain")]
public interface ITenantChannelGrain : IGrainWithStringKey
{
    /// <summary>
    /// A gateway with sockets of the tenant listens; repeated at intervals below <see cref="SubscriptionLife"/>. One that has no socket left
    /// lets the subscription run out: taking it back could overtake the next socket's subscription.
    /// </summary>
    [Alias("Subscribe"), Idempotent, ResponseTimeout(IdempotentAttribute.Patience)]
    Task SubscribeAsync(IGatewayObserver gateway);

    /// <summary>Tells every listening gateway; returns when they have queued it.</summary>
    [Alias("Broadcast")]
    Task BroadcastAsync(ImmutableArray<ClientEvent> events);

    /// <summary>How long a subscription lives without being repeated.</summary>
    static TimeSpan SubscriptionLife => TimeSpan.FromMinutes(2);
}

/// <summary>A gateway replica, as the sessions see it.</summary>
[Alias("farm.IGatewayObserver")]
public interface IGatewayObserver : IGrainObserver
{
    /// <summary>
    /// Events for one socket. Queues them and returns; a slow socket holds up nobody. The answer is the number of the last event that
    /// was sent over the socket so far, 0 before the first.
    /// </summary>
    [Alias("Deliver")]
    Task<long> DeliverAsync(string connectionId, ImmutableArray<ClientEvent> events);

    /// <summary>Events for every socket of a tenant.</summary>
    [Alias("Broadcast")]
    Task BroadcastAsync(string tenant, ImmutableArray<ClientEvent> events);

    /// <summary>Another socket took the client's session over; this one gets nothing more. The answer is that of a delivery.</summary>
    [Alias("Release")]
    Task<long> ReleaseAsync(string connectionId);
}
