using System.Collections.Immutable;
using Farm.Contracts.Batches;
using Farm.Grains.Batches;
using Farm.Grains.Persistence.Rows;
using Farm.Grains.Webhooks;
using Microsoft.EntityFrameworkCore;

namespace Farm.Grains.Persistence;

/// <summary>Batches in the database: where each stands in one narrow row, what it is made of beside it, its expanded indices a row each.</summary>
internal sealed class EfBatchStore(IDbContextFactory<FarmDb> contexts, GroupCommit commits) : IBatchStore
{
    /// <summary>Ids in one statement at the most.</summary>
    private const int MaxIds = 500;

    /// <inheritdoc/>
    public async Task<BatchState?> FindAsync(Guid id)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var found = await db.Batches.AsNoTracking().Where(b => b.BatchId == id)
            .Join(db.BatchDefinitions.AsNoTracking(), b => b.BatchId, d => d.BatchId, (Batch, Made) => new { Batch, Made.Definition })
            .FirstOrDefaultAsync();
        return found is null ? null : BatchRows.ToState(found.Batch, EventJson.ReadOne<BatchSubmission>(found.Definition));
    }

    /// <inheritdoc/>
    public Task InsertAsync(BatchState state) => commits.WriteAsync(db =>
    {
        db.Batches.Add(BatchRows.ToRow(state));
        db.BatchDefinitions.Add(new BatchDefinitionRow { BatchId = state.Id, Definition = EventJson.WriteOne(state.Definition) });
    });

    /// <inheritdoc/>
    public Task CommitAsync(BatchStep step) => commits.WriteAsync(async db =>
    {
        var entry = db.Batches.Update(BatchRows.ToRow(step.State));
        entry.Property(b => b.Revision).OriginalValue = step.State.Revision - 1;
        foreach (var item in step.Items)
        {
            var row = BatchRows.ToRow(step.State.Id, item);
            if (item.IsNew) db.BatchItems.Add(row);
            else db.BatchItems.Update(row);
        }
        if (WebhookMessage.Of(step.State) is { } message) db.Webhooks.Add(EfWebhookStore.ToRow(message));
        // Saved first: a stale step must not sweep.
        await db.SaveChangesAsync();
        await SweepAsync(db, step.State.Id, step.Sweep);
    });

    /// <inheritdoc/>
    public async Task<ImmutableArray<BatchItemState>> ItemsAsync(Guid id, BatchItemStatus status, int most)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var rows = await db.BatchItems.AsNoTracking().Where(i => i.BatchId == id && i.Status == status).OrderBy(i => i.Index).Take(most).ToListAsync();
        return [.. rows.Select(BatchRows.ToItem)];
    }

    /// <inheritdoc/>
    public async Task<IReadOnlySet<Guid>> KnownRunsAsync(IReadOnlyCollection<Guid> runs)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var known = new HashSet<Guid>();
        foreach (var ids in runs.Chunk(MaxIds))
        {
            known.UnionWith(await db.Prompts.Where(p => ids.Contains(p.RunId)).Select(p => p.RunId).ToListAsync());
            known.UnionWith(await db.Ledger.Where(l => ids.Contains(l.RunId)).Select(l => l.RunId).ToListAsync());
        }
        return known;
    }

    /// <inheritdoc/>
    public async Task<ImmutableArray<Guid>> UnfinishedAsync()
    {
        await using var db = await contexts.CreateDbContextAsync();
        return [.. await db.Batches.Where(b => b.EndedAt == null).Select(b => b.BatchId).ToListAsync()];
    }

    /// <inheritdoc/>
    public async Task<ImmutableDictionary<Guid, BatchStatus>> StatusesAsync(string tenant, IReadOnlyCollection<Guid> ids)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var found = await db.Batches.Where(b => b.Tenant == tenant && ids.Contains(b.BatchId)).Select(b => new { b.BatchId, b.Status }).ToListAsync();
        return found.ToImmutableDictionary(b => b.BatchId, b => b.Status);
    }

    /// <inheritdoc/>
    public async Task<ImmutableArray<Guid>> WaitingAsync(string tenant)
    {
        await using var db = await contexts.CreateDbContextAsync();
        return [.. await db.Batches.Where(b => b.EndedAt == null && b.Tenant == tenant && b.Status == BatchStatus.Waiting).Select(b => b.BatchId).ToListAsync()];
    }

    /// <inheritdoc/>
    public async Task<BatchPage> ListAsync(string tenant, int offset, int limit, DateTimeOffset now)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var all = db.Batches.AsNoTracking().Where(b => b.Tenant == tenant);
        var rows = await all.OrderByDescending(b => b.CreatedAt).ThenByDescending(b => b.BatchId).Skip(offset).Take(limit).ToListAsync();
        return new BatchPage([.. rows.Select(row => BatchRows.ToInfo(row, now))], await all.CountAsync());
    }

    /// <inheritdoc/>
    public async Task<BatchItemPage?> PageAsync(string tenant, Guid id, BatchItemStatus? status, int offset, int limit)
    {
        await using var db = await contexts.CreateDbContextAsync();
        if (!await db.Batches.AnyAsync(b => b.BatchId == id && b.Tenant == tenant)) return null;
        var all = db.BatchItems.AsNoTracking().Where(i => i.BatchId == id);
        if (status is { } wanted) all = all.Where(i => i.Status == wanted);
        var rows = await all.OrderBy(i => i.Index).Skip(offset).Take(limit).ToListAsync();
        return new BatchItemPage(
            [.. rows.Select(i => new BatchItem(i.Index, i.Status, i.Tries, i.RunId?.ToString(), i.Error))], await all.CountAsync());
    }

    private static Task SweepAsync(FarmDb db, Guid id, BatchSweep sweep)
    {
        var items = db.BatchItems.Where(i => i.BatchId == id);
        return sweep switch
        {
            BatchSweep.RetryFailed => items.Where(i => i.Status == BatchItemStatus.Failed || i.Status == BatchItemStatus.Cancelled)
                .ExecuteUpdateAsync(i => i.SetProperty(x => x.Status, BatchItemStatus.Waiting)),
            BatchSweep.CancelWaiting => items.Where(i => i.Status == BatchItemStatus.Waiting)
                .ExecuteUpdateAsync(i => i.SetProperty(x => x.Status, BatchItemStatus.Cancelled)),
            _ => Task.CompletedTask,
        };
    }
}

