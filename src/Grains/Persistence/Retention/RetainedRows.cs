using System.Runtime.CompilerServices;
using Farm.Grains.Retention;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Farm.Grains.Persistence.Retention;

/// <summary>A row as rules see it.</summary>
internal sealed class RetainedRow
{
    /// <summary>Its key.</summary>
    public required Guid Id { get; init; }

    /// <summary>Milliseconds since 1970 that its age counts from.</summary>
    public required long At { get; init; }

    /// <summary>Its place among the tenant's; an index has it.</summary>
    public required long Order { get; init; }

    /// <summary>What it is called.</summary>
    public required string Name { get; init; }

    /// <summary>Whether something holds it.</summary>
    public required bool IsHeld { get; init; }
}

/// <summary>
/// Rows of a table that rules let go. A step is read beside the writer and removed by its keys in one commit, in which what holds rows is looked at again.
/// </summary>
internal abstract class RetainedRows(IDbContextFactory<FarmDb> contexts, GroupCommit commits, IOptions<RetentionOptions> options) : IRetained
{
    /// <inheritdoc/>
    public abstract string Kind { get; }

    /// <inheritdoc/>
    public virtual TimeSpan DefaultAge => TimeSpan.Zero;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> TenantsAsync(CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        return await Tenants(db).Distinct().ToListAsync(cancel);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<RetentionStep> StepsAsync(string tenant, RetentionLimit limit, bool remove, [EnumeratorCancellation] CancellationToken cancel)
    {
        var bound = await BoundAsync(tenant, limit, cancel);
        var held = await HeldAsync(tenant, bound, cancel);
        if (held > 0) yield return new RetentionStep([], held);
        for (var skip = 0; ;)
        {
            var page = await PageAsync(tenant, bound, skip, cancel);
            if (page.Count == 0) yield break;
            // What is free and not removed went in part: the next step goes on with it.
            var (free, removed) = remove ? await RemoveAsync(tenant, [.. page.Select(row => row.Id)]) : (0, []);
            var gone = remove ? page.FindAll(row => removed.Contains(row.Id)) : page;
            skip += page.Count - free;
            yield return new RetentionStep(gone.ConvertAll(row => new RetainedItem(row.Name, DateTimeOffset.FromUnixTimeMilliseconds(row.At), 0)), remove ? page.Count - free : 0);
        }
    }

    /// <summary>The tenant of each row.</summary>
    protected abstract IQueryable<string> Tenants(FarmDb db);

    /// <summary>A tenant's rows that may go once they are old, held ones included.</summary>
    protected abstract IQueryable<RetainedRow> Rows(FarmDb db, string tenant);

    /// <summary>Removes rows in the transaction and answers with those that are gone altogether.</summary>
    protected abstract Task<Guid[]> DeleteAsync(FarmDb db, Guid[] ids);

    private async Task<int> HeldAsync(string tenant, Bound bound, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        return await Past(db, tenant, bound).Where(row => row.IsHeld).Take(options.Value.MostCounted).CountAsync(cancel);
    }

    private async Task<List<RetainedRow>> PageAsync(string tenant, Bound bound, int skip, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        return await Past(db, tenant, bound).Where(row => !row.IsHeld).OrderBy(row => row.Order).Skip(skip).Take(options.Value.BatchSize).ToListAsync(cancel);
    }

    private async Task<(int Free, HashSet<Guid> Removed)> RemoveAsync(string tenant, Guid[] ids)
    {
        Guid[] free = [], removed = [];
        await commits.WriteAsync(async db =>
        {
            free = await Rows(db, tenant).Where(row => !row.IsHeld && ids.Contains(row.Id)).Select(row => row.Id).ToArrayAsync();
            removed = await DeleteAsync(db, free);
        });
        return (free.Length, [.. removed]);
    }

    /// <summary>The limit as rows know it. What is the oldest of those that are kept is looked for once: what comes meanwhile only leaves more to the next run.</summary>
    private async Task<Bound> BoundAsync(string tenant, RetentionLimit limit, CancellationToken cancel)
    {
        var before = limit.Before?.ToUnixTimeMilliseconds() ?? long.MinValue;
        if (limit.Keep is not { } keep) return new Bound(before, long.MinValue);
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var newest = Rows(db, tenant).OrderByDescending(row => row.Order).Skip((int)Math.Min(keep - 1, int.MaxValue)).Select(row => (long?)row.Order);
        return new Bound(before, await newest.FirstOrDefaultAsync(cancel) ?? long.MinValue);
    }

    private IQueryable<RetainedRow> Past(FarmDb db, string tenant, Bound bound)
    {
        var (before, oldest) = (bound.Before, bound.OldestKept);
        return Rows(db, tenant).Where(row => row.At < before || row.Order < oldest);
    }

    private readonly record struct Bound(long Before, long OldestKept);
}
