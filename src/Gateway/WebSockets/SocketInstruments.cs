using System.Diagnostics.Metrics;

namespace Farm.Gateway.WebSockets;

/// <summary>Measures of the clients' sockets, meter <c>Farm.Gateway</c>.</summary>
internal sealed class SocketInstruments
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Farm.Gateway";

    private readonly Counter<long> _opened;
    private readonly Counter<long> _cutOff;

    public SocketInstruments(IMeterFactory meters, ConnectionRegistry registry)
    {
        var meter = meters.Create(MeterName);
        _opened = meter.CreateCounter<long>("farm.gateway.sockets_opened", "{socket}", "Sockets that clients opened.");
        _cutOff = meter.CreateCounter<long>("farm.gateway.sockets_cut_off", "{socket}", "Sockets whose clients read too slowly.");
        meter.CreateObservableGauge("farm.gateway.sockets", () => registry.All.Count, "{socket}", "Sockets that are open.");
    }

    /// <summary>A client opened a socket.</summary>
    public void Opened() => _opened.Add(1);

    /// <summary>A client did not keep up.</summary>
    public void CutOff() => _cutOff.Add(1);
}
