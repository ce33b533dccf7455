using Farm.Contracts.Security;
using Orleans.Concurrency;

namespace Farm.Grains.Audit;

/// <summary>Answers from the store; holds nothing.</summary>
[StatelessWorker]
internal sealed class AuditGrain(IAuditStore store) : Grain, IAuditGrain
{
    /// <inheritdoc/>
    public Task BeginAsync(AuditEntry entry) => store.AddAsync(entry);

    /// <inheritdoc/>
    public Task EndAsync(Guid id, int status, string? target) => store.EndAsync(id, status, target);

    /// <inheritdoc/>
    public Task<AuditPage> ListAsync(AuditQuery query) => store.ListAsync(query);
}
