using System.Collections.Frozen;
using Farm.Contracts.Assets;
using Farm.Grains.Assets;
using Farm.Grains.Persistence.Rows;
using Farm.Grains.Prompts;
using Farm.Grains.Retention;
using Microsoft.EntityFrameworkCore;

namespace Farm.Grains.Persistence.Retention;

/// <summary>What retention asks of the database about files.</summary>
internal sealed class EfRetentionStore(IDbContextFactory<FarmDb> contexts, GroupCommit commits) : IRetentionStore
{
    private const string LastRun = "retention_run";
    private const string Input = "input";

    /// <summary>The farm itself, which is no tenant.</summary>
    private const string Farm = "";

    /// <inheritdoc/>
    public async Task<DateTimeOffset> LastRunAsync()
    {
        await using var db = await contexts.CreateDbContextAsync();
        return DateTimeOffset.FromUnixTimeMilliseconds(await db.Counters.Where(c => c.Tenant == Farm && c.Name == LastRun).Select(c => c.Value).FirstOrDefaultAsync());
    }

    /// <inheritdoc/>
    public Task SetLastRunAsync(DateTimeOffset at) => commits.WriteAsync(async db =>
    {
        var time = at.ToUnixTimeMilliseconds();
        if (await db.Counters.Where(c => c.Tenant == Farm && c.Name == LastRun).ExecuteUpdateAsync(c => c.SetProperty(x => x.Value, time)) > 0) return;
        db.Counters.Add(new CounterRow { Tenant = Farm, Name = LastRun, Value = time });
        await db.SaveChangesAsync();
    });

    /// <inheritdoc/>
    public async Task<bool> AddNamesAsync(NamesInUse names, string tenant, DateTimeOffset since, int most, CancellationToken cancel)
    {
        var from = since.ToUnixTimeMilliseconds();
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var unfinished = db.Prompts.AsNoTracking().Where(p => p.Tenant == tenant && p.Status < PromptStatus.Ended && p.CreatedAt >= from);
        if (await unfinished.Take(most + 1).CountAsync(cancel) > most) return false;
        var graphs = unfinished.Join(db.Graphs.AsNoTracking(), p => p.RunId, g => g.RunId, (p, g) => new { p.Status, p.StartedAt, g.Prompt });
        await foreach (var prompt in graphs.AsAsyncEnumerable().WithCancellation(cancel))
        {
            DateTimeOffset? started = prompt is { Status: PromptStatus.Running, StartedAt: { } at } ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null;
            names.Add(prompt.Prompt, started);
        }
        return true;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlySet<string>> HeldAsync(string tenant, string root, IReadOnlyCollection<string> paths)
    {
        await using var db = await contexts.CreateDbContextAsync();
        return await HeldAsync(db, At(db, tenant, root, paths));
    }

    /// <inheritdoc/>
    public async Task<IReadOnlySet<string>> HideAsync(string tenant, string root, IReadOnlyCollection<string> paths)
    {
        IReadOnlySet<string> held = FrozenSet<string>.Empty;
        await commits.WriteAsync(async db =>
        {
            held = await HeldAsync(db, At(db, tenant, root, paths));
            await At(db, tenant, root, [.. paths.Except(held, StringComparer.Ordinal)]).ExecuteUpdateAsync(a => a.SetProperty(x => x.State, AssetState.Deleted));
        });
        return held;
    }

    /// <inheritdoc/>
    public Task ForgetAsync(string tenant, string root, IReadOnlyCollection<string> paths) => paths.Count == 0 ? Task.CompletedTask : commits.WriteAsync(db =>
        At(db, tenant, root, paths).Where(a => a.State != AssetState.Shown).ExecuteDeleteAsync());

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> HiddenAsync(string tenant, string root)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var hidden = db.Assets.AsNoTracking().Where(a => a.Tenant == tenant && a.Root == root && a.Path != null && a.State != AssetState.Shown);
        var held = await HeldAsync(db, hidden);
        return [.. (await hidden.Select(a => a.Path!).ToListAsync()).Where(path => !held.Contains(path))];
    }

