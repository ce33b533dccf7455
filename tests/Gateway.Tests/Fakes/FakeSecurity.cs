using System.Collections.Concurrent;
using System.Collections.Immutable;
using Farm.Contracts.Security;

namespace Farm.Gateway.Tests.Fakes;

/// <summary>Keys, key ring and audit in memory; gateways that share it are replicas.</summary>
internal sealed class FakeSecurity : IKeysGrain, IKeyRingGrain, IAuditGrain
{
    private readonly ConcurrentDictionary<string, string> _ring = new(StringComparer.Ordinal);

    public ConcurrentDictionary<string, ApiKey> Keys { get; } = new(StringComparer.Ordinal);

    public ConcurrentDictionary<Guid, AuditEntry> Audit { get; } = new();

    /// <summary>How often a key was asked for.</summary>
    public int Asked { get; private set; }

    public Exception? Failure { get; set; }

    public Task<bool> AddAsync(ApiKey key) => Task.FromResult(Keys.TryAdd(key.Id, key));

    public Task<ApiKey?> FindAsync(string id)
    {
        Asked++;
        return Failure is null ? Task.FromResult(Keys.GetValueOrDefault(id)) : Task.FromException<ApiKey?>(Failure);
    }

    public Task<ApiKeyPage> ListAsync(int offset, int limit) => Task.FromResult(new ApiKeyPage([.. Keys.Values.Skip(offset).Take(limit)], Keys.Count));

    public Task<bool> RevokeAsync(string id)
    {
        if (!Keys.TryGetValue(id, out var key)) return Task.FromResult(false);
        Keys[id] = key with { RevokedAt = DateTimeOffset.UnixEpoch };
        return Task.FromResult(true);
    }

    Task<ImmutableArray<string>> IKeyRingGrain.ListAsync() => Task.FromResult<ImmutableArray<string>>([.. _ring.Values]);

    Task IKeyRingGrain.AddAsync(string name, string xml)
    {
        _ring.TryAdd(name, xml);
        return Task.CompletedTask;
    }

    Task IAuditGrain.BeginAsync(AuditEntry entry)
    {
        if (Failure is not null) return Task.FromException(Failure);
        Audit.TryAdd(entry.Id, entry);
        return Task.CompletedTask;
    }

    Task IAuditGrain.EndAsync(Guid id, int status, string? target)
    {
        Audit[id] = Audit[id] with { Status = status, Target = target ?? Audit[id].Target };
        return Task.CompletedTask;
    }

    Task<AuditPage> IAuditGrain.ListAsync(AuditQuery query) => Task.FromResult(new AuditPage([.. Audit.Values.OrderByDescending(a => a.At)], Audit.Count));
}
