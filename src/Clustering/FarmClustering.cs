using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using StackExchange.Redis;

namespace Farm.Clustering;

/// <summary>Brings a silo or a client into the farm's cluster, as <see cref="ClusteringOptions"/> say.</summary>
public static class FarmClustering
{
    /// <summary>Bytes of one message: the result of a run with all that its nodes show, twice, and pictures on their way (Farm:Worker:Limits:MaxUiBytes).</summary>
    private const int LargestMessage = 256 << 20;

    /// <summary>A silo of the cluster.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="configuration">Where the section <c>Farm:Cluster</c> stands.</param>
    /// <param name="acceptsClients">Whether gateways come in through this silo; not through a worker, which comes and goes.</param>
    public static ISiloBuilder UseFarmCluster(this ISiloBuilder silo, IConfiguration configuration, bool acceptsClients)
    {
        var options = ClusteringOptions.Read(configuration);
        if (options.IsRedis)
            silo.UseRedisClustering(redis => redis.ConfigurationOptions = RedisOf(options));
        else
            silo.UseDevelopmentClustering(new IPEndPoint(IPAddress.Loopback, options.SiloPort));
        silo.Configure<ClusterOptions>(cluster => Name(cluster, options))
            .Configure<SiloMessagingOptions>(messages => messages.MaxMessageBodySize = LargestMessage)
            .Configure<EndpointOptions>(endpoint => Place(endpoint, options, acceptsClients))
            .Configure<ClusterMembershipOptions>(membership => Watch(membership, options))
            .Configure<ConnectionOptions>(connection => connection.OpenConnectionTimeout = 2 * options.ProbeInterval)
            .Configure<TypeManagementOptions>(types => types.TypeMapRefreshInterval = options.RefreshInterval);
        // With the other directory of Orleans, a silo that dies takes with it grains that live elsewhere but were registered there. Its leases,
        // which hold up grains of a dead silo for some seconds lest two live at once, are not needed: every write is fenced in the database.
        silo.Configure<GrainDirectoryOptions>(directory => directory.RangeLeaseDuration = TimeSpan.Zero);
#pragma warning disable ORLEANSEXP003
        return silo.AddDistributedGrainDirectory();
#pragma warning restore ORLEANSEXP003
    }

    /// <summary>A client of the cluster; it waits for the first silo as long as it takes.</summary>
    public static IClientBuilder UseFarmCluster(this IClientBuilder client, IConfiguration configuration)
    {
        var options = ClusteringOptions.Read(configuration);
        if (options.IsRedis)
            client.UseRedisClustering(redis => redis.ConfigurationOptions = RedisOf(options));
        else
            client.UseStaticClustering(new IPEndPoint(IPAddress.Loopback, options.GatewayPort));
        client.Services.AddSingleton<IClientConnectionRetryFilter, PatientConnection>();
        return client.Configure<ClusterOptions>(cluster => Name(cluster, options))
            .Configure<ClientMessagingOptions>(messages => messages.MaxMessageBodySize = LargestMessage)
            .Configure<GatewayOptions>(gateway => gateway.GatewayListRefreshPeriod = options.RefreshInterval)
            .Configure<TypeManagementOptions>(types => types.TypeMapRefreshInterval = options.RefreshInterval);
    }

    /// <summary>A Redis that is away is asked again and again, also at the start.</summary>
    private static ConfigurationOptions RedisOf(ClusteringOptions options)
    {
        var redis = ConfigurationOptions.Parse(options.RedisConnection);
        redis.AbortOnConnectFail = false;
        return redis;
    }

    private static void Name(ClusterOptions cluster, ClusteringOptions options) =>
        (cluster.ClusterId, cluster.ServiceId) = (options.ClusterId, options.ServiceId);

    private static void Place(EndpointOptions endpoint, ClusteringOptions options, bool acceptsClients)
    {
        endpoint.SiloPort = options.IsLocalhost && !acceptsClients ? LocalPorts.Free() : options.SiloPort;
        endpoint.GatewayPort = acceptsClients ? options.GatewayPort : 0;
        if (options.IsLocalhost)
            endpoint.AdvertisedIPAddress = IPAddress.Loopback;
        else if (options.AdvertisedAddress.Length > 0)
            endpoint.AdvertisedIPAddress = IPAddress.Parse(options.AdvertisedAddress);
    }

    private static void Watch(ClusterMembershipOptions membership, ClusteringOptions options)
    {
        membership.ProbeTimeout = options.ProbeInterval;
        // Orleans would go down to half of it while answers are quick, and then take a busy machine for a dead one.
        membership.MinProbeTimeout = options.ProbeInterval;
        membership.NumMissedProbesLimit = options.MissedProbes;
        membership.NumVotesForDeathDeclaration = options.Votes;
        membership.TableRefreshTimeout = options.RefreshInterval;
    }
}
