using System.Collections.Immutable;
using Farm.Contracts.Ledger;
using Orleans.Concurrency;

namespace Farm.Grains.Ledger;

/// <summary>Answers from the store; holds nothing, so that as many as needed answer at once.</summary>
[StatelessWorker]
internal sealed class LedgerGrain(ILedgerStore store) : Grain, ILedgerGrain
{
    /// <inheritdoc/>
    public async Task<LedgerPage> ListAsync(LedgerQuery query)
    {
        var entries = await store.ListAsync(query);
        return entries.Length > query.Limit ? new LedgerPage(entries[..query.Limit], HasMore: true) : new LedgerPage(entries, HasMore: false);
    }

    /// <inheritdoc/>
    public Task<ImmutableArray<LedgerEntry>> FindAsync(string promptId, string? tenant) => store.FindAsync(promptId, tenant);
}
