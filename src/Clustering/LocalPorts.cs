using System.Net;
using System.Net.Sockets;

namespace Farm.Clustering;

/// <summary>Ports of this machine, for workers beside each other.</summary>
internal static class LocalPorts
{
    /// <summary>A loopback port that is free now.</summary>
    public static int Free()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
