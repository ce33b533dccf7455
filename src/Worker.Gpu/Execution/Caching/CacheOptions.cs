namespace Farm.Worker.Execution.Caching;

/// <summary>Which results a worker keeps between prompts (ComfyUI's --cache-classic, --cache-lru, --cache-ram, --cache-none).</summary>
public enum CacheKind
{
    /// <summary>Those of the last prompt.</summary>
    Classic,

    /// <summary>A number of them, the most recently used.</summary>
    Lru,

    /// <summary>As many as memory allows.</summary>
    Ram,

    /// <summary>None.</summary>
    None,
}

/// <summary>Options of the output cache, <c>Farm:Worker:Cache</c>.</summary>
public sealed class CacheOptions
{
    private const long LeastHeadroom = 4L << 30, MostHeadroom = 32L << 30;

    /// <summary>Which results are kept. Default: <see cref="CacheKind.Classic"/>.</summary>
    public CacheKind Kind { get; set; } = CacheKind.Classic;

    /// <summary>For <see cref="CacheKind.Lru"/>: how many, at least 1. Default: 100.</summary>
    public int LruSize { get; set; } = 100;

    /// <summary>
    /// For <see cref="CacheKind.Ram"/>: bytes of memory to leave free. Default: a quarter of the machine's memory, or of the container's where that
    /// has less, but 4 to 32 GiB.
    /// </summary>
    public long? RamHeadroomBytes { get; set; }

    internal IOutputCache Create(IHostMemory memory) => Kind switch
    {
        CacheKind.Lru => new LruCache(LruSize),
        CacheKind.Ram => new RamCache(Headroom(memory.Total), memory),
        CacheKind.None => new NoCache(),
        _ => new ClassicCache(),
    };

    /// <summary>The headroom on a machine of so many bytes.</summary>
    internal long Headroom(long memory) => RamHeadroomBytes ?? Math.Clamp(memory / 4, LeastHeadroom, MostHeadroom);
}
