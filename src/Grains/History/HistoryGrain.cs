using System.Collections.Immutable;
using Farm.Contracts.Prompts;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;

namespace Farm.Grains.History;

/// <summary>Answers from the store; holds nothing, so that as many as needed answer at once.</summary>
[StatelessWorker]
internal sealed class HistoryGrain(IHistoryStore store, IOptions<HistoryOptions> options) : Grain, IHistoryGrain
{
    private string Tenant => this.GetPrimaryKeyString();

    /// <inheritdoc/>
    public Task<ImmutableArray<HistoryEntry>> ListAsync(HistoryWindow window) =>
        store.ListAsync(Tenant, HistorySlice.Of(window), options.Value.Depth);

    /// <inheritdoc/>
    public Task<HistoryEntry?> GetAsync(string promptId) => store.FindAsync(Tenant, promptId);

    /// <inheritdoc/>
    public Task DeleteAsync(ImmutableArray<string> promptIds) => store.DeleteAsync(Tenant, promptIds);

    /// <inheritdoc/>
    public Task ClearAsync() => store.ClearAsync(Tenant);

    /// <inheritdoc/>
    public Task<ImmutableArray<StoredSubmission>> SubmissionsAsync(ImmutableArray<Guid> runs) => store.SubmissionsAsync(Tenant, runs);
}
