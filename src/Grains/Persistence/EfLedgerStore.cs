using System.Collections.Immutable;
using Farm.Contracts.Ledger;
using Farm.Grains.Ledger;
using Farm.Grains.Persistence.Rows;
using Farm.Grains.Prompts;
using Microsoft.EntityFrameworkCore;

namespace Farm.Grains.Persistence;

/// <summary>The ledger in the database.</summary>
internal sealed class EfLedgerStore(IDbContextFactory<FarmDb> contexts) : ILedgerStore
{
    /// <summary>Ids in one statement at the most.</summary>
    private const int MaxIds = 500;

    /// <inheritdoc/>
    public async Task<ImmutableArray<LedgerEntry>> ListAsync(LedgerQuery query)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var rows = Matching(db.Ledger.AsNoTracking(), query)
            .OrderByDescending(l => l.EndedAt).ThenByDescending(l => l.RunId)
            .Skip(query.Offset).Take(query.Limit + 1);
        return [.. (await rows.ToListAsync()).Select(LedgerRows.ToEntry)];
    }

    /// <inheritdoc/>
    public async Task<ImmutableArray<LedgerEntry>> FindAsync(string promptId, string? tenant)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var unfinished = db.Prompts.AsNoTracking().Where(p => p.PromptId == promptId && p.Status < PromptStatus.Ended);
        var ended = db.Ledger.AsNoTracking().Where(l => l.PromptId == promptId);
        if (tenant is not null) (unfinished, ended) = (unfinished.Where(p => p.Tenant == tenant), ended.Where(l => l.Tenant == tenant));
        var graphs = unfinished.Join(db.Graphs.AsNoTracking(), p => p.RunId, g => g.RunId, (Prompt, Graph) => new { Prompt, Graph });
        var live = (await graphs.ToListAsync()).Select(e => LedgerEntries.Unfinished(EfPromptStore.ToState(e.Prompt, e.Graph)));
        // What ended between the two looks stands in both.
        var found = (await ended.ToListAsync()).Select(LedgerRows.ToEntry).Concat(live).DistinctBy(e => e.RunId);
        return [.. found.OrderByDescending(e => e.QueuedAt).ThenByDescending(e => e.RunId)];
    }

    /// <inheritdoc/>
    public async Task<ImmutableArray<LedgerEnd>> EndsAsync(IReadOnlyCollection<Guid> runs)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var ends = ImmutableArray.CreateBuilder<LedgerEnd>();
        foreach (var ids in runs.Chunk(MaxIds))
            ends.AddRange(await db.Ledger.AsNoTracking().Where(l => ids.Contains(l.RunId)).Select(l => new LedgerEnd(l.RunId, l.Status, l.Error)).ToListAsync());
        return ends.ToImmutable();
    }

    private static IQueryable<LedgerRow> Matching(IQueryable<LedgerRow> rows, LedgerQuery query)
    {
        var (from, to) = (query.From?.ToUnixTimeMilliseconds(), query.To?.ToUnixTimeMilliseconds());
        if (query.Tenant is { } tenant) rows = rows.Where(l => l.Tenant == tenant);
        if (from is not null) rows = rows.Where(l => l.EndedAt >= from);
        if (to is not null) rows = rows.Where(l => l.EndedAt < to);
        if (query.Batch is { } batch) rows = rows.Where(l => l.BatchId == batch);
        if (query.Worker is { } worker) rows = rows.Where(l => l.WorkerId == worker);
        if (query.Status is { } status) rows = rows.Where(l => l.Status == status);
        return rows;
    }
}

/// <summary>Entries to rows and back.</summary>
internal static class LedgerRows
{
    /// <summary>The row of an entry that is over.</summary>
    public static LedgerRow ToRow(LedgerEntry entry) => new()
    {
        RunId = entry.RunId,
        Tenant = entry.Tenant,
        User = entry.User,
        PromptId = entry.PromptId,
        Status = entry.Status,
        QueuedAt = entry.QueuedAt.ToUnixTimeMilliseconds(),
        StartedAt = entry.StartedAt?.ToUnixTimeMilliseconds(),
        EndedAt = (entry.EndedAt ?? entry.QueuedAt).ToUnixTimeMilliseconds(),
        WorkerId = entry.WorkerId,
        Attempts = EventJson.WriteUnlessEmpty(entry.Attempts),
        Models = EventJson.WriteUnlessEmpty(entry.Models),
        Seeds = EventJson.WriteUnlessEmpty(entry.Seeds),
        Outputs = entry.Outputs,
        GpuTime = (long)(entry.GpuSeconds * 1000),
        // PostgreSQL has no NUL in its texts.
        Error = entry.Error?.Replace("\0", "", StringComparison.Ordinal),
        BatchId = entry.BatchId,
        BatchIndex = entry.BatchIndex,
    };

    /// <summary>The row of a prompt that was removed while it waited.</summary>
    public static LedgerRow OfDeleted(PromptRow prompt, DateTimeOffset now) => new()
    {
        RunId = prompt.RunId,
        Tenant = prompt.Tenant,
        User = prompt.User,
        PromptId = prompt.PromptId,
        Status = LedgerStatus.Deleted,
        QueuedAt = prompt.CreatedAt,
        EndedAt = now.ToUnixTimeMilliseconds(),
        Attempts = EventJson.WriteUnlessEmpty(LedgerEntries.Attempts(EventJson.Read<LostAttempt>(prompt.Lost))),
        BatchId = prompt.BatchId,
        BatchIndex = prompt.BatchIndex,
    };

    /// <summary>The entry of a row.</summary>
    public static LedgerEntry ToEntry(LedgerRow row) => new()
    {
        RunId = row.RunId,
        PromptId = row.PromptId,
        Tenant = row.Tenant,
        User = row.User,
        Status = row.Status,
        QueuedAt = DateTimeOffset.FromUnixTimeMilliseconds(row.QueuedAt),
        StartedAt = row.StartedAt is { } started ? DateTimeOffset.FromUnixTimeMilliseconds(started) : null,
        EndedAt = DateTimeOffset.FromUnixTimeMilliseconds(row.EndedAt),
        WorkerId = row.WorkerId,
        Attempts = EventJson.Read<LedgerAttempt>(row.Attempts),
        Models = EventJson.Read<LedgerModel>(row.Models),
        Seeds = EventJson.Read<LedgerSeed>(row.Seeds),
        Outputs = row.Outputs,
        GpuSeconds = row.GpuTime / 1000.0,
        Error = row.Error,
        BatchId = row.BatchId,
        BatchIndex = row.BatchIndex,
    };
}
