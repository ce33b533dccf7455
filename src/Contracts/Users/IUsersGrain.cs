using System.Collections.Immutable;

namespace Farm.Contracts.Users;

/// <summary>The users of a tenant in multi-user mode. The key is the tenant; any number of these answer at once.</summary>
[Alias("farm.IUsersGrain")]
public interface IUsersGrain : IGrainWithStringKey
{
    /// <summary>All users, in order of their ids.</summary>
    [Alias("List")]
    Task<ImmutableArray<FarmUser>> ListAsync();

    /// <summary>Adds a user. False when the name or the id is taken; nothing is changed then.</summary>
    [Alias("Add")]
    Task<bool> AddAsync(FarmUser user);

    /// <summary>Whether there is a user of that id.</summary>
    [Alias("Exists")]
    Task<bool> ExistsAsync(string userId);
}

/// <summary>A user.</summary>
/// <param name="Id">What the <c>Comfy-User</c> header carries, and the name of the user's folder.</param>
/// <param name="Name">The name that people see; unique in its tenant.</param>
[GenerateSerializer, Immutable, Alias("farm.FarmUser")]
public sealed record FarmUser(string Id, string Name);
