using Farm.Contracts.Prompts;
using Farm.Contracts.Scheduling;
using Farm.Grains.Tests.Support;

namespace Farm.Grains.Tests.Scheduling;

/// <summary>What the scheduler says of prompts to come, and of those that cannot; quotas; what survives a restart.</summary>
public sealed class ForecastTests
{
    [Fact]
    public async Task Blocked_NamesWhatNoLivingWorkerHas()
    {
        await using var farm = await FarmCluster.StartAsync();
        await farm.SubmitAsync(Samples.Submission("no worker"));
        Assert.Equal("no worker is there", await BlockedAsync(farm, "no worker"));
        await farm.RunNextAsync();
        await farm.SubmitAsync(Samples.Submission("pool") with { Needs = new PromptNeeds { Pool = "night" } });
        await farm.SubmitAsync(Samples.Submission("label") with { Needs = new PromptNeeds { Labels = ["big"] } });
        await farm.SubmitAsync(Samples.Submission("class", classes: ["EmptyImage", "KSampler"]));
        await farm.SubmitAsync(Samples.Submission("fine"));

        Assert.Equal("no worker is in pool 'night'", await BlockedAsync(farm, "pool"));
        Assert.Equal("no worker has the labels 'big'", await BlockedAsync(farm, "label"));
        Assert.Equal("no worker has the node classes 'KSampler'", await BlockedAsync(farm, "class"));
        Assert.Null(await BlockedAsync(farm, "fine"));
    }

    [Fact]
    public async Task End_FollowsTheMeasuredTimesOfTheShape()
    {
        await using var farm = await FarmCluster.StartAsync();
        var needs = new PromptNeeds { Shape = "s" };
        await farm.SubmitAsync(Samples.Submission("first") with { Needs = needs });
        Assert.Null((await ForecastAsync(farm, "first")).End);
        var job = await farm.BeginAsync();
        // 6 s are less than a lease.
        farm.Clock.Advance(TimeSpan.FromSeconds(6));
        await farm.Prompt(job.RunId).CompleteAsync(Samples.Success(1));
        for (var i = 0; i < 4; i++) await farm.SubmitAsync(Samples.Submission($"p{i}", i) with { Needs = needs });

        var waiting = await ForecastAsync(farm, "p3");
        await farm.BeginAsync();
        var running = await ForecastAsync(farm, "p0");

        Assert.Equal(3, waiting.Ahead);
        Assert.Equal(farm.Clock.GetUtcNow().AddSeconds(24), waiting.End);
        Assert.Equal((0, farm.Clock.GetUtcNow().AddSeconds(6)), (running.Ahead, running.End));
    }

    [Fact]
    public async Task Client_OfARunThatTakesAWhile_IsToldItsEnd()
    {
        await using var farm = await FarmCluster.StartAsync();
        var gateway = await farm.ListenAsync();
        await farm.AttachAsync(gateway, "c1", "s1");
        foreach (var id in new[] { "p1", "p2" }) await farm.SubmitAsync(Samples.Submission(id, clientId: "c1"));
        var job = await farm.BeginAsync();
        farm.Clock.Advance(TimeSpan.FromSeconds(6));
        await farm.Prompt(job.RunId).CompleteAsync(Samples.Success(1));

        await farm.BeginAsync();
        while (!gateway.Events.OfType<RunForecast>().Any()) await farm.Scheduler.CountAsync("default");

        Assert.Equal(farm.Clock.GetUtcNow().AddSeconds(6).ToUnixTimeMilliseconds(), Assert.Single(gateway.Events.OfType<RunForecast>()).End);
    }

    [Fact]
    public async Task Admit_AtTheQuota_SaysWhenToComeBack()
    {
        await using var farm = await FarmCluster.StartAsync(("Farm:Tenants:Of:small:MaxPending", "2"));
        for (var i = 0; i < 2; i++) await farm.SubmitAsync(Samples.Submission($"p{i}", i, tenant: "small"));

        Assert.Equal(TimeSpan.FromSeconds(1), await farm.Scheduler.AdmitAsync("small"));
        Assert.Null(await farm.Scheduler.AdmitAsync("default"));
        await farm.BeginAsync();
        Assert.Null(await farm.Scheduler.AdmitAsync("small"));
    }

    [Fact]
    public async Task MaxRunning_ReachedAndFreedAgain_ServesTheWaitingWorker()
    {
        await using var farm = await FarmCluster.StartAsync(("Farm:Tenants:MaxRunning", "1"));
        for (var i = 0; i < 2; i++) await farm.SubmitAsync(Samples.Submission($"p{i}", i));
        var job = await farm.BeginAsync();
        var claim = farm.Scheduler.ClaimAsync(FarmCluster.Claim("w2", TimeSpan.FromSeconds(20)));
        await farm.WaitForIdleWorkersAsync(1);
        Assert.False(claim.IsCompleted);

        await farm.Prompt(job.RunId).CompleteAsync(Samples.Success(1));

        Assert.NotNull(await claim);
    }

    [Fact]
    public async Task Needs_AfterARestart_StillRankAndPlace()
    {
        await using var farm = await FarmCluster.StartAsync();
        await farm.SubmitAsync(Samples.Submission("normal", 1));
        await farm.SubmitAsync(Samples.Submission("pool", 2) with { Needs = new PromptNeeds { Pool = "night", Priority = PriorityClass.High } });
        await farm.SubmitAsync(Samples.Submission("high", 3) with { Needs = new PromptNeeds { Priority = PriorityClass.High } });

        await farm.KillAsync();
        await farm.StartAgainAsync();
        await farm.Catalog.RegisterAsync(Samples.Manifest("w1", Samples.Hash, "EmptyImage", "PreviewImage"));

        Assert.Equal("high", (await farm.BeginAsync()).Submission.PromptId);
        Assert.Equal("normal", (await farm.BeginAsync()).Submission.PromptId);
        var lease = await farm.Scheduler.ClaimAsync(FarmCluster.Claim("night", TimeSpan.Zero) with { Pool = "night" });
        Assert.Equal("pool", (await farm.Prompt(lease!.RunId).BeginAsync(1, "night"))!.Submission.PromptId);
    }

    private static async Task<PromptForecast> ForecastAsync(FarmCluster farm, string id) => Assert.Single(await farm.Scheduler.ForecastAsync("default", [id]));

    private static async Task<string?> BlockedAsync(FarmCluster farm, string id) => (await ForecastAsync(farm, id)).Blocked;
}
