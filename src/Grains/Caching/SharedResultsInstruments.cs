using System.Diagnostics.Metrics;

namespace Farm.Grains.Caching;

/// <summary>Measures of what a silo keeps for workers, meter <c>Farm.SharedResults</c>; hits and misses are the workers' to count.</summary>
internal sealed class SharedResultsInstruments
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Farm.SharedResults";

    private readonly Counter<long> _evicted;
    private long _entries;
    private long _bytes;

    public SharedResultsInstruments(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _evicted = meter.CreateCounter<long>("farm.shared_results.evicted", "{result}", "Results dropped for room or for age.");
        meter.CreateObservableGauge("farm.shared_results.entries", () => Volatile.Read(ref _entries), "{result}", "Results kept.");
        meter.CreateObservableGauge("farm.shared_results.kept_bytes", () => Volatile.Read(ref _bytes), "By", "Memory they take.");
    }

    /// <summary>A result was dropped.</summary>
    public void Evicted() => _evicted.Add(1);

    /// <summary>What is kept now.</summary>
    public void Sizes(long entries, long bytes)
    {
        Volatile.Write(ref _entries, entries);
        Volatile.Write(ref _bytes, bytes);
    }
}
