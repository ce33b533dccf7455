using System.Collections.Immutable;
using Farm.Contracts.Users;

namespace Farm.Grains.Users;

/// <summary>The settings of all users.</summary>
internal interface ISettingStore
{
    /// <summary>A user's settings, in order of their keys.</summary>
    Task<ImmutableArray<Setting>> ListAsync(string tenant, string userId);

    /// <summary>A value; null when it was never set.</summary>
    Task<string?> FindAsync(string tenant, string userId, string key);

    /// <summary>Sets all of them in one commit; false, and none set, when the user would have more than <paramref name="maxCount"/>.</summary>
    Task<bool> PutAsync(string tenant, string userId, IReadOnlyCollection<Setting> settings, int maxCount);
}
