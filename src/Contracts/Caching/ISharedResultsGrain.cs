namespace Farm.Contracts.Caching;

/// <summary>
/// A part of the farm-wide cache of small node results, kept in the memory of a CPU silo and lost with it. Keyed by
/// <see cref="ResultKey.Shard"/>. A result is named by what it was made of, so there is nothing to invalidate.
/// </summary>
[Alias("farm.ISharedResultsGrain")]
public interface ISharedResultsGrain : IGrainWithIntegerKey
{
    /// <summary>How many parts there are.</summary>
    const int Shards = 64;

    /// <summary>
    /// Finds a result. While another worker computes it, waits for it, at most <paramref name="patience"/>. Null: the caller is to
    /// compute it, and to call <see cref="StoreAsync"/> or <see cref="GiveUpAsync"/> then.
    /// </summary>
    [Alias("Find")]
    Task<SharedResult?> FindAsync(ResultKey key, TimeSpan patience);

    /// <summary>Keeps a result and hands it to those who wait for it.</summary>
    [Alias("Store")]
    Task StoreAsync(ResultKey key, SharedResult result);

    /// <summary>The caller will not store the result after all: one of those who wait for it is to compute it.</summary>
    [Alias("GiveUp")]
    Task GiveUpAsync(ResultKey key);
}

/// <summary>The name of a result.</summary>
/// <param name="Tenant">Whose it is: tenants share nothing.</param>
/// <param name="Hash">SHA-256 of what it was made of, lower-case hex.</param>
[GenerateSerializer, Immutable, Alias("farm.ResultKey")]
public sealed record ResultKey(string Tenant, string Hash)
{
    /// <summary>The key of the grain that has it.</summary>
    public long Shard => Convert.ToInt64(Hash[..4], fromBase: 16) % ISharedResultsGrain.Shards;
}

/// <summary>A result as workers write it; nobody else reads it.</summary>
/// <param name="Bytes">Its values.</param>
[GenerateSerializer, Immutable, Alias("farm.SharedResult")]
public sealed record SharedResult(byte[] Bytes);
