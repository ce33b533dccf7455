using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Farm.Contracts.Assets;
using Farm.Grains.Assets;
using Farm.Grains.Persistence.Rows;
using Microsoft.EntityFrameworkCore;

namespace Farm.Grains.Persistence;

/// <summary>Assets in the database.</summary>
internal sealed class EfAssetStore(IDbContextFactory<FarmDb> contexts, GroupCommit commits, TimeProvider clock) : IAssetStore
{
    private const string Unknown = "application/octet-stream";

    private long Now => AssetQueries.ToMicroseconds(clock.GetUtcNow());

    /// <inheritdoc/>
    public async Task<Asset?> FindAsync(string tenant, string user, Guid id)
    {
        await using var db = await contexts.CreateDbContextAsync();
        return await FindAsync(db, tenant, user, id);
    }

    /// <inheritdoc/>
    public async Task<bool> ExistsAsync(string tenant, Guid id)
    {
        await using var db = await contexts.CreateDbContextAsync();
        return await db.Assets.AnyAsync(a => a.Tenant == tenant && a.Id == id && a.State == AssetState.Shown);
    }

    /// <inheritdoc/>
    public async Task<bool> HasContentAsync(string tenant, string hash)
    {
        await using var db = await contexts.CreateDbContextAsync();
        return await db.Assets.AnyAsync(a => a.Tenant == tenant && a.Hash == hash);
    }

