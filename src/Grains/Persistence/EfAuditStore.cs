using Farm.Contracts.Security;
using Farm.Grains.Audit;
using Farm.Grains.Persistence.Rows;
using Farm.Grains.Prompts;
using Microsoft.EntityFrameworkCore;

namespace Farm.Grains.Persistence;

/// <summary>Operators' actions in the database.</summary>
internal sealed class EfAuditStore(IDbContextFactory<FarmDb> contexts, GroupCommit commits) : IAuditStore
{
    /// <inheritdoc/>
    public async Task AddAsync(AuditEntry entry)
    {
        try
        {
            await commits.WriteAsync(db => { db.Audit.Add(ToRow(entry)); });
        }
        catch (StaleWriteException)
        {
            // A call that was repeated: it stands there already.
        }
    }

    /// <inheritdoc/>
    public Task EndAsync(Guid id, int status, string? target) => commits.WriteAsync(db => db.Audit.Where(a => a.Id == id).ExecuteUpdateAsync(
        a => a.SetProperty(x => x.Status, status).SetProperty(x => x.Target, x => target ?? x.Target)));

    /// <inheritdoc/>
    public async Task<AuditPage> ListAsync(AuditQuery query)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var all = db.Audit.AsNoTracking();
        if (query.Actor is { } actor) all = all.Where(a => a.Actor == actor);
        if (query.From?.ToUnixTimeMilliseconds() is { } from) all = all.Where(a => a.At >= from);
        if (query.To?.ToUnixTimeMilliseconds() is { } to) all = all.Where(a => a.At < to);
        var rows = await all.OrderByDescending(a => a.At).ThenByDescending(a => a.Id).Skip(query.Offset).Take(query.Limit).ToListAsync();
        return new AuditPage([.. rows.Select(ToEntry)], await all.CountAsync());
    }

    private static AuditRow ToRow(AuditEntry entry) => new()
    {
        Id = entry.Id,
        At = entry.At.ToUnixTimeMilliseconds(),
        Actor = entry.Actor,
        Tenant = entry.Tenant,
        Action = entry.Action,
        Target = entry.Target,
        Status = entry.Status,
        Address = entry.Address,
        TraceId = entry.TraceId,
    };

    private static AuditEntry ToEntry(AuditRow row) => new()
    {
        Id = row.Id,
        At = DateTimeOffset.FromUnixTimeMilliseconds(row.At),
        Actor = row.Actor,
        Tenant = row.Tenant,
        Action = row.Action,
        Target = row.Target,
        Status = row.Status,
        Address = row.Address,
        TraceId = row.TraceId,
    };
}
