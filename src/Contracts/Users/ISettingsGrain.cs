using System.Collections.Immutable;

namespace Farm.Contracts.Users;

/// <summary>The settings of a tenant's users. The key is the tenant; any number of these answer at once.</summary>
[Alias("farm.ISettingsGrain")]
public interface ISettingsGrain : IGrainWithStringKey
{
    /// <summary>All settings of a user, in order of their keys.</summary>
    [Alias("List")]
    Task<ImmutableArray<Setting>> ListAsync(string userId);

    /// <summary>The value of a setting as JSON text; null when it was never set.</summary>
    [Alias("Get")]
    Task<string?> GetAsync(string userId, string key);

    /// <summary>Sets some, leaves the others as they are. False, and nothing set, when the user would have more than <c>Farm:Settings:MaxCount</c>.</summary>
    [Alias("Put")]
    Task<bool> PutAsync(string userId, ImmutableArray<Setting> settings);
}

/// <summary>A setting.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Value">Its value as JSON text.</param>
[GenerateSerializer, Immutable, Alias("farm.Setting")]
public sealed record Setting(string Key, string Value);
