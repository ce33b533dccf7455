using Farm.Contracts.Prompts;
using Farm.Contracts.Scheduling;
using Farm.Grains.Scheduling;
using Farm.Grains.Tests.Support;

namespace Farm.Grains.Tests.Scheduling;

/// <summary>Which worker gets a prompt: pool, labels, warm models, memory.</summary>
public sealed class PlacementTests
{
    private static readonly PromptNeeds NeedsModel = new() { Files = ["checkpoints/m.safetensors"], FileBytes = 100, Shape = "m" };

    [Fact]
    public void Pool_AndLabels_AreKept()
    {
        var farm = new VirtualFarm(0);
        farm.Add("plain");
        farm.Add("night", pool: "night");
        farm.Add("big", labels: ["big", "fast"]);
        farm.Submit("t", "any");
        farm.Submit("t", "pooled", needs: new PromptNeeds { Pool = "night" });
        farm.Submit("t", "labelled", needs: new PromptNeeds { Labels = ["big"] });

        farm.RunAll();

        Assert.Equal(
            [("any", "plain"), ("labelled", "big"), ("pooled", "night")],
            farm.Begun.Select(b => (b.PromptId, b.Worker)).Order());
    }

    [Fact]
    public void Prompt_NoWorkerCanTake_WaitsAndOthersGoOn()
    {
        var farm = new VirtualFarm(1);
        farm.Submit("t", "never", needs: new PromptNeeds { Pool = "nowhere" });
        farm.Submit("t", "next");

        farm.RunAll();

        Assert.Equal(["next"], farm.Ended.Keys);
        Assert.Equal(1, farm.Queue.WaitingCount);
    }

    [Fact]
    public void WarmWorker_ThatIsSoonFree_IsWaitedForAndNotLonger()
    {
        var farm = new VirtualFarm(0, scheduling: new SchedulingOptions { WarmWait = TimeSpan.FromSeconds(5) });
        farm.Add("warm", resident: ["m.safetensors unet"]);
        // Three runs teach how long the shape takes; a worker that is free but cold is passed over.
        for (var i = 0; i < 3; i++) farm.Submit("t", $"p{i}", seconds: 2, NeedsModel);
        farm.RunUntil(0.5);
        farm.Add("cold");
        farm.RunUntil(1);
        Assert.Equal(["p0"], farm.Begun.Select(b => b.PromptId));

        farm.RunAll();

        Assert.Equal(["p0", "p1", "p2"], farm.Begun.Where(b => b.Worker == "warm").Select(b => b.PromptId));
    }

    [Fact]
    public void WarmWorker_ThatIsBusyForLong_IsNotWaitedFor()
    {
        var farm = new VirtualFarm(0, scheduling: new SchedulingOptions { WarmWait = TimeSpan.FromSeconds(5) });
        farm.Add("warm", resident: ["m.safetensors unet"]);
        farm.Submit("t", "long", seconds: 100, NeedsModel);
        farm.RunAll();
        farm.Submit("t", "long again", seconds: 100, NeedsModel);
        farm.Submit("t", "next", seconds: 1, NeedsModel);
        farm.RunUntil(100.5);
        farm.Add("cold");
        farm.RunUntil(101);

        Assert.Equal(("next", "cold"), (farm.Begun[^1].PromptId, farm.Begun[^1].Worker));
    }

    [Fact]
    public void Choose_AmongIdleWorkers_TakesTheWarmThenTheRoomyThenTheLongestWaiting()
    {
        var farm = new VirtualFarm(0);
        var placement = new Placement(farm.Roster, farm.Memory, Microsoft.Extensions.Options.Options.Create(new SchedulingOptions()), TimeProvider.System);
        var profile = new WorkerProfile(["A"], "", []);
        var claims = new WaitingClaims();
        WaitingClaim Idle(string name, long memory, params string[] resident)
        {
            var claim = FarmCluster.Claim(name, TimeSpan.Zero) with { TotalMemory = memory, ResidentModels = [.. resident] };
            return claims.Add(claim, farm.Roster.Claims(claim, profile));
        }
        var (small, roomy, _, warm) = (Idle("small", 50), Idle("roomy", 200), Idle("roomy too", 200), Idle("warm", 200, "m.safetensors vae"));
        farm.Submit("t", "p", needs: NeedsModel);
        farm.Submit("t", "plain");
        var (needy, plain) = (farm.Queue.Tenant("t")!.Find("p").Single(), farm.Queue.Tenant("t")!.Find("plain").Single());

        Assert.Same(small, placement.Choose(plain, claims.All));
        Assert.Same(warm, placement.Choose(needy, claims.All));
        WaitingClaims.Remove(warm);
        Assert.Same(roomy, placement.Choose(needy, claims.All));

        // Of those that have the memory that its runs are known to take, the smallest.
        farm.Memory.Measure(needy.Shape, new RunUsage { PeakMemory = 150 }, "");
        Idle("huge", 1000);
        var close = Idle("close", 160);
        Assert.Same(close, placement.Choose(needy, claims.All));
    }

