using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Farm.Clustering;

/// <summary>How a process finds the others: section <c>Farm:Cluster</c>. Read and checked before anything starts.</summary>
public sealed class ClusteringOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Farm:Cluster";

    /// <summary>
    /// <c>redis</c> (default; any number of processes and machines) or <c>localhost</c>: one Grains process and its gateways and workers
    /// on one machine, without Redis. With <c>localhost</c> the membership is gone when the Grains process ends.
    /// </summary>
    public string Kind { get; set; } = "redis";

    /// <summary>
    /// Redis, as StackExchange.Redis writes it: <c>host:6379,password=…</c>. Must be given with kind <c>redis</c>, here or in a file. Give it persistence (AOF): the
    /// membership should outlive a restart of it. Default: none.
    /// </summary>
    public string Redis { get; set; } = "";

    /// <summary>A file that holds the same, for a secret that is mounted. Default: none.</summary>
    public string RedisFile { get; set; } = "";

    /// <summary>Processes of one cluster share it; two farms on one Redis have two. Default <c>farm</c>.</summary>
    public string ClusterId { get; set; } = "farm";

    /// <summary>Names the service over all its clusters. Default <c>farm</c>.</summary>
    public string ServiceId { get; set; } = "farm";

    /// <summary>The IP address at which others reach this process. Default: the machine's first address that is no loopback.</summary>
    public string AdvertisedAddress { get; set; } = "";

    /// <summary>The port that silos speak to each other on. Default 11111.</summary>
    public int SiloPort { get; set; } = 11111;

    /// <summary>The port that gateways speak to Grains processes on; a worker has none. Default 30000.</summary>
    public int GatewayPort { get; set; } = 30000;

    /// <summary>How often silos ask each other whether they live, and how long an answer may take; up to four times of it where answers are slow. Default 1 s.</summary>
    public TimeSpan ProbeInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Answers that a silo may miss in a row before it is suspected. Default 3.</summary>
    public int MissedProbes { get; set; } = 3;

    /// <summary>Silos that must suspect another before it is voted out; all of them where there are fewer. Default 2.</summary>
    public int Votes { get; set; } = 2;

    /// <summary>How often the list of silos is read again from Redis. Default 10 s.</summary>
    public TimeSpan RefreshInterval { get; set; } = TimeSpan.FromSeconds(10);

    internal bool IsRedis => string.Equals(Kind, "redis", StringComparison.OrdinalIgnoreCase);

    internal bool IsLocalhost => string.Equals(Kind, "localhost", StringComparison.OrdinalIgnoreCase);

    /// <summary>Redis' connection string, wherever it stands.</summary>
    internal string RedisConnection => Redis.Length > 0 ? Redis : File.ReadAllText(RedisFile).Trim();

    /// <summary>The options of a configuration; throws <see cref="OptionsValidationException"/> with every broken rule.</summary>
    internal static ClusteringOptions Read(IConfiguration configuration)
    {
        var options = configuration.GetSection(Section).Get<ClusteringOptions>() ?? new ClusteringOptions();
        string[] problems = [.. options.Problems()];
        return problems.Length == 0 ? options : throw new OptionsValidationException(Section, typeof(ClusteringOptions), problems);
    }

    private IEnumerable<string> Problems()
    {
        if (!IsRedis && !IsLocalhost)
            yield return Rule(nameof(Kind), $"'{Kind}'", "it must be redis or localhost");
        foreach (var problem in IsRedis ? RedisProblems() : [])
            yield return problem;
        foreach (var (name, id) in new[] { (nameof(ClusterId), ClusterId), (nameof(ServiceId), ServiceId) })
            if (string.IsNullOrWhiteSpace(id))
                yield return Rule(name, "empty", "it must be given");
        if (AdvertisedAddress.Length > 0 && !IPAddress.TryParse(AdvertisedAddress, out _))
            yield return Rule(nameof(AdvertisedAddress), $"'{AdvertisedAddress}'", "it must be an IP address");
        foreach (var (name, port) in new[] { (nameof(SiloPort), SiloPort), (nameof(GatewayPort), GatewayPort) })
            if (port is < 1 or > 65535)
                yield return Rule(name, port, "it must be 1 to 65535");
        foreach (var (name, time) in new[] { (nameof(ProbeInterval), ProbeInterval), (nameof(RefreshInterval), RefreshInterval) })
            if (time < TimeSpan.FromMilliseconds(100) || time > TimeSpan.FromMinutes(5))
                yield return Rule(name, time, "it must be 00:00:00.1 to 00:05:00");
        foreach (var (name, count) in new[] { (nameof(MissedProbes), MissedProbes), (nameof(Votes), Votes) })
            if (count is < 1 or > 100)
                yield return Rule(name, count, "it must be 1 to 100");
    }

    private IEnumerable<string> RedisProblems()
    {
        if ((Redis.Length > 0) == (RedisFile.Length > 0))
            yield return Rule(nameof(Redis), Redis.Length > 0 ? "given beside RedisFile" : "empty", "with kind redis one of Redis and RedisFile must be given");
        else if (RedisFile.Length > 0 && !File.Exists(RedisFile))
            yield return Rule(nameof(RedisFile), $"'{RedisFile}'", "the file must exist");
    }

    private static string Rule(string option, object value, string rule) => $"{Section}:{option} is {value}; {rule}.";
}
