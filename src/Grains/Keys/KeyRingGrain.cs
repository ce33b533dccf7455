using System.Collections.Immutable;
using Farm.Contracts.Security;
using Orleans.Concurrency;

namespace Farm.Grains.Keys;

/// <summary>Answers from the store; holds nothing.</summary>
[StatelessWorker]
internal sealed class KeyRingGrain(IKeyStore store, TimeProvider clock) : Grain, IKeyRingGrain
{
    /// <inheritdoc/>
    public Task<ImmutableArray<string>> ListAsync() => store.RingAsync();

    /// <inheritdoc/>
    public Task AddAsync(string name, string xml) => store.AddToRingAsync(name, xml, clock.GetUtcNow());
}
