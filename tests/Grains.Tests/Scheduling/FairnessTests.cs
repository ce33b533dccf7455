using Farm.Contracts.Scheduling;
using Farm.Grains.Scheduling;
using Farm.Grains.Tests.Support;

namespace Farm.Grains.Tests.Scheduling;

/// <summary>Who gets the workers: shares of tenants, bursts, quotas. The clock is virtual, so every figure is exact.</summary>
public sealed class FairnessTests
{
    /// <summary>B alone on its share, half of the workers, takes 10 / (workers / 2) rounds of a second.</summary>
    [Theory]
    [InlineData(1, 20)]
    [InlineData(2, 10)]
    [InlineData(4, 5)]
    public void Tenant_WithTenPromptsBehindTenThousand_IsDoneWithinTwiceTheTimeOnItsShare(int workers, double alone)
    {
        var farm = new VirtualFarm(workers, new TenantOptions { Burst = TimeSpan.Zero });
        for (var i = 0; i < 10_000; i++) farm.Submit("a", $"a{i}");
        farm.RunUntil(100.5);
        for (var i = 0; i < 10; i++) farm.Submit("b", $"b{i}");

        farm.RunAll();

        var last = Enumerable.Range(0, 10).Max(i => farm.Ended[$"b{i}"]);
        Assert.InRange(last - 100.5, 0, 2 * alone);
        Assert.Equal(10_010, farm.Ended.Count);
    }

    [Fact]
    public void Shares_OfUnequalWeights_FollowSecondsNotPrompts()
    {
        var options = new TenantOptions { Burst = TimeSpan.Zero };
        options.Of["a"] = new TenantQuota { Weight = 3 };
        var farm = new VirtualFarm(4, options);
        var (longShape, shortShape) = (new PromptNeeds { Shape = "long" }, new PromptNeeds { Shape = "short" });
        for (var i = 0; i < 1_000; i++)
        {
            farm.Submit("a", $"a{i}", seconds: 4, longShape);
            farm.Submit("b", $"b{i}", seconds: 1, shortShape);
        }

        farm.RunUntil(400);

        var ofA = 4.0 * farm.Ended.Keys.Count(id => id[0] == 'a');
        var ofB = 1.0 * farm.Ended.Keys.Count(id => id[0] == 'b');
        Assert.InRange(ofA / (ofA + ofB), 0.74, 0.76);
    }

    [Fact]
    public void Burst_OfATenantThatPaused_IsServedFirst()
    {
        var farm = new VirtualFarm(1, new TenantOptions { Burst = TimeSpan.FromSeconds(5) });
        for (var i = 0; i < 100; i++) farm.Submit("a", $"a{i}");
        farm.RunUntil(50.5);
        for (var i = 0; i < 20; i++) farm.Submit("b", $"b{i}");

        farm.RunAll();

        var after = farm.Begun.Where(b => b.At > 50.5).Select(b => b.PromptId[0]).ToArray();
        Assert.Equal(['b', 'b', 'b', 'b', 'b'], after[..5]);
        Assert.InRange(after[5..25].Count(t => t == 'b'), 9, 11);
    }

    [Fact]
    public void Pause_DoesNotSaveUpMoreThanTheBurst()
    {
        var farm = new VirtualFarm(1, new TenantOptions { Burst = TimeSpan.Zero });
        farm.Submit("b", "early");
        for (var i = 0; i < 1_000; i++) farm.Submit("a", $"a{i}");
        farm.RunUntil(500.5);
        for (var i = 0; i < 10; i++) farm.Submit("b", $"b{i}");

        farm.RunUntil(510.5);

        Assert.InRange(farm.Begun.Count(b => b.At > 500.5 && b.PromptId[0] == 'b'), 4, 6);
    }

    [Fact]
    public void MaxRunning_OfATenant_LeavesTheOtherWorkersToOthers()
    {
        var options = new TenantOptions();
        options.Of["a"] = new TenantQuota { MaxRunning = 2 };
        var farm = new VirtualFarm(4, options);
        for (var i = 0; i < 10; i++) farm.Submit("a", $"a{i}");
        farm.Submit("b", "b0");

        farm.RunUntil(0.5);

        Assert.Equal(["a0", "a1", "b0"], farm.Begun.Select(b => b.PromptId).Order());
        farm.RunAll();
        Assert.Equal(11, farm.Ended.Count);
    }
}
