using System.Diagnostics.Metrics;

namespace Farm.Grains.Catalog;

/// <summary>Measures of the workers' coming and going, meter <c>Farm.Catalog</c>.</summary>
internal sealed class CatalogInstruments
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Farm.Catalog";

    private readonly Counter<long> _joined;
    private readonly Counter<long> _left;

    public CatalogInstruments(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _joined = meter.CreateCounter<long>("farm.catalog.workers_joined", "{worker}", "Workers that joined, or joined again.");
        _left = meter.CreateCounter<long>("farm.catalog.workers_left", "{worker}", "Workers that left, or fell silent, by reason.");
    }

    /// <summary>A worker joined.</summary>
    public void Joined() => _joined.Add(1);

    /// <summary>A worker left.</summary>
    public void Left() => _left.Add(1, new KeyValuePair<string, object?>("reason", "left"));

    /// <summary>A worker was not heard of any more.</summary>
    public void FellSilent() => _left.Add(1, new KeyValuePair<string, object?>("reason", "silent"));
}
