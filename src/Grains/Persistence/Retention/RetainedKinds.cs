using Farm.Grains.Prompts;
using Farm.Grains.Retention;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Farm.Grains.Persistence.Retention;

/// <summary>Ended prompts, by when they ended. What a batch that is not over made stays.</summary>
internal sealed class RetainedHistory(IDbContextFactory<FarmDb> contexts, GroupCommit commits, IOptions<RetentionOptions> options) : RetainedRows(contexts, commits, options)
{
    /// <inheritdoc/>
    public override string Kind => RetentionKinds.History;

    /// <inheritdoc/>
    protected override IQueryable<string> Tenants(FarmDb db) => db.Results.Select(r => r.Tenant);

    /// <inheritdoc/>
    protected override IQueryable<RetainedRow> Rows(FarmDb db, string tenant) => db.Results.AsNoTracking()
        .Where(r => r.Tenant == tenant)
        .Join(db.Prompts, r => r.RunId, p => p.RunId, (r, p) => new { Result = r, Prompt = p })
        .Select(e => new RetainedRow
        {
            Id = e.Result.RunId,
            At = e.Prompt.EndedAt ?? e.Prompt.CreatedAt,
            Order = e.Result.Sequence,
            Name = e.Result.PromptId,
            IsHeld = e.Prompt.BatchId != null && db.Batches.Any(b => b.BatchId == e.Prompt.BatchId && b.EndedAt == null),
        });

    /// <inheritdoc/>
    protected override async Task<Guid[]> DeleteAsync(FarmDb db, Guid[] ids)
    {
        await db.Prompts.Where(p => ids.Contains(p.RunId) && p.Status == PromptStatus.Ended).ExecuteDeleteAsync();
        await db.Graphs.Where(g => ids.Contains(g.RunId)).ExecuteDeleteAsync();
        await db.Results.Where(r => ids.Contains(r.RunId)).ExecuteDeleteAsync();
        return ids;
    }
}

/// <summary>Entries of the ledger, by when their prompts ended. Those of a batch that is not over stay: it counts by them.</summary>
internal sealed class RetainedLedger(IDbContextFactory<FarmDb> contexts, GroupCommit commits, IOptions<RetentionOptions> options) : RetainedRows(contexts, commits, options)
{
    /// <inheritdoc/>
    public override string Kind => RetentionKinds.Ledger;

    /// <inheritdoc/>
    protected override IQueryable<string> Tenants(FarmDb db) => db.Ledger.Select(l => l.Tenant);

    /// <inheritdoc/>
    protected override IQueryable<RetainedRow> Rows(FarmDb db, string tenant) => db.Ledger.AsNoTracking().Where(l => l.Tenant == tenant).Select(l => new RetainedRow
    {
        Id = l.RunId,
        At = l.EndedAt,
        Order = l.EndedAt,
        Name = l.PromptId,
        IsHeld = l.BatchId != null && db.Batches.Any(b => b.BatchId == l.BatchId && b.EndedAt == null),
    });

    /// <inheritdoc/>
    protected override async Task<Guid[]> DeleteAsync(FarmDb db, Guid[] ids)
    {
        await db.Ledger.Where(l => ids.Contains(l.RunId)).ExecuteDeleteAsync();
        return ids;
    }
}

/// <summary>Batches that are over, by when that was. While batches of the tenant wait for others, all stay.</summary>
internal sealed class RetainedBatches(IDbContextFactory<FarmDb> contexts, GroupCommit commits, IOptions<RetentionOptions> options) : RetainedRows(contexts, commits, options)
{
    /// <summary>Indices of a batch that are removed in one commit.</summary>
    private const int MostItems = 5000;

    /// <inheritdoc/>
    public override string Kind => RetentionKinds.Batches;

    /// <inheritdoc/>
    protected override IQueryable<string> Tenants(FarmDb db) => db.Batches.Select(b => b.Tenant);

    /// <inheritdoc/>
    protected override IQueryable<RetainedRow> Rows(FarmDb db, string tenant) => db.Batches.AsNoTracking().Where(b => b.Tenant == tenant && b.EndedAt != null).Select(b => new RetainedRow
    {
        Id = b.BatchId,
        At = b.EndedAt!.Value,
        Order = b.EndedAt.Value,
        Name = b.Name,
        IsHeld = db.Batches.Any(other => other.EndedAt == null && other.After != null && other.Tenant == tenant),
    });

    /// <inheritdoc/>
    protected override async Task<Guid[]> DeleteAsync(FarmDb db, Guid[] ids)
    {
        // A batch may have a million indices: they go little by little, and the batch with the last of them.
        var room = MostItems;
        var gone = new List<Guid>();
        foreach (var id in ids)
        {
            var items = db.BatchItems.Where(i => i.BatchId == id);
            if (await items.OrderBy(i => i.Index).Select(i => (int?)i.Index).FirstOrDefaultAsync() is { } first)
                room -= await items.Where(i => i.Index < first + room).ExecuteDeleteAsync();
            if (room <= 0 || await items.AnyAsync()) break;
            await db.BatchDefinitions.Where(d => d.BatchId == id).ExecuteDeleteAsync();
            await db.Batches.Where(b => b.BatchId == id).ExecuteDeleteAsync();
            gone.Add(id);
        }
        return [.. gone];
    }
}

/// <summary>Webhooks' messages that were delivered or given up, by when they came up.</summary>
internal sealed class RetainedWebhooks(IDbContextFactory<FarmDb> contexts, GroupCommit commits, IOptions<RetentionOptions> options) : RetainedRows(contexts, commits, options)
{
    /// <inheritdoc/>
    public override string Kind => RetentionKinds.Webhooks;

    /// <inheritdoc/>
    public override TimeSpan DefaultAge => TimeSpan.FromDays(7);

    /// <inheritdoc/>
    protected override IQueryable<string> Tenants(FarmDb db) => db.Webhooks.Select(w => w.Tenant);

    /// <inheritdoc/>
    protected override IQueryable<RetainedRow> Rows(FarmDb db, string tenant) => db.Webhooks.AsNoTracking().Where(w => w.Tenant == tenant)
        .Select(w => new RetainedRow { Id = w.Id, At = w.CreatedAt, Order = w.CreatedAt, Name = w.Event, IsHeld = w.NextAt != null });

    /// <inheritdoc/>
    protected override async Task<Guid[]> DeleteAsync(FarmDb db, Guid[] ids)
    {
        await db.Webhooks.Where(w => ids.Contains(w.Id)).ExecuteDeleteAsync();
        return ids;
    }
}

/// <summary>What operators did, by when they did it.</summary>
internal sealed class RetainedAudit(IDbContextFactory<FarmDb> contexts, GroupCommit commits, IOptions<RetentionOptions> options) : RetainedRows(contexts, commits, options)
{
    /// <inheritdoc/>
    public override string Kind => RetentionKinds.Audit;

    /// <inheritdoc/>
    protected override IQueryable<string> Tenants(FarmDb db) => db.Audit.Select(a => a.Tenant);

    /// <inheritdoc/>
    protected override IQueryable<RetainedRow> Rows(FarmDb db, string tenant) => db.Audit.AsNoTracking().Where(a => a.Tenant == tenant)
        .Select(a => new RetainedRow { Id = a.Id, At = a.At, Order = a.At, Name = a.Action, IsHeld = false });

    /// <inheritdoc/>
    protected override async Task<Guid[]> DeleteAsync(FarmDb db, Guid[] ids)
    {
        await db.Audit.Where(a => ids.Contains(a.Id)).ExecuteDeleteAsync();
        return ids;
    }
}
