using System.Diagnostics.Metrics;

namespace Farm.Worker.Execution.Caching.Shared;

/// <summary>Measures of the results that workers share, by node class; meter <c>Farm.SharedResults</c>.</summary>
internal sealed class SharedResultInstruments
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Farm.SharedResults";

    private readonly Counter<long> _hits;
    private readonly Counter<long> _misses;
    private readonly Counter<long> _stored;
    private readonly Counter<long> _bytesRead;
    private readonly Counter<long> _bytesStored;

    public SharedResultInstruments(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _hits = meter.CreateCounter<long>("farm.shared_results.hits", "{result}", "Nodes that another worker, or this one earlier, had run.");
        _misses = meter.CreateCounter<long>("farm.shared_results.misses", "{result}", "Nodes that had to run, by reason.");
        _stored = meter.CreateCounter<long>("farm.shared_results.stored", "{result}", "Results given to the farm.");
        _bytesRead = meter.CreateCounter<long>("farm.shared_results.read_bytes", "By", "Bytes of the hits.");
        _bytesStored = meter.CreateCounter<long>("farm.shared_results.stored_bytes", "By", "Bytes of what was stored.");
    }

    /// <summary>A result was there.</summary>
    public void Hit(string classType, long bytes)
    {
        _hits.Add(1, Class(classType));
        _bytesRead.Add(bytes, Class(classType));
    }

    /// <summary>A node has to run.</summary>
    public void Miss(string classType, MissReason reason) => _misses.Add(1, Class(classType), new("reason", reason.ToString()));

    /// <summary>A result was given to the farm.</summary>
    public void Stored(string classType, long bytes)
    {
        _stored.Add(1, Class(classType));
        _bytesStored.Add(bytes, Class(classType));
    }

    private static KeyValuePair<string, object?> Class(string classType) => new("class_type", classType);
}

/// <summary>Why a result was not there.</summary>
internal enum MissReason
{
    /// <summary>The farm does not have it.</summary>
    Absent,

    /// <summary>An input comes from a node that does not say what its outputs depend on, or a model file is not read yet.</summary>
    Unnamed,

    /// <summary>The farm does not answer.</summary>
    Unavailable,

    /// <summary>What the farm has cannot be read.</summary>
    Unreadable,
}
