using System.Collections.Immutable;
using Farm.Contracts.Users;

namespace Farm.Grains.Users;

/// <summary>The users of all tenants.</summary>
internal interface IUserStore
{
    /// <summary>A tenant's users, in order of their ids.</summary>
    Task<ImmutableArray<FarmUser>> ListAsync(string tenant);

    /// <summary>Adds a user; false when the tenant has one of that id or name.</summary>
    Task<bool> AddAsync(string tenant, FarmUser user);

    /// <summary>Whether the tenant has a user of that id.</summary>
    Task<bool> ExistsAsync(string tenant, string userId);
}
