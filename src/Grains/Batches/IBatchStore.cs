using System.Collections.Immutable;
using Farm.Contracts.Batches;

namespace Farm.Grains.Batches;

/// <summary>The durable truth of batches. A write that does not follow the last is refused with <see cref="Prompts.StaleWriteException"/>.</summary>
internal interface IBatchStore
{
    /// <summary>The batch as last committed; null when there is none.</summary>
    Task<BatchState?> FindAsync(Guid id);

    /// <summary>A new batch: one row and its definition.</summary>
    Task InsertAsync(BatchState state);

    /// <summary>Commits a step; the end of a batch with its webhook's message.</summary>
    Task CommitAsync(BatchStep step);

    /// <summary>Indices of a status, in order.</summary>
    Task<ImmutableArray<BatchItemState>> ItemsAsync(Guid id, BatchItemStatus status, int most);

    /// <summary>Those of the runs that were handed in: they wait or run, or stand in the ledger.</summary>
    Task<IReadOnlySet<Guid>> KnownRunsAsync(IReadOnlyCollection<Guid> runs);

    /// <summary>Batches that are not over.</summary>
    Task<ImmutableArray<Guid>> UnfinishedAsync();

    /// <summary>Where those batches of the tenant are; unknown ones are left out.</summary>
    Task<ImmutableDictionary<Guid, BatchStatus>> StatusesAsync(string tenant, IReadOnlyCollection<Guid> ids);

    /// <summary>Batches of the tenant that wait for others.</summary>
    Task<ImmutableArray<Guid>> WaitingAsync(string tenant);

    /// <summary>A page of the tenant's batches, the newest first.</summary>
    Task<BatchPage> ListAsync(string tenant, int offset, int limit, DateTimeOffset now);

    /// <summary>A page of a batch's indices, in order; null when the tenant has no such batch.</summary>
    Task<BatchItemPage?> PageAsync(string tenant, Guid id, BatchItemStatus? status, int offset, int limit);
}
