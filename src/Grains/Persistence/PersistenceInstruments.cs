using System.Diagnostics.Metrics;

namespace Farm.Grains.Persistence;

/// <summary>Measures of the store, meter <c>Farm.Persistence</c>.</summary>
internal sealed class PersistenceInstruments
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Farm.Persistence";

    private readonly Counter<long> _commits;
    private readonly Histogram<int> _writes;

    public PersistenceInstruments(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _commits = meter.CreateCounter<long>("farm.persistence.commits", "{commit}", "Transactions committed.");
        _writes = meter.CreateHistogram<int>("farm.persistence.commit.writes", "{write}", "Writes that shared a commit.");
    }

    /// <summary>A transaction was committed.</summary>
    public void Committed(int writes)
    {
        _commits.Add(1);
        _writes.Record(writes);
    }
}
