using System.Collections.Immutable;
using Farm.Contracts.Users;
using Orleans.Concurrency;

namespace Farm.Grains.Users;

/// <summary>Answers from the store; holds nothing.</summary>
[StatelessWorker]
internal sealed class UsersGrain(IUserStore store) : Grain, IUsersGrain
{
    /// <inheritdoc/>
    public Task<ImmutableArray<FarmUser>> ListAsync() => store.ListAsync(this.GetPrimaryKeyString());

    /// <inheritdoc/>
    public Task<bool> AddAsync(FarmUser user) => store.AddAsync(this.GetPrimaryKeyString(), user);

    /// <inheritdoc/>
    public Task<bool> ExistsAsync(string userId) => store.ExistsAsync(this.GetPrimaryKeyString(), userId);
}
