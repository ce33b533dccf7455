using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;

namespace Farm.EndToEnd.Harness;

/// <summary>A farm in parts, all on this machine.</summary>
public static class LocalCluster
{
    /// <summary>What its parts are given so that they find each other and no other farm.</summary>
    public static string[] Settings() => ["--Farm:Cluster:Kind", "localhost", "--Farm:Cluster:SiloPort", FreePort(), "--Farm:Cluster:GatewayPort", FreePort()];

    /// <summary>Asks a gateway until it knows of workers, or of none.</summary>
    public static async Task UntilWorkersAsync(HttpClient gateway, bool alive, CancellationToken cancel)
    {
        while (true)
        {
            using var answer = await gateway.GetAsync(new Uri("/system_stats", UriKind.Relative), cancel);
            if (answer.IsSuccessStatusCode && (await answer.Content.ReadFromJsonAsync<JsonElement>(cancel)).GetProperty("devices").GetArrayLength() > 0 == alive)
                return;
        }
    }

    private static string FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
    }
}
