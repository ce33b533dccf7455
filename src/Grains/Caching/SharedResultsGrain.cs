using Farm.Contracts.Caching;
using Orleans.Concurrency;

namespace Farm.Grains.Caching;

/// <summary>A part of the cache; the memory is the silo's. Reentrant, because workers wait in it for each other's results.</summary>
[Reentrant]
internal sealed class SharedResultsGrain(ResultStore store) : Grain, ISharedResultsGrain
{
    /// <inheritdoc/>
    public Task<SharedResult?> FindAsync(ResultKey key, TimeSpan patience) => store.FindAsync(key, patience);

    /// <inheritdoc/>
    public Task StoreAsync(ResultKey key, SharedResult result)
    {
        store.Store(key, result);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task GiveUpAsync(ResultKey key)
    {
        store.GiveUp(key);
        return Task.CompletedTask;
    }
}
