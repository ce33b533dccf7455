using System.Collections.Immutable;
using Farm.Contracts.Users;
using Farm.Grains.Users;
using Microsoft.EntityFrameworkCore;

namespace Farm.Grains.Persistence;

/// <summary>Settings in the database, a row each: two gateways that set different ones do not undo each other.</summary>
internal sealed class EfSettingStore(IDbContextFactory<FarmDb> contexts, GroupCommit commits) : ISettingStore
{
    /// <inheritdoc/>
    public async Task<ImmutableArray<Setting>> ListAsync(string tenant, string userId)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var rows = await db.Settings.AsNoTracking().Where(s => s.Tenant == tenant && s.User == userId).OrderBy(s => s.Key).ToListAsync();
        return [.. rows.Select(s => new Setting(s.Key, s.Value))];
    }

    /// <inheritdoc/>
    public async Task<string?> FindAsync(string tenant, string userId, string key)
    {
        await using var db = await contexts.CreateDbContextAsync();
        return await db.Settings.Where(s => s.Tenant == tenant && s.User == userId && s.Key == key).Select(s => s.Value).FirstOrDefaultAsync();
    }

    /// <inheritdoc/>
    public async Task<bool> PutAsync(string tenant, string userId, IReadOnlyCollection<Setting> settings, int maxCount)
    {
        var fits = true;
        await commits.WriteAsync(async db =>
        {
            var keys = settings.Select(s => s.Key).ToHashSet(StringComparer.Ordinal);
            var known = await db.Settings.Where(s => s.Tenant == tenant && s.User == userId).Select(s => s.Key).ToListAsync();
            keys.UnionWith(known);
            fits = keys.Count <= maxCount || keys.Count == known.Count;
            foreach (var (key, value) in fits ? settings : [])
            {
                await db.Database.ExecuteSqlAsync(
                    $"""
                    INSERT INTO settings (tenant, "user", key, value) VALUES ({tenant}, {userId}, {key}, {value})
                    ON CONFLICT (tenant, "user", key) DO UPDATE SET value = excluded.value
                    """);
            }
        });
        return fits;
    }
}
