using System.Collections.Immutable;
using Farm.Contracts.Assets;
using Farm.Grains.Persistence.Rows;
using Microsoft.EntityFrameworkCore;

namespace Farm.Grains.Persistence;

/// <summary>Questions about assets that both providers answer.</summary>
internal static class AssetQueries
{
    private const int MicrosecondsPerTick = 10;

    /// <summary>A moment as rows hold it.</summary>
    public static long ToMicroseconds(DateTimeOffset moment) => (moment - DateTimeOffset.UnixEpoch).Ticks / MicrosecondsPerTick;

    /// <summary>The assets that a user sees: his own and those of all.</summary>
    public static IQueryable<AssetRow> VisibleAssets(this FarmDb db, string tenant, string user) => db.Assets.AsNoTracking()
        .Where(a => a.Tenant == tenant && a.State == AssetState.Shown && (a.User == user || a.User == ""));

    /// <summary>The assets that a filter leaves.</summary>
    public static IQueryable<AssetRow> Matching(this IQueryable<AssetRow> assets, FarmDb db, AssetFilter filter)
    {
        foreach (var tag in filter.IncludeTags)
            assets = assets.Where(a => db.AssetTags.Any(t => t.AssetId == a.Id && t.Tag == tag));
        foreach (var tag in filter.ExcludeTags)
            assets = assets.Where(a => !db.AssetTags.Any(t => t.AssetId == a.Id && t.Tag == tag));
        if (filter.NameContains is { Length: > 0 } part)
        {
            // SQLite folds ASCII only: a text beyond it is found as written.
            var lower = part.ToLowerInvariant();
            assets = assets.Where(a => a.Name.Contains(part) || a.Name.ToLower().Contains(lower));
        }
        foreach (var match in filter.Metadata)
        {
            var (key, values, orAbsent) = (match.Key, match.Values.ToArray(), match.OrAbsent);
            assets = assets.Where(a =>
                db.AssetMetadata.Any(m => m.AssetId == a.Id && m.Key == key && values.Contains(m.Value))
                || (orAbsent && !db.AssetMetadata.Any(m => m.AssetId == a.Id && m.Key == key)));
        }
        return assets;
    }

    /// <summary>The assets in order; equal ones by their ids, so that pages neither repeat nor skip any.</summary>
    public static IQueryable<AssetRow> Sorted(this IQueryable<AssetRow> assets, FarmDb db, AssetSort sort, bool ascending)
    {
        var byCodePoint = db.Database.IsNpgsql() ? "C" : "BINARY";
        var sorted = sort switch
        {
            AssetSort.Name => ascending ? assets.OrderBy(a => EF.Functions.Collate(a.Name, byCodePoint)) : assets.OrderByDescending(a => EF.Functions.Collate(a.Name, byCodePoint)),
            AssetSort.Size => ascending ? assets.OrderBy(a => a.Size) : assets.OrderByDescending(a => a.Size),
            AssetSort.UpdatedAt => ascending ? assets.OrderBy(a => a.UpdatedAt) : assets.OrderByDescending(a => a.UpdatedAt),
            AssetSort.AccessedAt => ascending ? assets.OrderBy(a => a.AccessedAt) : assets.OrderByDescending(a => a.AccessedAt),
            _ => ascending ? assets.OrderBy(a => a.CreatedAt) : assets.OrderByDescending(a => a.CreatedAt),
        };
        return sorted.ThenBy(a => a.Id);
    }

    /// <summary>Rows with their tags, in the order of the rows.</summary>
    public static async Task<ImmutableArray<Asset>> WithTagsAsync(FarmDb db, IReadOnlyList<AssetRow> rows)
    {
        var ids = rows.Select(a => a.Id).ToArray();
        var tags = await db.AssetTags.AsNoTracking().Where(t => ids.Contains(t.AssetId)).Select(t => new { t.AssetId, t.Tag }).ToListAsync();
        var byAsset = tags.ToLookup(t => t.AssetId, t => t.Tag);
        return [.. rows.Select(row => ToAsset(row, byAsset[row.Id]))];
    }

    private static Asset ToAsset(AssetRow row, IEnumerable<string> tags) => new()
    {
        Id = row.Id,
        Name = row.Name,
        Hash = row.Hash,
        Size = row.Size,
        MimeType = row.MimeType,
        Tags = [.. tags.Order(StringComparer.Ordinal)],
        UserMetadata = row.UserMetadata,
        PreviewId = row.PreviewId,
        Place = row is { Root: { } root, Path: { } path } ? new AssetPlace(root, path) : null,
        FileName = row.FileName,
        JobId = row.JobId,
        CreatedAt = FromMicroseconds(row.CreatedAt),
        UpdatedAt = FromMicroseconds(row.UpdatedAt),
        AccessedAt = FromMicroseconds(row.AccessedAt),
    };

    /// <summary>A moment of a row.</summary>
    public static DateTimeOffset FromMicroseconds(long moment) => DateTimeOffset.UnixEpoch.AddTicks(moment * MicrosecondsPerTick);
}
