namespace Farm.Worker.Execution.Caching;

/// <summary>
/// Keeps results as long as the machine has memory to spare. Short of it, the large and long unused ones go first, by ComfyUI's
/// score: 1.3 to the power of the prompts since the last use, times 0.05 plus the bytes of the values.
/// </summary>
/// <param name="headroom">Bytes of memory to leave free.</param>
/// <param name="memory">What is free.</param>
internal sealed class RamCache(long headroom, IHostMemory memory) : GenerationCache
{
    private const double Ageing = 1.3;
    private const double LeastWeight = 0.05;

    /// <inheritdoc />
    public override void Trim()
    {
        if (Items.Count == 0 || memory.Available >= headroom)
            return;
        var worstFirst = Items
            .OrderByDescending(i => Score(i.Value))
            .ThenByDescending(i => i.Value.TouchedAt)
            .Select(i => i.Key)
            .ToList();
        foreach (var key in worstFirst)
        {
            Drop(key);
            if (memory.Available >= headroom)
                return;
        }
    }

    private double Score(Item item) =>
        Math.Pow(Ageing, Generation - item.UsedIn) * (LeastWeight + item.Result.Values.Sum(memory.SizeOf));
}

/// <summary>The machine's memory, as the RAM cache sees it.</summary>
internal interface IHostMemory
{
    /// <summary>Bytes there are.</summary>
    long Total { get; }

    /// <summary>Bytes that can be used without swapping.</summary>
    long Available { get; }

    /// <summary>Bytes of the machine's memory that a value holds; 0 for one that lies on a device.</summary>
    long SizeOf(IDisposable value);
}
