using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.LoadBalancing;

namespace Farm.Stress.Rolling;

/// <summary>
/// A balancer before the gateways, in turn: it asks each for <c>/readyz</c> every second, leaves out one that twice was not ready, and sends no request
/// twice. It is what stands before them in Kubernetes, where <c>/readyz</c> decides alike.
/// </summary>
internal sealed class Balancer : IAsyncDisposable
{
    private const string Gateways = "gateways";
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(1), ProbeTimeout = TimeSpan.FromSeconds(10);

    private readonly WebApplication _app;
    private readonly InMemoryConfigProvider _config = new([], []);

    private Balancer()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseSetting(WebHostDefaults.PreventHostingStartupKey, "true").ConfigureKestrel(server => server.Listen(IPAddress.Loopback, 0));
        builder.Services.AddReverseProxy();
        builder.Services.AddSingleton<IProxyConfigProvider>(_config);
        _app = builder.Build();
        _app.MapReverseProxy();
    }

    /// <summary>Where clients find it.</summary>
    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    /// <summary>Starts one that knows no gateway.</summary>
    public static async Task<Balancer> StartAsync()
    {
        var balancer = new Balancer();
        await balancer._app.StartAsync();
        return balancer;
    }

    /// <summary>Sends requests to these gateways from now on. They are ready.</summary>
    public void Serve(IEnumerable<Member> gateways)
    {
        var route = new RouteConfig { RouteId = Gateways, ClusterId = Gateways, Match = new RouteMatch { Path = "{**all}" } };
        var cluster = new ClusterConfig
        {
            ClusterId = Gateways,
            LoadBalancingPolicy = LoadBalancingPolicies.RoundRobin,
            HealthCheck = new HealthCheckConfig
            {
                Active = new ActiveHealthCheckConfig
                {
                    Enabled = true, Interval = ProbeInterval, Timeout = ProbeTimeout, Path = "/readyz", Policy = HealthCheckConstants.ActivePolicy.ConsecutiveFailures,
                },
            },
            HttpRequest = new ForwarderRequestConfig { ActivityTimeout = TimeSpan.FromMinutes(5) },
            Destinations = gateways.ToDictionary(
                gateway => gateway.Name, gateway => new DestinationConfig { Address = gateway.Http.ToString(), Health = gateway.Management.ToString() }, StringComparer.Ordinal),
        };
        _config.Update([route], [cluster]);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
