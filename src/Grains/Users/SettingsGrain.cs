using System.Collections.Immutable;
using Farm.Contracts.Users;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;

namespace Farm.Grains.Users;

/// <summary>Answers from the store; holds nothing.</summary>
[StatelessWorker]
internal sealed class SettingsGrain(ISettingStore store, IOptions<SettingsOptions> options) : Grain, ISettingsGrain
{
    /// <inheritdoc/>
    public Task<ImmutableArray<Setting>> ListAsync(string userId) => store.ListAsync(this.GetPrimaryKeyString(), userId);

    /// <inheritdoc/>
    public Task<string?> GetAsync(string userId, string key) => store.FindAsync(this.GetPrimaryKeyString(), userId, key);

    /// <inheritdoc/>
    public Task<bool> PutAsync(string userId, ImmutableArray<Setting> settings) =>
        store.PutAsync(this.GetPrimaryKeyString(), userId, settings, options.Value.MaxCount);
}
