using System.Diagnostics.Metrics;

namespace Farm.Grains.Sessions;

/// <summary>Measures of the clients' sessions, meter <c>Farm.Sessions</c>.</summary>
internal sealed class SessionInstruments
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Farm.Sessions";

    private readonly Counter<long> _events;
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _gatewaysLost;

    public SessionInstruments(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _events = meter.CreateCounter<long>("farm.sessions.events", "{event}", "Events put into the logs of sessions.");
        _dropped = meter.CreateCounter<long>("farm.sessions.events_dropped", "{event}", "Events that left a full log: a client that returns late misses them.");
        _gatewaysLost = meter.CreateCounter<long>("farm.sessions.deliveries_failed", "{delivery}", "Deliveries that a gateway did not take in time.");
    }

    /// <summary>Events were logged, and so many left the log for them.</summary>
    public void Logged(int events, int dropped)
    {
        _events.Add(events);
        _dropped.Add(dropped);
    }

    /// <summary>A gateway did not take events in time.</summary>
    public void DeliveryFailed() => _gatewaysLost.Add(1);
}
