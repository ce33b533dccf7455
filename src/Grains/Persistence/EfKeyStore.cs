using System.Collections.Immutable;
using Farm.Contracts.Security;
using Farm.Grains.Keys;
using Farm.Grains.Persistence.Rows;
using Farm.Grains.Prompts;
using Microsoft.EntityFrameworkCore;

namespace Farm.Grains.Persistence;

/// <summary>API keys and the key ring in the database.</summary>
internal sealed class EfKeyStore(IDbContextFactory<FarmDb> contexts, GroupCommit commits) : IKeyStore
{
    /// <inheritdoc/>
    public async Task<bool> AddAsync(ApiKey key, int most)
    {
        await using (var db = await contexts.CreateDbContextAsync())
        {
            if (await db.Keys.CountAsync(k => k.RevokedAt == null) >= most) return false;
        }
        return await TryAsync(db => { db.Keys.Add(ToRow(key)); });
    }

    /// <inheritdoc/>
    public async Task<ApiKey?> FindAsync(string id)
    {
        await using var db = await contexts.CreateDbContextAsync();
        return await db.Keys.AsNoTracking().FirstOrDefaultAsync(k => k.Id == id) is { } row ? ToKey(row) : null;
    }

    /// <inheritdoc/>
    public Task UsedAsync(string id, DateTimeOffset at)
    {
        var time = at.ToUnixTimeMilliseconds();
        return commits.WriteAsync(db => db.Keys.Where(k => k.Id == id).ExecuteUpdateAsync(k => k.SetProperty(x => x.LastUsedAt, time)));
    }

    /// <inheritdoc/>
    public async Task<ApiKeyPage> ListAsync(int offset, int limit)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var rows = await db.Keys.AsNoTracking().OrderByDescending(k => k.CreatedAt).ThenBy(k => k.Id).Skip(offset).Take(limit).ToListAsync();
        return new ApiKeyPage([.. rows.Select(ToKey)], await db.Keys.CountAsync());
    }

    /// <inheritdoc/>
    public async Task<bool> RevokeAsync(string id, DateTimeOffset at)
    {
        var time = at.ToUnixTimeMilliseconds();
        await commits.WriteAsync(db => db.Keys.Where(k => k.Id == id && k.RevokedAt == null).ExecuteUpdateAsync(k => k.SetProperty(x => x.RevokedAt, time)));
        await using var db = await contexts.CreateDbContextAsync();
        return await db.Keys.AnyAsync(k => k.Id == id);
    }

    /// <inheritdoc/>
    public async Task<ImmutableArray<string>> RingAsync()
    {
        await using var db = await contexts.CreateDbContextAsync();
        return [.. await db.KeyRing.AsNoTracking().OrderBy(k => k.CreatedAt).ThenBy(k => k.Name).Select(k => k.Xml).ToListAsync()];
    }

    /// <inheritdoc/>
    public Task AddToRingAsync(string name, string xml, DateTimeOffset at) =>
        TryAsync(db => { db.KeyRing.Add(new KeyRingRow { Name = name, Xml = xml, CreatedAt = at.ToUnixTimeMilliseconds() }); });

    private async Task<bool> TryAsync(Action<FarmDb> add)
    {
        try
        {
            await commits.WriteAsync(add);
            return true;
        }
        catch (StaleWriteException)
        {
            return false;
        }
    }

    private static KeyRow ToRow(ApiKey key) => new()
    {
        Id = key.Id,
        Hash = [.. key.Hash],
        Tenant = key.Tenant,
        Name = key.Name,
        Scopes = key.Scopes,
        CreatedAt = key.CreatedAt.ToUnixTimeMilliseconds(),
        CreatedBy = key.CreatedBy,
        ExpiresAt = key.ExpiresAt?.ToUnixTimeMilliseconds(),
        RevokedAt = key.RevokedAt?.ToUnixTimeMilliseconds(),
        LastUsedAt = key.LastUsedAt?.ToUnixTimeMilliseconds(),
    };

    private static ApiKey ToKey(KeyRow row) => new()
    {
        Id = row.Id,
        Hash = [.. row.Hash],
        Tenant = row.Tenant,
        Name = row.Name,
        Scopes = row.Scopes,
        CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(row.CreatedAt),
        CreatedBy = row.CreatedBy,
        ExpiresAt = ToTime(row.ExpiresAt),
        RevokedAt = ToTime(row.RevokedAt),
        LastUsedAt = ToTime(row.LastUsedAt),
    };

    private static DateTimeOffset? ToTime(long? milliseconds) => milliseconds is { } time ? DateTimeOffset.FromUnixTimeMilliseconds(time) : null;
}
