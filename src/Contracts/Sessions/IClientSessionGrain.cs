using System.Collections.Immutable;
using Farm.Contracts.Prompts;

namespace Farm.Contracts.Sessions;

/// <summary>
/// What one <c>client_id</c> of a tenant is told. Keeps a bounded, numbered log of the events of runs in progress, so that any
/// gateway replica can take the client's socket over without losing one. The key is <see cref="KeyOf"/>.
/// </summary>
[Alias("farm.IClientSessionGrain")]
public interface IClientSessionGrain : IGrainWithStringKey
{
    /// <summary>The key of a client's session.</summary>
    static string KeyOf(string tenant, string clientId) => $"{tenant}/{clientId}";

    /// <summary>The tenant and client of a key; no tenant's name has a slash.</summary>
    static (string Tenant, string ClientId) OfKey(string key) => key.IndexOf('/', StringComparison.Ordinal) is var end ? (key[..end], key[(end + 1)..]) : default;

    /// <summary>
    /// A gateway has the client's socket; one that another gateway or socket held is let go. The answer tells the node that
    /// runs now, if any, and the events after <paramref name="afterSequence"/> that are still in the log. Without a number they are
    /// those that the client's last socket was not sent, if it was lost a short while ago.
    /// </summary>
    [Alias("Attach"), Idempotent, ResponseTimeout(IdempotentAttribute.Patience)]
    Task<SessionState> AttachAsync(IGatewayObserver gateway, string connectionId, long? afterSequence);

    /// <summary>The socket is gone; it was sent the events up to <paramref name="sent"/>. Ignored when another one has taken its place.</summary>
    [Alias("Detach"), Idempotent, ResponseTimeout(IdempotentAttribute.Patience)]
    Task DetachAsync(string connectionId, long sent);

    /// <summary>Events of a run, in order. Returns when the attached gateway has queued them for the socket.</summary>
    [Alias("Publish")]
    Task PublishAsync(string promptId, ImmutableArray<RunEvent> events);
}

/// <summary>Where a session stands when a socket attaches.</summary>
/// <param name="CurrentNode">Display id of the node that runs for this client, or null.</param>
/// <param name="Missed">Events that the client has not been sent, in order.</param>
[GenerateSerializer, Immutable, Alias("farm.SessionState")]
public sealed record SessionState(string? CurrentNode, ImmutableArray<ClientEvent> Missed);

/// <summary>A numbered event for a client.</summary>
/// <param name="Sequence">Grows by one an event in a session; 0 for broadcasts.</param>
/// <param name="PromptId">The prompt it belongs to; null for a broadcast that belongs to none.</param>
/// <param name="Event">What happened.</param>
[GenerateSerializer, Immutable, Alias("farm.ClientEvent")]
public sealed record ClientEvent(long Sequence, string? PromptId, RunEvent Event);

/// <summary>The count of a tenant's queue changed: ComfyUI's <c>status</c> message.</summary>
/// <param name="QueueRemaining">Running and waiting prompts.</param>
[GenerateSerializer, Immutable, Alias("farm.QueueStatus")]
public sealed record QueueStatus(int QueueRemaining) : RunEvent;

/// <summary>A client wants the log of the gateway that has its socket, or no longer. Gateways act on it; sockets are not told.</summary>
/// <param name="ClientId">The client.</param>
/// <param name="Enabled">Whether it wants the log.</param>
[GenerateSerializer, Immutable, Alias("farm.LogSubscription")]
public sealed record LogSubscription(string ClientId, bool Enabled) : RunEvent;
