using Farm.Contracts.Security;

namespace Farm.Grains.Audit;

/// <summary>What operators did.</summary>
internal interface IAuditStore
{
    /// <summary>Adds an action; one of that id stays as it is.</summary>
    Task AddAsync(AuditEntry entry);

    /// <summary>Notes how an action ended.</summary>
    Task EndAsync(Guid id, int status, string? target);

    /// <summary>A page, the newest first.</summary>
    Task<AuditPage> ListAsync(AuditQuery query);
}
