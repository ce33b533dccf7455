using Farm.Contracts.Caching;
using Farm.Worker.Execution.Caching.Shared;

namespace Farm.Worker;

/// <summary>The farm's results in its grains.</summary>
internal sealed class GrainResults(IGrainFactory grains) : IFarmResults
{
    /// <inheritdoc />
    public Task<SharedResult?> FindAsync(ResultKey key, TimeSpan patience) => Of(key).FindAsync(key, patience);

    /// <inheritdoc />
    public Task StoreAsync(ResultKey key, SharedResult result) => Of(key).StoreAsync(key, result);

    /// <inheritdoc />
    public Task GiveUpAsync(ResultKey key) => Of(key).GiveUpAsync(key);

    private ISharedResultsGrain Of(ResultKey key) => grains.GetGrain<ISharedResultsGrain>(key.Shard);
}
