using System.Collections.Immutable;
using Farm.Contracts.Security;

namespace Farm.Grains.Keys;

/// <summary>API keys and the gateways' key ring.</summary>
internal interface IKeyStore
{
    /// <summary>Stores a key; false when the id is taken or as many keys as <paramref name="most"/> are not revoked.</summary>
    Task<bool> AddAsync(ApiKey key, int most);

    /// <summary>A key, whatever its state.</summary>
    Task<ApiKey?> FindAsync(string id);

    /// <summary>Notes that a key was used.</summary>
    Task UsedAsync(string id, DateTimeOffset at);

    /// <summary>A page of keys, the newest first.</summary>
    Task<ApiKeyPage> ListAsync(int offset, int limit);

    /// <summary>Ends a key where it was not; false when there is none.</summary>
    Task<bool> RevokeAsync(string id, DateTimeOffset at);

    /// <summary>The key ring's elements, the oldest first.</summary>
    Task<ImmutableArray<string>> RingAsync();

    /// <summary>Adds an element to the ring; one of that name stays as it is.</summary>
    Task AddToRingAsync(string name, string xml, DateTimeOffset at);
}
