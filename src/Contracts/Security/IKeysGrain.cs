using System.Collections.Immutable;

namespace Farm.Contracts.Security;

/// <summary>The API keys of all tenants. There is one, <see cref="Key"/>; any number of it answer at once.</summary>
[Alias("farm.IKeysGrain")]
public interface IKeysGrain : IGrainWithStringKey
{
    /// <summary>The one key of this grain.</summary>
    const string Key = "keys";

    /// <summary>Stores a key. False, and nothing stored, when the id is taken or there are <c>Farm:Keys:MaxCount</c> keys that are not revoked.</summary>
    [Alias("Add")]
    Task<bool> AddAsync(ApiKey key);

    /// <summary>A key, revoked and expired ones too; null when there is none of that id. Being asked for counts as use.</summary>
    [Alias("Find"), Idempotent, ResponseTimeout(IdempotentAttribute.Patience)]
    Task<ApiKey?> FindAsync(string id);

    /// <summary>A page of keys, the newest first.</summary>
    [Alias("List")]
    Task<ApiKeyPage> ListAsync(int offset, int limit);

    /// <summary>Ends a key for good. False when there is none of that id; one that is revoked already stays as it is.</summary>
    [Alias("Revoke")]
    Task<bool> RevokeAsync(string id);
}

/// <summary>What a key or a session may do.</summary>
[Flags]
public enum AccessScopes
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>See what is the tenant's own.</summary>
    Read = 1,

    /// <summary>Submit prompts, and change what is the tenant's own.</summary>
    Submit = 2,

    /// <summary>Operate: the farm in the operators' tenant, in others what is the tenant's own.</summary>
    Operate = 4,
}

/// <summary>An API key. Its secret is not kept: only the hash of it.</summary>
[GenerateSerializer, Immutable, Alias("farm.ApiKey")]
public sealed record ApiKey
{
    /// <summary>The part of the key that tells it from others; no secret.</summary>
    [Id(0)]
    public required string Id { get; init; }

    /// <summary>SHA-256 of the whole key.</summary>
    [Id(1)]
    public required ImmutableArray<byte> Hash { get; init; }

    /// <summary>The tenant that it speaks for.</summary>
    [Id(2)]
    public required string Tenant { get; init; }

    /// <summary>What people call it.</summary>
    [Id(3)]
    public required string Name { get; init; }

    /// <summary>What it may do.</summary>
    [Id(4)]
    public required AccessScopes Scopes { get; init; }

    /// <summary>When it was made.</summary>
    [Id(5)]
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Who made it.</summary>
    [Id(6)]
    public required string CreatedBy { get; init; }

    /// <summary>When it ends by itself; null for never.</summary>
    [Id(7)]
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When it was revoked; null where it was not.</summary>
    [Id(8)]
    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>When it was last used, as exact as <c>Farm:Keys:UseInterval</c>; null before the first time.</summary>
    [Id(9)]
    public DateTimeOffset? LastUsedAt { get; init; }

    /// <summary>Whether it opens anything at a moment.</summary>
    public bool IsAlive(DateTimeOffset now) => RevokedAt is null && !(ExpiresAt <= now);
}

/// <summary>A page of keys.</summary>
/// <param name="Keys">The keys.</param>
/// <param name="Total">How many there are.</param>
[GenerateSerializer, Immutable, Alias("farm.ApiKeyPage")]
public sealed record ApiKeyPage(ImmutableArray<ApiKey> Keys, int Total);
