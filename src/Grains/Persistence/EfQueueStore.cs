using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using Farm.Contracts.Workers;
using Farm.Grains.Persistence.Rows;
using Farm.Grains.Prompts;
using Farm.Grains.Scheduling;
using Microsoft.EntityFrameworkCore;

namespace Farm.Grains.Persistence;

/// <summary>The scheduler's view of the database.</summary>
internal sealed class EfQueueStore(IDbContextFactory<FarmDb> contexts, GroupCommit commits, TimeProvider clock) : IQueueStore
{
    /// <inheritdoc/>
    public async Task<long> BeginTermAsync()
    {
        long term = 0;
        await commits.WriteAsync(async db =>
        {
            if (await Terms(db).ExecuteUpdateAsync(c => c.SetProperty(x => x.Value, x => x.Value + 1)) == 0)
                db.Counters.Add(new CounterRow { Name = CounterRow.SchedulerTerm, Value = 1 });
            await db.SaveChangesAsync();
            term = await Terms(db).Select(c => c.Value).SingleAsync();
        });
        return term;
    }

    /// <inheritdoc/>
    public async Task<long> TermAsync()
    {
        await using var db = await contexts.CreateDbContextAsync();
        return await Terms(db).Select(c => c.Value).FirstOrDefaultAsync();
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<StoredRun> UnfinishedAsync(CancellationToken cancellation) =>
        StreamAsync(p => p.Status < PromptStatus.Ended, cancellation);

    /// <inheritdoc/>
    public IAsyncEnumerable<StoredRun> QueuedBetweenAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellation)
    {
        var (first, last) = (from.ToUnixTimeMilliseconds(), to.ToUnixTimeMilliseconds());
        return StreamAsync(p => p.Status == PromptStatus.Queued && p.CreatedAt >= first && p.CreatedAt <= last, cancellation);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Guid>> DeleteWaitingAsync(string tenant, IReadOnlyCollection<Guid> leased)
    {
        List<Guid> gone = [];
        await commits.WriteAsync(async db =>
        {
            gone = (await WaitingRemoval.RunAsync(db, tenant, leased, clock.GetUtcNow())).ConvertAll(prompt => prompt.RunId);
            await db.Graphs.Where(g => EF.Parameter(gone).Contains(g.RunId)).ExecuteDeleteAsync();
        });
        return gone;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<SetAsideWorker>> SetAsideAsync()
    {
        await using var db = await contexts.CreateDbContextAsync();
        var rows = await db.WorkersSetAside.AsNoTracking().ToListAsync();
        return [.. rows.Select(w => new SetAsideWorker(w.WorkerId, w.Fault, w.Detail, DateTimeOffset.FromUnixTimeMilliseconds(w.SetAsideAt)))];
    }

    /// <inheritdoc/>
    public Task SetAsideAsync(SetAsideWorker worker) => commits.WriteAsync(async db =>
    {
        await db.WorkersSetAside.Where(w => w.WorkerId == worker.WorkerId).ExecuteDeleteAsync();
        db.WorkersSetAside.Add(new WorkerRow
        {
            WorkerId = worker.WorkerId,
            Fault = worker.Fault,
            Detail = worker.Detail,
            SetAsideAt = worker.At.ToUnixTimeMilliseconds(),
        });
    });

    /// <inheritdoc/>
    public Task BringBackAsync(string workerId) =>
        commits.WriteAsync(async db => { await db.WorkersSetAside.Where(w => w.WorkerId == workerId).ExecuteDeleteAsync(); });

    /// <inheritdoc/>
    public async Task<IReadOnlyList<(string Pool, DateTimeOffset At)>> PausedPoolsAsync()
    {
        await using var db = await contexts.CreateDbContextAsync();
        var rows = await db.PausedPools.AsNoTracking().ToListAsync();
        return [.. rows.Select(p => (p.Pool, DateTimeOffset.FromUnixTimeMilliseconds(p.PausedAt)))];
    }

    /// <inheritdoc/>
    public Task PausePoolAsync(string pool, DateTimeOffset at) => commits.WriteAsync(async db =>
    {
        await db.PausedPools.Where(p => p.Pool == pool).ExecuteDeleteAsync();
        db.PausedPools.Add(new PausedPoolRow { Pool = pool, PausedAt = at.ToUnixTimeMilliseconds() });
    });

    /// <inheritdoc/>
    public Task ResumePoolAsync(string pool) =>
        commits.WriteAsync(async db => { await db.PausedPools.Where(p => p.Pool == pool).ExecuteDeleteAsync(); });

    /// <inheritdoc/>
    public async Task<long> ReservedNumbersAsync(string tenant)
    {
        await using var db = await contexts.CreateDbContextAsync();
        return await Counters(db, tenant).Select(c => c.Value).FirstOrDefaultAsync();
    }

    /// <inheritdoc/>
    public Task ReserveNumbersAsync(string tenant, long end) => commits.WriteAsync(async db =>
    {
        if (await Counters(db, tenant).ExecuteUpdateAsync(c => c.SetProperty(x => x.Value, end)) == 0)
            db.Counters.Add(new CounterRow { Tenant = tenant, Name = CounterRow.PromptNumber, Value = end });
    });

    private async IAsyncEnumerable<StoredRun> StreamAsync(
        Expression<Func<PromptRow, bool>> which, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellation);
        var runs = db.Prompts.AsNoTracking().Where(which).Select(p => new
        {
            Run = new StoredRun(p.RunId, p.Tenant, p.PromptId, p.Number, p.Attempt, p.ClassTypes, p.CreatedAt, p.Status == PromptStatus.Running, p.WorkerId, p.TraceParent),
            p.Lost,
        });
        await foreach (var found in runs.AsAsyncEnumerable().WithCancellation(cancellation)) yield return found.Lost is null ? found.Run : WithLost(found.Run, found.Lost);
    }

    private static StoredRun WithLost(StoredRun run, string lost)
    {
        var attempts = EventJson.Read<LostAttempt>(lost);
        return run with
        {
            Avoids = [.. attempts.Select(attempt => attempt.WorkerId).OfType<string>().Distinct(StringComparer.Ordinal)],
            CameBackAt = attempts[^1].At.ToUnixTimeMilliseconds(),
        };
    }

    private static IQueryable<CounterRow> Terms(FarmDb db) =>
        db.Counters.Where(c => c.Tenant == "" && c.User == "" && c.Name == CounterRow.SchedulerTerm);

    private static IQueryable<CounterRow> Counters(FarmDb db, string tenant) =>
        db.Counters.Where(c => c.Tenant == tenant && c.User == "" && c.Name == CounterRow.PromptNumber);
}