/// <summary>Batches to rows and back.</summary>
internal static class BatchRows
{
    /// <summary>The row of a state.</summary>
    public static BatchRow ToRow(BatchState state) => new()
    {
        BatchId = state.Id,
        Tenant = state.Tenant,
        User = state.Definition.Template.User,
        Name = state.Definition.Name,
        Status = state.Status,
        Revision = state.Revision,
        Total = state.Total,
        Position = state.Position,
        Submitted = state.Submitted,
        Waiting = state.Waiting,
        Completed = state.Completed,
        Failed = state.Failed,
        Cancelled = state.Cancelled,
        Concurrency = state.Definition.Concurrency,
        After = EventJson.WriteUnlessEmpty(state.Definition.After),
        CreatedAt = state.CreatedAt.ToUnixTimeMilliseconds(),
        StartedAt = state.StartedAt?.ToUnixTimeMilliseconds(),
        EndedAt = state.EndedAt?.ToUnixTimeMilliseconds(),
    };

    /// <summary>The row of an index.</summary>
    public static BatchItemRow ToRow(Guid batch, BatchItemState item) => new()
    {
        BatchId = batch,
        Index = item.Index,
        Status = item.Status,
        Tries = item.Tries,
        RunId = item.RunId,
        // PostgreSQL has no NUL in its texts.
        Error = item.Error?.Replace("\0", "", StringComparison.Ordinal),
    };

    /// <summary>The state of a row.</summary>
    public static BatchState ToState(BatchRow row, BatchSubmission definition) => new()
    {
        Id = row.BatchId,
        Definition = definition,
        Total = row.Total,
        CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(row.CreatedAt),
        Status = row.Status,
        Position = row.Position,
        Submitted = row.Submitted,
        Waiting = row.Waiting,
        Completed = row.Completed,
        Failed = row.Failed,
        Cancelled = row.Cancelled,
        StartedAt = ToTime(row.StartedAt),
        EndedAt = ToTime(row.EndedAt),
        Revision = row.Revision,
    };

    /// <summary>An index of a row.</summary>
    public static BatchItemState ToItem(BatchItemRow row) =>
        new() { Index = row.Index, Status = row.Status, Tries = row.Tries, RunId = row.RunId, Error = row.Error };

    /// <summary>What is told of a row, without its definition.</summary>
    public static BatchInfo ToInfo(BatchRow row, DateTimeOffset now)
    {
        var pending = row.Total - row.Position + row.Waiting;
        return new BatchInfo
        {
            Id = row.BatchId,
            Tenant = row.Tenant,
            Name = row.Name,
            Status = row.Status,
            Total = row.Total,
            Pending = pending,
            Submitted = row.Submitted,
            Completed = row.Completed,
            Failed = row.Failed,
            Cancelled = row.Cancelled,
            CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(row.CreatedAt),
            StartedAt = ToTime(row.StartedAt),
            EndedAt = ToTime(row.EndedAt),
            Eta = row.Status == BatchStatus.Running ? BatchInfos.Eta(ToTime(row.StartedAt), row.Completed + row.Failed, pending + row.Submitted, now) : null,
            Concurrency = row.Concurrency,
            After = EventJson.Read<Guid>(row.After),
        };
    }

    private static DateTimeOffset? ToTime(long? milliseconds) =>
        milliseconds is { } time ? DateTimeOffset.FromUnixTimeMilliseconds(time) : null;
}
