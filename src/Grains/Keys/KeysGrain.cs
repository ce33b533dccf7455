using Farm.Contracts.Security;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;

namespace Farm.Grains.Keys;

/// <summary>Answers from the store; holds nothing, so that a revoked key is gone everywhere at once.</summary>
[StatelessWorker]
internal sealed partial class KeysGrain(IKeyStore store, IOptions<KeysOptions> options, TimeProvider clock, ILogger<KeysGrain> logger) : Grain, IKeysGrain
{
    /// <inheritdoc/>
    public async Task<bool> AddAsync(ApiKey key)
    {
        if (!await store.AddAsync(key, options.Value.MaxCount)) return false;
        Added(logger, key.Id, key.Tenant, key.Scopes, key.CreatedBy);
        return true;
    }

    /// <inheritdoc/>
    public async Task<ApiKey?> FindAsync(string id)
    {
        var key = await store.FindAsync(id);
        var now = clock.GetUtcNow();
        if (key?.IsAlive(now) == true && !(now - key.LastUsedAt < options.Value.UseInterval)) await store.UsedAsync(id, now);
        return key;
    }

    /// <inheritdoc/>
    public Task<ApiKeyPage> ListAsync(int offset, int limit) => store.ListAsync(offset, limit);

    /// <inheritdoc/>
    public async Task<bool> RevokeAsync(string id)
    {
        if (!await store.RevokeAsync(id, clock.GetUtcNow())) return false;
        Revoked(logger, id);
        return true;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Key {Key} of tenant {Tenant} for {Scopes} was made by {Actor}")]
    private static partial void Added(ILogger logger, string key, string tenant, AccessScopes scopes, string actor);

    [LoggerMessage(Level = LogLevel.Information, Message = "Key {Key} was revoked")]
    private static partial void Revoked(ILogger logger, string key);
}
