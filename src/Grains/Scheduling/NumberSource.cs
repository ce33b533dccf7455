namespace Farm.Grains.Scheduling;

/// <summary>
/// A tenant's numbers: 0, 1, 2, … . They are reserved in the store in blocks, so that drawing one seldom writes; after a crash
/// the rest of a block is passed over.
/// </summary>
internal sealed class NumberSource(IQueueStore store)
{
    private const long Block = 100;

    private readonly Dictionary<string, Range> _ranges = new(StringComparer.Ordinal);

    /// <summary>The tenant's next number. Calls may interleave.</summary>
    public async Task<long> DrawAsync(string tenant)
    {
        if (!_ranges.TryGetValue(tenant, out var range)) _ranges.Add(tenant, range = new Range());
        while (range.Next == range.End)
        {
            range.Reserving ??= ReserveAsync(tenant, range);
            await range.Reserving;
        }
        return range.Next++;
    }

    /// <summary>Gives back what is reserved and not drawn.</summary>
    public Task ReturnAsync() =>
        Task.WhenAll(_ranges.Where(r => r.Value.Next < r.Value.End).Select(r => store.ReserveNumbersAsync(r.Key, r.Value.Next)).ToArray());

    private async Task ReserveAsync(string tenant, Range range)
    {
        try
        {
            if (!range.Known)
            {
                range.Next = range.End = await store.ReservedNumbersAsync(tenant);
                range.Known = true;
            }
            await store.ReserveNumbersAsync(tenant, range.End + Block);
            range.End += Block;
        }
        finally
        {
            range.Reserving = null;
        }
    }

    private sealed class Range
    {
        public bool Known { get; set; }

        public long Next { get; set; }

        public long End { get; set; }

        public Task? Reserving { get; set; }
    }
}
