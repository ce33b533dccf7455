using Farm.Clustering;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Farm.Grains.Tests;

/// <summary>How processes find each other is checked before anything starts; every broken rule is told at once.</summary>
public sealed class ClusteringOptionsTests
{
    private static readonly (string Key, string Value) Redis = ("Redis", "redis:6379");

    [Fact]
    public void Defaults_WithARedis_AreValid()
    {
        var options = Read(Redis);

        Assert.True(options.IsRedis);
        Assert.Equal(("redis:6379", 11111, 30000), (options.RedisConnection, options.SiloPort, options.GatewayPort));
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("LocalHost")]
    public void Localhost_NeedsNoRedis(string kind) => Assert.True(Read(("Kind", kind)).IsLocalhost);

    [Theory]
    [InlineData("Kind", "consul", "Farm:Cluster:Kind is 'consul'; it must be redis or localhost.")]
    [InlineData("ClusterId", " ", "Farm:Cluster:ClusterId is empty; it must be given.")]
    [InlineData("ServiceId", "", "Farm:Cluster:ServiceId is empty; it must be given.")]
    [InlineData("AdvertisedAddress", "silo-1", "Farm:Cluster:AdvertisedAddress is 'silo-1'; it must be an IP address.")]
    [InlineData("SiloPort", "0", "Farm:Cluster:SiloPort is 0; it must be 1 to 65535.")]
    [InlineData("GatewayPort", "65536", "Farm:Cluster:GatewayPort is 65536; it must be 1 to 65535.")]
    [InlineData("ProbeInterval", "00:00:00.05", "Farm:Cluster:ProbeInterval is 00:00:00.0500000; it must be 00:00:00.1 to 00:05:00.")]
    [InlineData("RefreshInterval", "00:06:00", "Farm:Cluster:RefreshInterval is 00:06:00; it must be 00:00:00.1 to 00:05:00.")]
    [InlineData("MissedProbes", "0", "Farm:Cluster:MissedProbes is 0; it must be 1 to 100.")]
    [InlineData("Votes", "101", "Farm:Cluster:Votes is 101; it must be 1 to 100.")]
    [InlineData("Redis", "", "Farm:Cluster:Redis is empty; with kind redis one of Redis and RedisFile must be given.")]
    [InlineData("RedisFile", "/there/is/none", "Farm:Cluster:Redis is given beside RedisFile; with kind redis one of Redis and RedisFile must be given.")]
    public void Value_ThatIsWrong_IsToldWithItsNameAndTheRule(string option, string value, string problem) =>
        Assert.Equal([problem], Problems(Redis, (option, value)));

    [Fact]
    public void RedisFile_ThatIsNotThere_IsTold() =>
        Assert.Equal(["Farm:Cluster:RedisFile is '/there/is/none'; the file must exist."], Problems(("RedisFile", "/there/is/none")));

    [Fact]
    public void RedisFile_HoldsTheConnection()
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, " redis:6380,password=x\n");

        Assert.Equal("redis:6380,password=x", Read(("RedisFile", file)).RedisConnection);

        File.Delete(file);
    }

    [Fact]
    public void Values_SeveralWrong_AreAllTold() => Assert.Equal(2, Problems(Redis, ("SiloPort", "0"), ("Votes", "0")).Count());

    private static ClusteringOptions Read(params (string Key, string Value)[] values) => ClusteringOptions.Read(
        new ConfigurationBuilder().AddInMemoryCollection(values.GroupBy(v => v.Key).ToDictionary(v => $"Farm:Cluster:{v.Key}", v => (string?)v.Last().Value)).Build());

    private static IEnumerable<string> Problems(params (string Key, string Value)[] values) => Assert.Throws<OptionsValidationException>(() => Read(values)).Failures;
}