    /// <inheritdoc/>
    public async Task<AssetPage> ListAsync(string tenant, string user, AssetQuery query)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var matching = db.VisibleAssets(tenant, user).Matching(db, query.Filter);
        var rows = await matching.Sorted(db, query.Sort, query.Ascending).Skip(query.Offset).Take(query.Limit).ToListAsync();
        // Counted after the page: an asset that is made in between is then in the total at least, and no page has more than its total.
        var total = await matching.CountAsync();
        return new AssetPage(await AssetQueries.WithTagsAsync(db, rows), total);
    }

    /// <inheritdoc/>
    public async Task<Asset> InsertAsync(string tenant, NewAsset asset)
    {
        var id = Guid.NewGuid();
        var now = Now;
        await commits.WriteAsync(async db =>
        {
            if (asset.Place is { } place)
                await PlaceOf(db, tenant, place).ExecuteUpdateAsync(a => a.SetProperty(x => x.Root, (string?)null).SetProperty(x => x.Path, (string?)null));
            var content = await db.Assets.AsNoTracking().Where(a => a.Tenant == tenant && a.Hash == asset.Hash).OrderBy(a => a.CreatedAt).FirstOrDefaultAsync();
            var row = new AssetRow
            {
                Id = id,
                Tenant = tenant,
                User = asset.User,
                Name = asset.Name,
                Hash = asset.Hash,
                Size = asset.Size ?? content?.Size ?? 0,
                MimeType = asset.MimeType ?? content?.MimeType ?? Unknown,
                Root = asset.Place?.Root,
                Path = asset.Place?.Path,
                FileName = asset.FileName,
                PreviewId = asset.PreviewId,
                CreatedAt = now,
                UpdatedAt = now,
                AccessedAt = now,
            };
            AssetRows.Add(db, row, asset.UserMetadata, asset.Tags);
            await db.SaveChangesAsync();
        });
        return (await FindAsync(tenant, asset.User, id))!;
    }

    /// <inheritdoc/>
    public async Task<Asset> UpsertFileAsync(string tenant, FileAsset file)
    {
        var id = Guid.Empty;
        await commits.WriteAsync(async db =>
        {
            var known = await PlaceOf(db, tenant, file.File.Place).AsNoTracking().FirstOrDefaultAsync();
            id = known?.Id ?? Guid.NewGuid();
            if (known is null)
                AssetRows.Add(db, AssetRows.Of(tenant, id, file, Now), "{}", file.Tags);
            else
                await RefreshAsync(db, known, file);
            await db.SaveChangesAsync();
        });
        await using var db = await contexts.CreateDbContextAsync();
        return (await AssetQueries.WithTagsAsync(db, [await db.Assets.AsNoTracking().FirstAsync(a => a.Id == id)]))[0];
    }

    /// <inheritdoc/>
    public async Task<Asset?> UpdateAsync(string tenant, string user, Guid id, AssetChange change)
    {
        await commits.WriteAsync(async db =>
        {
            if (await db.VisibleAssets(tenant, user).FirstOrDefaultAsync(a => a.Id == id) is not { } row)
                return;
            var metadata = change.UserMetadata ?? row.UserMetadata;
            var (name, preview, now) = (change.Name ?? row.Name, change.PreviewId ?? row.PreviewId, Now);
            await db.Assets.Where(a => a.Id == id).ExecuteUpdateAsync(a => a
                .SetProperty(x => x.Name, name)
                .SetProperty(x => x.UserMetadata, metadata)
                .SetProperty(x => x.PreviewId, preview)
                .SetProperty(x => x.UpdatedAt, now));
            if (change.UserMetadata is null)
                return;
            await db.AssetMetadata.Where(m => m.AssetId == id).ExecuteDeleteAsync();
            db.AssetMetadata.AddRange(AssetRows.Searchable(row, metadata));
            await db.SaveChangesAsync();
        });
        return await FindAsync(tenant, user, id);
    }

    /// <inheritdoc/>
    public async Task<ImmutableArray<AssetPlace>?> DeleteAsync(string tenant, string user, Guid id, bool withContent)
    {
        ImmutableArray<AssetPlace>? removed = null;
        await commits.WriteAsync(async db =>
        {
            removed = null;
            if (await db.VisibleAssets(tenant, user).FirstOrDefaultAsync(a => a.Id == id) is not { } row)
                return;
            var contents = db.Assets.Where(a => a.Tenant == tenant && a.Hash == row.Hash);
            if (!withContent || await contents.AnyAsync(a => a.State == AssetState.Shown && a.Id != id))
            {
                await db.Assets.Where(a => a.Id == id).ExecuteUpdateAsync(a => a.SetProperty(x => x.State, AssetState.Deleted));
                removed = [];
                return;
            }
            removed = await OwnPlacesAsync(db, tenant, contents);
            await contents.ExecuteDeleteAsync();
        });
        return removed;
    }

    /// <inheritdoc/>
    public Task<TagChange?> AddTagsAsync(string tenant, string user, Guid id, ImmutableArray<string> tags) =>
        ChangeTagsAsync(tenant, user, id, tags, async (db, row, present) =>
        {
            ImmutableArray<string> added = [.. tags.Except(present, StringComparer.Ordinal).Order(StringComparer.Ordinal)];
            db.AssetTags.AddRange(AssetRows.TagsOf(row, added));
            await db.SaveChangesAsync();
            return Change(tags, added, present.Concat(added));
        });

    /// <inheritdoc/>
    public Task<TagChange?> RemoveTagsAsync(string tenant, string user, Guid id, ImmutableArray<string> tags) =>
        ChangeTagsAsync(tenant, user, id, tags, async (db, row, present) =>
        {
            ImmutableArray<string> removed = [.. tags.Intersect(present, StringComparer.Ordinal).Order(StringComparer.Ordinal)];
            var names = removed.ToArray();
            await db.AssetTags.Where(t => t.AssetId == row.Id && names.Contains(t.Tag)).ExecuteDeleteAsync();
            return Change(tags, removed, present.Except(removed, StringComparer.Ordinal));
        });

    /// <inheritdoc/>
    public async Task<TagPage> TagsAsync(string tenant, string user, TagQuery query)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var (prefix, part) = (query.Prefix, query.Contains);
        var tags = db.AssetTags.AsNoTracking().Where(t => t.Tenant == tenant && (t.User == user || t.User == "") && t.Tag.StartsWith(prefix) && t.Tag.Contains(part));
        var counted = tags
            .GroupJoin(db.Assets.Where(a => a.State == AssetState.Shown), t => t.AssetId, a => a.Id, (t, shown) => new { t.Tag, Shown = shown.Count() })
            .GroupBy(t => t.Tag)
            .Select(g => new { Name = g.Key, Count = g.Sum(t => t.Shown) });
        if (!query.WithUnused)
            counted = counted.Where(t => t.Count > 0);
        var sorted = query.ByName ? counted.OrderBy(t => t.Name) : counted.OrderByDescending(t => t.Count).ThenBy(t => t.Name);
        var page = await sorted.Skip(query.Offset).Take(query.Limit).ToListAsync();
        var total = await counted.CountAsync();
        return new TagPage([.. page.Select(t => new TagCount(t.Name, t.Count))], total);
    }

    /// <inheritdoc/>
    public async Task<ImmutableArray<TagCount>> RefineAsync(string tenant, string user, AssetFilter filter, RefineQuery query)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var matching = db.VisibleAssets(tenant, user).Matching(db, filter);
        var counted = db.AssetTags.AsNoTracking()
            .Where(t => matching.Any(a => a.Id == t.AssetId))
            .GroupBy(t => t.Tag)
            .Select(g => new { Name = g.Key, Count = g.Count() });
        var sorted = query switch
        {
            { ByName: true, Ascending: true } => counted.OrderBy(t => t.Name),
            { ByName: true } => counted.OrderByDescending(t => t.Name),
            { Ascending: true } => counted.OrderBy(t => t.Count).ThenBy(t => t.Name),
            _ => counted.OrderByDescending(t => t.Count).ThenBy(t => t.Name),
        };
        var page = await sorted.Skip(query.Offset).Take(query.Limit).ToListAsync();
        return [.. page.Select(t => new TagCount(t.Name, t.Count))];
    }

    /// <inheritdoc/>
    public Task TouchAsync(string tenant, Guid id)
    {
        var now = Now;
        return commits.WriteAsync(db => db.Assets.Where(a => a.Tenant == tenant && a.Id == id).ExecuteUpdateAsync(a => a.SetProperty(x => x.AccessedAt, now)));
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<KnownFile> FilesAsync(string tenant, string root, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellation);
        var files = db.Assets.AsNoTracking()
            .Where(a => a.Tenant == tenant && a.Root == root && a.Path != null)
            .Select(a => new KnownFile(a.Id, a.Path!, a.Size, a.WrittenAt, a.State == AssetState.Missing));
        await foreach (var file in files.AsAsyncEnumerable().WithCancellation(cancellation))
            yield return file;
    }

    /// <inheritdoc/>
    public Task HideMissingAsync(IReadOnlyCollection<Guid> ids) => commits.WriteAsync(db => db.Assets
        .Where(a => ids.Contains(a.Id) && a.State == AssetState.Shown)
        .ExecuteUpdateAsync(a => a.SetProperty(x => x.State, AssetState.Missing)));

    private static IQueryable<AssetRow> PlaceOf(FarmDb db, string tenant, AssetPlace place) =>
        db.Assets.Where(a => a.Tenant == tenant && a.Root == place.Root && a.Path == place.Path);

    private static async Task<Asset?> FindAsync(FarmDb db, string tenant, string user, Guid id) =>
        await db.VisibleAssets(tenant, user).FirstOrDefaultAsync(a => a.Id == id) is { } row ? (await AssetQueries.WithTagsAsync(db, [row]))[0] : null;

    /// <summary>The file was written again, or its asset comes back.</summary>
    private async Task RefreshAsync(FarmDb db, AssetRow known, FileAsset file)
    {
        var (hash, size, mime, writtenAt, now) = (file.File.Hash, file.File.Size, file.MimeType, file.File.WrittenAt.UtcTicks, Now);
        var jobId = file.File.JobId ?? (known.Hash == hash ? known.JobId : null);
        await db.Assets.Where(a => a.Id == known.Id).ExecuteUpdateAsync(a => a
            .SetProperty(x => x.Hash, hash)
            .SetProperty(x => x.Size, size)
            .SetProperty(x => x.MimeType, mime)
            .SetProperty(x => x.WrittenAt, writtenAt)
            .SetProperty(x => x.JobId, jobId)
            .SetProperty(x => x.State, AssetState.Shown)
            .SetProperty(x => x.UpdatedAt, now));
        var present = await db.AssetTags.AsNoTracking().Where(t => t.AssetId == known.Id).Select(t => t.Tag).ToListAsync();
        db.AssetTags.AddRange(AssetRows.TagsOf(known, file.Tags.Except(present, StringComparer.Ordinal)));
    }

    /// <summary>The files of some assets that no other tenant's assets have.</summary>
    private static async Task<ImmutableArray<AssetPlace>> OwnPlacesAsync(FarmDb db, string tenant, IQueryable<AssetRow> assets)
    {
        var places = await assets.AsNoTracking()
            .Where(a => a.Path != null && !db.Assets.Any(other => other.Tenant != tenant && other.Root == a.Root && other.Path == a.Path))
            .Select(a => new { a.Root, a.Path })
            .ToListAsync();
        return [.. places.Select(p => new AssetPlace(p.Root!, p.Path!))];
    }

    private async Task<TagChange?> ChangeTagsAsync(
        string tenant, string user, Guid id, ImmutableArray<string> tags, Func<FarmDb, AssetRow, List<string>, Task<TagChange>> apply)
    {
        TagChange? change = null;
        await commits.WriteAsync(async db =>
        {
            change = null;
            if (await db.VisibleAssets(tenant, user).FirstOrDefaultAsync(a => a.Id == id) is not { } row)
                return;
            change = await apply(db, row, await db.AssetTags.AsNoTracking().Where(t => t.AssetId == id).Select(t => t.Tag).ToListAsync());
        });
        return change;
    }

    private static TagChange Change(ImmutableArray<string> asked, ImmutableArray<string> changed, IEnumerable<string> now) =>
        new(changed, [.. asked.Except(changed, StringComparer.Ordinal).Order(StringComparer.Ordinal)], [.. now.Order(StringComparer.Ordinal)]);
}
