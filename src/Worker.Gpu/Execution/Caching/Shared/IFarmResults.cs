using Farm.Contracts.Caching;

namespace Farm.Worker.Execution.Caching.Shared;

/// <summary>Where the farm keeps results for all workers; see <see cref="ISharedResultsGrain"/>.</summary>
internal interface IFarmResults
{
    /// <summary>A result; null when the caller is to compute it.</summary>
    Task<SharedResult?> FindAsync(ResultKey key, TimeSpan patience);

    /// <summary>Keeps a result.</summary>
    Task StoreAsync(ResultKey key, SharedResult result);

    /// <summary>Leaves a result to others.</summary>
    Task GiveUpAsync(ResultKey key);
}