    [Fact]
    public void Prompt_WhosePeakAWorkerLacks_WaitsForALargerOne_AndTheNextGoesOn()
    {
        var farm = new VirtualFarm(0, scheduling: new SchedulingOptions { WarmWait = TimeSpan.Zero });
        farm.Memory.Measure(farm.Queue.Times.Of("big"), new RunUsage { PeakMemory = 900 }, "");
        farm.Add("large", memory: 1000);
        farm.Submit("t", "first", seconds: 50, NeedsModel);
        farm.RunUntil(0);
        farm.Add("small", memory: 500);

        farm.Submit("t", "big 1", seconds: 5, NeedsModel with { Shape = "big" });
        farm.Submit("t", "big 2", seconds: 5, NeedsModel with { Shape = "big" });
        farm.Submit("t", "next", seconds: 5, NeedsModel);
        farm.RunAll();

        Assert.Equal([("first", "large", 0), ("next", "small", 0), ("big 1", "large", 50), ("big 2", "large", 55)], farm.Begun);
    }

    [Fact]
    public void Prompt_WhosePeakAWorkerLacks_GoesThereAfterAWhile()
    {
        var farm = new VirtualFarm(0, scheduling: new SchedulingOptions { MemoryWait = TimeSpan.FromSeconds(30), WarmWait = TimeSpan.Zero });
        farm.Memory.Measure(farm.Queue.Times.Of("big"), new RunUsage { PeakMemory = 900 }, "");
        farm.Add("large", memory: 1000);
        farm.Submit("t", "long", seconds: 500);
        farm.RunUntil(0);
        farm.Add("small", memory: 500);
        farm.Submit("t", "big", needs: NeedsModel with { Shape = "big" });

        farm.RunUntil(29);
        Assert.Single(farm.Begun);
        farm.RunUntil(30);

        Assert.Equal(("big", "small", 30), farm.Begun[^1]);
    }

    [Fact]
    public void Prompt_WhoseFileAWorkerLacks_WaitsForTheOneThatHasIt_AndGoesAnywhereWhereNoneHas()
    {
        var farm = new VirtualFarm(0, scheduling: new SchedulingOptions { WarmWait = TimeSpan.Zero });
        farm.Add("has");
        farm.Submit("t", "long", seconds: 500);
        farm.RunUntil(0);
        farm.Add("lacks", lacked: ["checkpoints/m.safetensors", "loras/other.safetensors"]);
        farm.Submit("t", "here", needs: NeedsModel);
        farm.Submit("t", "nowhere", needs: NeedsModel with { Files = ["loras/other.safetensors"] });

        farm.RunUntil(499);
        Assert.Equal(["long"], farm.Begun.Select(b => b.PromptId));
        farm.RunUntil(502);

        Assert.Equal([("here", "has"), ("nowhere", "has")], farm.Begun[1..].Select(b => (b.PromptId, b.Worker)));
        var alone = new VirtualFarm(0);
        alone.Add("lacks", lacked: ["checkpoints/m.safetensors"]);
        alone.Submit("t", "gone", needs: NeedsModel);
        alone.RunUntil(0);
        Assert.Equal("gone", Assert.Single(alone.Begun).PromptId);
    }

    [Fact]
    public async Task NextFiles_OfATenantOverItsQuota_AreThoseThatTheIdleWorkerHasNotInMemory()
    {
        await using var farm = await FarmCluster.StartAsync(("Farm:Tenants:MaxRunning", "1"));
        await farm.SubmitAsync(Samples.Submission("running") with { Needs = NeedsModel });
        await farm.BeginAsync("busy");
        Assert.Null(await farm.ClaimAsync("idle"));
        Assert.Empty(await farm.Scheduler.NextFilesAsync("idle"));

        await farm.SubmitAsync(Samples.Submission("waiting") with { Needs = NeedsModel });

        Assert.Null(await farm.ClaimAsync("idle"));
        Assert.Equal(NeedsModel.Files, await farm.Scheduler.NextFilesAsync("idle"));
        Assert.Empty(await farm.Scheduler.NextFilesAsync("unknown"));
        await farm.Scheduler.ClaimAsync(FarmCluster.Claim("idle", TimeSpan.Zero) with { ResidentModels = ["m.safetensors unet"] });
        Assert.Empty(await farm.Scheduler.NextFilesAsync("idle"));
    }

    [Fact]
    public void Prompt_WhosePeakNoWorkerHas_IsTakenAtOnce()
    {
        var farm = new VirtualFarm(0);
        farm.Memory.Measure(farm.Queue.Times.Of("big"), new RunUsage { PeakMemory = 900 }, "");
        farm.Add("small", memory: 500);
        farm.Submit("t", "big", needs: NeedsModel with { Shape = "big" });

        farm.RunUntil(0);

        Assert.Equal("big", Assert.Single(farm.Begun).PromptId);
    }
}
