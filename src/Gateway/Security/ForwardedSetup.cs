using System.Net;
using Microsoft.AspNetCore.HttpOverrides;

namespace Farm.Gateway.Security;

/// <summary>Where a request really came from, by the word of proxies that are known, and of no others.</summary>
internal static class ForwardedSetup
{
    /// <summary>Reads the proxies' headers, where there are proxies.</summary>
    public static void UseKnownProxies(this WebApplication app, SecurityOptions options)
    {
        if (options.Proxies.Count == 0)
            return;
        var forwarded = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto, ForwardLimit = null };
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        foreach (var network in options.Proxies.Select(NetworkOf).OfType<System.Net.IPNetwork>())
            forwarded.KnownIPNetworks.Add(network);
        app.UseForwardedHeaders(forwarded);
    }

    /// <summary>The network of a text, which for an address is that one alone; null for another text.</summary>
    public static System.Net.IPNetwork? NetworkOf(string text) => IPAddress.TryParse(text, out var address)
        ? new System.Net.IPNetwork(address, address.GetAddressBytes().Length * 8)
        : System.Net.IPNetwork.TryParse(text, out var network) ? network : null;
}
