namespace Farm.Grains.Scheduling;

/// <summary>Pools whose workers get no prompts until an operator resumes them. Used from one grain's turns only.</summary>
internal sealed class PausedPools
{
    private readonly Dictionary<string, DateTimeOffset> _pools = new(StringComparer.Ordinal);

    /// <summary>Their names.</summary>
    public IEnumerable<string> Names => _pools.Keys;

    /// <summary>Whether its workers get no prompts.</summary>
    public bool Contains(string pool) => _pools.ContainsKey(pool);

    /// <summary>When it was paused; null when it is not.</summary>
    public DateTimeOffset? Since(string pool) => _pools.TryGetValue(pool, out var at) ? at : null;

    /// <summary>Pauses a pool; false when it was paused already.</summary>
    public bool Pause(string pool, DateTimeOffset at) => _pools.TryAdd(pool, at);

    /// <summary>Lets a pool go on; false when it was not paused.</summary>
    public bool Resume(string pool) => _pools.Remove(pool);
}
