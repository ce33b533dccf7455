using System.Collections.Immutable;

namespace Farm.Contracts.Security;

/// <summary>What operators did. There is one, <see cref="Key"/>; any number of it answer at once.</summary>
[Alias("farm.IAuditGrain")]
public interface IAuditGrain : IGrainWithStringKey
{
    /// <summary>The one key of this grain.</summary>
    const string Key = "audit";

    /// <summary>Writes down that an action begins: it is done only when this was durable. The same id again changes nothing.</summary>
    [Alias("Begin"), Idempotent, ResponseTimeout(IdempotentAttribute.Patience)]
    Task BeginAsync(AuditEntry entry);

    /// <summary>Writes down how it ended, and what it was done to where that is only known then.</summary>
    [Alias("End"), Idempotent, ResponseTimeout(IdempotentAttribute.Patience)]
    Task EndAsync(Guid id, int status, string? target);

    /// <summary>A page of actions, the newest first.</summary>
    [Alias("List")]
    Task<AuditPage> ListAsync(AuditQuery query);
}

/// <summary>An operator's action. It holds no secrets and nothing of the request's body.</summary>
[GenerateSerializer, Immutable, Alias("farm.AuditEntry")]
public sealed record AuditEntry
{
    /// <summary>Names it.</summary>
    [Id(0)]
    public required Guid Id { get; init; }

    /// <summary>When it began.</summary>
    [Id(1)]
    public required DateTimeOffset At { get; init; }

    /// <summary>Who: <c>key:ID</c>, <c>oidc:SUBJECT</c>, or <c>open</c> where nobody signs in.</summary>
    [Id(2)]
    public required string Actor { get; init; }

    /// <summary>The actor's tenant.</summary>
    [Id(3)]
    public required string Tenant { get; init; }

    /// <summary>What: method and route, such as <c>POST /farm/api/workers/{id}/bring-back</c>.</summary>
    [Id(4)]
    public required string Action { get; init; }

    /// <summary>To what.</summary>
    [Id(5)]
    public required string Target { get; init; }

    /// <summary>The HTTP status of the answer; null while it runs, and where its gateway died over it.</summary>
    [Id(6)]
    public int? Status { get; init; }

    /// <summary>The address it came from.</summary>
    [Id(7)]
    public required string Address { get; init; }

    /// <summary>The request's trace id, which its log lines carry too.</summary>
    [Id(8)]
    public required string TraceId { get; init; }
}

/// <summary>Which actions are wanted.</summary>
/// <param name="Actor">Only this one's; null for all.</param>
/// <param name="From">Not before; null for any time.</param>
/// <param name="To">Before; null for any time.</param>
/// <param name="Offset">How many to skip.</param>
/// <param name="Limit">How many to tell at the most.</param>
[GenerateSerializer, Immutable, Alias("farm.AuditQuery")]
public sealed record AuditQuery(string? Actor, DateTimeOffset? From, DateTimeOffset? To, int Offset, int Limit);

/// <summary>A page of actions.</summary>
/// <param name="Entries">The actions.</param>
/// <param name="Total">How many fit the query.</param>
[GenerateSerializer, Immutable, Alias("farm.AuditPage")]
public sealed record AuditPage(ImmutableArray<AuditEntry> Entries, int Total);
