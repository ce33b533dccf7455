using Farm.Contracts.Batches;
using Orleans.Concurrency;

namespace Farm.Grains.Batches;

/// <summary>Answers from the store; holds nothing, so that as many as needed answer at once.</summary>
[StatelessWorker]
internal sealed class BatchesGrain(IBatchStore store, TimeProvider clock) : Grain, IBatchesGrain
{
    private string Tenant => this.GetPrimaryKeyString();

    /// <inheritdoc/>
    public Task<BatchPage> ListAsync(int offset, int limit) => store.ListAsync(Tenant, offset, limit, clock.GetUtcNow());

    /// <inheritdoc/>
    public Task<BatchItemPage?> ItemsAsync(Guid batch, BatchItemStatus? status, int offset, int limit) =>
        store.PageAsync(Tenant, batch, status, offset, limit);
}
