using System.Diagnostics.Metrics;
using Farm.Contracts.Retention;

namespace Farm.Grains.Retention;

/// <summary>Measures of what was removed, meter <c>Farm.Retention</c>.</summary>
internal sealed class RetentionInstruments
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Farm.Retention";

    private readonly Counter<long> _removed;
    private readonly Counter<long> _bytes;
    private readonly Counter<long> _failed;

    public RetentionInstruments(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _removed = meter.CreateCounter<long>("farm.retention.removed", "{thing}", "Things that rules let go, by kind.");
        _bytes = meter.CreateCounter<long>("farm.retention.removed.size", "By", "Bytes of their files, by kind.");
        _failed = meter.CreateCounter<long>("farm.retention.failed", "{thing}", "Things that could not be removed, by kind.");
    }

    /// <summary>A run is through with a kind.</summary>
    public void Removed(RetentionFound found)
    {
        var kind = new KeyValuePair<string, object?>("kind", found.Kind);
        _removed.Add(found.Count, kind);
        _bytes.Add(found.Bytes, kind);
        _failed.Add(found.Failed, kind);
    }
}
