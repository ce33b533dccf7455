using Farm.Contracts.Caching;
using Farm.Grains.Caching;
using Farm.Grains.Tests.Support;
using Microsoft.Extensions.Options;

namespace Farm.Grains.Tests.Caching;

/// <summary>What the farm keeps of workers' results, and how they wait for each other.</summary>
public sealed class SharedResultsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan None = TimeSpan.Zero;

    private static ResultKey Key(int number, string tenant = "default") => new(tenant, $"{number:x64}");

    private static SharedResult Bytes(int count, byte value = 1) => new([.. Enumerable.Repeat(value, count)]);

    private static ISharedResultsGrain Shard(FarmCluster farm, ResultKey key) => farm.Grains.GetGrain<ISharedResultsGrain>(key.Shard);

    [Fact]
    public async Task Stored_IsFoundAgain_ByItsTenantOnly()
    {
        await using var farm = await FarmCluster.StartAsync();
        Assert.Null(await Shard(farm, Key(1)).FindAsync(Key(1), None));
        await Shard(farm, Key(1)).StoreAsync(Key(1), Bytes(3, 7));

        Assert.Equal([7, 7, 7], (await Shard(farm, Key(1)).FindAsync(Key(1), None))!.Bytes);
        Assert.Null(await Shard(farm, Key(1)).FindAsync(Key(1, "other"), None));
    }

    [Fact]
    public async Task SecondAsker_WhileTheFirstComputes_GetsItsResult()
    {
        await using var farm = await FarmCluster.StartAsync();
        Assert.Null(await Shard(farm, Key(1)).FindAsync(Key(1), Patience));
        var second = Shard(farm, Key(1)).FindAsync(Key(1), Patience);
        await Shard(farm, Key(1)).StoreAsync(Key(1), Bytes(2));

        Assert.Equal(2, (await second)!.Bytes.Length);
    }

    [Fact]
    public async Task SecondAsker_WhenTheFirstGivesUp_IsToCompute()
    {
        await using var farm = await FarmCluster.StartAsync();
        Assert.Null(await Shard(farm, Key(1)).FindAsync(Key(1), Patience));
        var second = Shard(farm, Key(1)).FindAsync(Key(1), Patience);
        await Shard(farm, Key(1)).GiveUpAsync(Key(1));

        Assert.Null(await second);
    }

    [Fact]
    public async Task SecondAsker_WhenItsPatienceEnds_IsToCompute()
    {
        await using var farm = await FarmCluster.StartAsync();
        Assert.Null(await Shard(farm, Key(1)).FindAsync(Key(1), Patience));
        var second = Shard(farm, Key(1)).FindAsync(Key(1), Patience);
        await farm.LetLeasesEndAsync(Patience, () => Task.FromResult(second.IsCompleted));

        Assert.Null(await second);
    }

    [Fact]
    public async Task TooLarge_IsNotKept()
    {
        await using var farm = await FarmCluster.StartAsync(("Farm:SharedResults:MaxEntryBytes", "10"));
        await Shard(farm, Key(1)).StoreAsync(Key(1), Bytes(11));

        Assert.Null(await Shard(farm, Key(1)).FindAsync(Key(1), None));
    }

    [Fact]
    public async Task FullStore_DropsTheLongestUnused()
    {
        await using var farm = await FarmCluster.StartAsync(("Farm:SharedResults:MaxEntryBytes", "1000"), ("Farm:SharedResults:MaxTotalBytes", "4000"));
        await Shard(farm, Key(1)).StoreAsync(Key(1), Bytes(1000));
        await Shard(farm, Key(2)).StoreAsync(Key(2), Bytes(1000));
        Assert.NotNull(await Shard(farm, Key(1)).FindAsync(Key(1), None));
        await Shard(farm, Key(3)).StoreAsync(Key(3), Bytes(1000));

        Assert.Null(await Shard(farm, Key(2)).FindAsync(Key(2), None));
        Assert.NotNull(await Shard(farm, Key(1)).FindAsync(Key(1), None));
        Assert.NotNull(await Shard(farm, Key(3)).FindAsync(Key(3), None));
    }

    [Fact]
    public async Task Unused_IsDropped_AfterItsTime()
    {
        await using var farm = await FarmCluster.StartAsync(("Farm:SharedResults:TimeToLive", "01:00:00"));
        await Shard(farm, Key(1)).StoreAsync(Key(1), Bytes(1));
        farm.Clock.Advance(TimeSpan.FromMinutes(59));
        Assert.NotNull(await Shard(farm, Key(1)).FindAsync(Key(1), None));
        farm.Clock.Advance(TimeSpan.FromMinutes(61));

        Assert.Null(await Shard(farm, Key(1)).FindAsync(Key(1), None));
    }

    [Fact]
    public async Task SilentWorker_IsNotWaitedForAgain()
    {
        await using var farm = await FarmCluster.StartAsync(("Farm:SharedResults:MaxPatience", "00:00:05"));
        Assert.Null(await Shard(farm, Key(1)).FindAsync(Key(1), Patience));
        farm.Clock.Advance(Patience);

        Assert.Null(await Shard(farm, Key(1)).FindAsync(Key(1), Patience));
    }

    [Fact]
    public void WrongOptions_AreNamed()
    {
        Assert.True(Check(new SharedResultsOptions()).Succeeded);
        Assert.Contains("Farm:SharedResults:MaxEntryBytes is 0;", Check(new() { MaxEntryBytes = 0 }).FailureMessage, StringComparison.Ordinal);
        Assert.Contains("Farm:SharedResults:MaxTotalBytes is 1;", Check(new() { MaxTotalBytes = 1 }).FailureMessage, StringComparison.Ordinal);
        Assert.Contains("Farm:SharedResults:TimeToLive is 00:00:00;", Check(new() { TimeToLive = None }).FailureMessage, StringComparison.Ordinal);
        Assert.Contains("Farm:SharedResults:MaxPatience is 00:01:00;", Check(new() { MaxPatience = TimeSpan.FromMinutes(1) }).FailureMessage, StringComparison.Ordinal);
    }

    private static ValidateOptionsResult Check(SharedResultsOptions options) => new SharedResultsOptionsValidator().Validate(null, options);
}
