using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using Farm.Grains.Persistence.Rows;
using Farm.Grains.Prompts;
using Farm.Grains.Scheduling;
using Microsoft.EntityFrameworkCore;

namespace Farm.Grains.Persistence;

/// <summary>The scheduler's view of the database.</summary>
internal sealed class EfQueueStore(IDbContextFactory<FarmDb> contexts, GroupCommit commits) : IQueueStore
{
    /// <summary>Ids in one statement at the most.</summary>
    private const int MaxIds = 500;

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
    public Task DeleteWaitingAsync(IReadOnlyCollection<Guid> runs) => commits.WriteAsync(async db =>
    {
        foreach (var ids in runs.Chunk(MaxIds))
        {
            var waiting = db.Prompts.Where(p => ids.Contains(p.RunId) && p.Status == PromptStatus.Queued);
            await db.Graphs.Where(g => waiting.Any(p => p.RunId == g.RunId)).ExecuteDeleteAsync();
            await waiting.ExecuteDeleteAsync();
        }
    });

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
        var runs = db.Prompts.AsNoTracking().Where(which).Select(p => new StoredRun(
            p.RunId, p.Tenant, p.PromptId, p.Number, p.Attempt, p.ClassTypes, p.Status == PromptStatus.Running, p.WorkerId));
        await foreach (var run in runs.AsAsyncEnumerable().WithCancellation(cancellation)) yield return run;
    }

    private static IQueryable<CounterRow> Counters(FarmDb db, string tenant) =>
        db.Counters.Where(c => c.Tenant == tenant && c.User == "" && c.Name == CounterRow.PromptNumber);
}
