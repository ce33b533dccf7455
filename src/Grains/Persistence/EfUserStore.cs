using System.Collections.Immutable;
using Farm.Contracts.Users;
using Farm.Grains.Persistence.Rows;
using Farm.Grains.Prompts;
using Farm.Grains.Users;
using Microsoft.EntityFrameworkCore;

namespace Farm.Grains.Persistence;

/// <summary>Users in the database; its own constraints keep ids and names apart.</summary>
internal sealed class EfUserStore(IDbContextFactory<FarmDb> contexts, GroupCommit commits) : IUserStore
{
    /// <inheritdoc/>
    public async Task<ImmutableArray<FarmUser>> ListAsync(string tenant)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var rows = await db.Users.AsNoTracking().Where(u => u.Tenant == tenant).OrderBy(u => u.User).ToListAsync();
        return [.. rows.Select(u => new FarmUser(u.User, u.Name))];
    }

    /// <inheritdoc/>
    public async Task<bool> AddAsync(string tenant, FarmUser user)
    {
        try
        {
            await commits.WriteAsync(db => { db.Users.Add(new UserRow { Tenant = tenant, User = user.Id, Name = user.Name }); });
            return true;
        }
        catch (StaleWriteException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public async Task<bool> ExistsAsync(string tenant, string userId)
    {
        await using var db = await contexts.CreateDbContextAsync();
        return await db.Users.AnyAsync(u => u.Tenant == tenant && u.User == userId);
    }
}