    /// <inheritdoc/>
    public async Task<DateTimeOffset> UploadsBeforeAsync(string tenant, RetentionLimit limit)
    {
        var before = limit.Before ?? DateTimeOffset.MinValue;
        if (limit.Keep is not { } keep) return before;
        await using var db = await contexts.CreateDbContextAsync();
        var newest = Uploads(db, tenant).OrderByDescending(a => a.UsedAt).Skip((int)Math.Min(keep - 1, int.MaxValue)).Select(a => (long?)a.UsedAt);
        return await newest.FirstOrDefaultAsync() is { } oldest && AssetQueries.FromMicroseconds(oldest) is var kept && kept > before ? kept : before;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<RetainedUpload>> UploadsAsync(string tenant, DateTimeOffset before, int skip, int take)
    {
        var time = AssetQueries.ToMicroseconds(before);
        await using var db = await contexts.CreateDbContextAsync();
        var rows = await Uploads(db, tenant).Where(a => a.UsedAt < time).OrderBy(a => a.UsedAt).ThenBy(a => a.Path).Skip(skip).Take(take).ToListAsync();
        return [.. rows.Select(a => new RetainedUpload(new AssetPlace(Input, a.Path), a.Hash, AssetQueries.FromMicroseconds(a.UsedAt), a.Size))];
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> TenantsAsync()
    {
        await using var db = await contexts.CreateDbContextAsync();
        return await db.Assets.Select(a => a.Tenant).Distinct().ToListAsync();
    }

    private static IQueryable<UploadRow> Uploads(FarmDb db, string tenant) => db.Assets.AsNoTracking().Where(a => a.Tenant == tenant && a.Root == Input && a.Path != null)
        .Select(a => new UploadRow { Path = a.Path!, Hash = a.Hash, Size = a.Size, UsedAt = a.AccessedAt > a.UpdatedAt ? a.AccessedAt : a.UpdatedAt });

    private static IQueryable<AssetRow> At(FarmDb db, string tenant, string root, IReadOnlyCollection<string> paths) =>
        db.Assets.Where(a => a.Tenant == tenant && a.Root == root && a.Path != null && paths.Contains(a.Path));

    private static async Task<IReadOnlySet<string>> HeldAsync(FarmDb db, IQueryable<AssetRow> assets)
    {
        var rows = await assets.AsNoTracking().Select(a => new
        {
            a.Id,
            a.Root,
            a.Path,
            a.UserMetadata,
            a.State,
            IsPreview = db.Assets.Any(other => other.PreviewId == a.Id && other.State == AssetState.Shown),
            IsShared = db.Assets.Any(other => other.Tenant == a.Tenant && other.Hash == a.Hash && other.Path == null && other.State == AssetState.Shown),
            IsOfBatch = a.JobId != null && db.Ledger.Any(l => l.Tenant == a.Tenant && l.PromptId == a.JobId && db.Batches.Any(b => b.BatchId == l.BatchId && b.EndedAt == null)),
        }).ToListAsync();
        var tags = await db.AssetTags.AsNoTracking().Where(t => assets.Any(a => a.Id == t.AssetId)).Select(t => new { t.AssetId, t.Tag }).ToListAsync();
        var byAsset = tags.ToLookup(t => t.AssetId, t => t.Tag);
        return rows
            .Where(a => a.IsPreview || a.IsShared || a.IsOfBatch || (a.State != AssetState.Deleted && (a.UserMetadata != "{}" || IsTagged(a.Root!, a.Path!, byAsset[a.Id]))))
            .Select(a => a.Path!)
            .ToFrozenSet(StringComparer.Ordinal);
    }

    /// <summary>Whether an asset has tags beyond those that its place gives it.</summary>
    private static bool IsTagged(string root, string path, IEnumerable<string> tags) =>
        AssetFiles.KeyOf(new AssetPlace(root, path)) is { } key && tags.Except(AssetFiles.TagsOf(root, key), StringComparer.Ordinal).Any();

    private sealed class UploadRow
    {
        public required string Path { get; init; }

        public required string Hash { get; init; }

        public required long Size { get; init; }

        public required long UsedAt { get; init; }
    }
}
