using Farm.Contracts.Prompts;
using Farm.Contracts.Scheduling;
using Farm.Contracts.Workers;
using Farm.Grains.Tests.Support;

namespace Farm.Grains.Tests.Scheduling;

/// <summary>What operators stop and let go on: pools and workers.</summary>
public sealed class PoolControlTests
{
    [Fact]
    public async Task PausedPool_GetsNothingUntilResumed_AlsoAfterARestart()
    {
        await using var farm = await FarmCluster.StartAsync();
        Assert.True(await farm.Control.PausePoolAsync(""));
        Assert.False(await farm.Control.PausePoolAsync(""));
        await farm.SubmitAsync(Samples.Submission("p1"));
        Assert.Null(await farm.ClaimAsync());
        Assert.Equal("the workers that are in no pool are paused", Assert.Single(await farm.Scheduler.ForecastAsync("default", ["p1"])).Blocked);

        await farm.KillAsync();
        await farm.StartAgainAsync();

        Assert.Null(await farm.ClaimAsync());
        Assert.Equal(Samples.Start, Assert.Single(await farm.Control.PoolsAsync()).PausedAt);
        Assert.True(await farm.Control.ResumePoolAsync(""));
        Assert.False(await farm.Control.ResumePoolAsync(""));
        Assert.NotNull(await farm.ClaimAsync());
    }

    [Fact]
    public async Task PausedPool_WhatRunsGoesOn_AndOtherPoolsAreServed()
    {
        await using var farm = await FarmCluster.StartAsync();
        await farm.SubmitAsync(Samples.Submission("p1"));
        var job = await farm.BeginAsync();
        await farm.Control.PausePoolAsync("");
        await farm.SubmitAsync(InPool("p2", "night"));

        Assert.Equal(RunOrder.Continue, await farm.Prompt(job.RunId).ReportAsync(1, []));
        Assert.True(await farm.Prompt(job.RunId).CompleteAsync(Samples.Success(1)));
        Assert.NotNull(await farm.Scheduler.ClaimAsync(FarmCluster.Claim("w2", TimeSpan.Zero) with { Pool = "night" }));
    }

    [Fact]
    public async Task Pause_WhileAWorkerWaits_SendsItAway_AndResumeLetsItAskAgainAtOnce()
    {
        await using var farm = await FarmCluster.StartAsync();
        var waiting = farm.Scheduler.ClaimAsync(FarmCluster.Claim("w1", TimeSpan.FromSeconds(20)));
        await farm.WaitForIdleWorkersAsync(1);

        await farm.Control.PausePoolAsync("");
        Assert.Null(await waiting);
        await farm.SubmitAsync(Samples.Submission("p1"));
        var resting = farm.Scheduler.ClaimAsync(FarmCluster.Claim("w1", TimeSpan.FromSeconds(20)));
        while ((await farm.Control.StandingsAsync()) is not [{ IsPoolPaused: true }]) await Task.Yield();
        await farm.Control.ResumePoolAsync("");

        // The clock stands still: only the resumption can have ended it.
        Assert.Null(await resting);
        Assert.NotNull(await farm.ClaimAsync());
    }

    [Fact]
    public async Task Pools_AreListed_WithWhatWaitsRunsAndWorksThere()
    {
        await using var farm = await FarmCluster.StartAsync();
        await farm.SubmitAsync(Samples.Submission("p1"));
        await farm.BeginAsync();
        await farm.SubmitAsync(InPool("p2", "night"));
        await farm.SubmitAsync(InPool("p3", "night", number: 1));
        await farm.Control.PausePoolAsync("idle");

        var pools = await farm.Control.PoolsAsync();

        Assert.Equal([("", 0, 1, 1), ("idle", 0, 0, 0), ("night", 2, 0, 0)], pools.Select(p => (p.Name, p.Waiting, p.Running, p.Workers)));
        Assert.Equal([null, null, Samples.Start], pools.Select(p => p.OldestSince));
        Assert.Equal([null, Samples.Start, null], pools.Select(p => p.PausedAt));
    }

    [Fact]
    public async Task Tenants_AreListed_WithTheirShares()
    {
        await using var farm = await FarmCluster.StartAsync(("Farm:Tenants:Of:a:Weight", "3"));
        await farm.SubmitAsync(Samples.Submission("p1", tenant: "c"));
        await farm.BeginAsync();
        await farm.SubmitAsync(Samples.Submission("p2", tenant: "a"));
        await farm.SubmitAsync(Samples.Submission("p3", tenant: "b"));

        var tenants = await farm.Control.TenantsAsync();

        Assert.Equal([("a", 1, 0, 0.75, 3), ("b", 1, 0, 0.25, 1), ("c", 0, 1, 0, 1)], tenants.Select(t => (t.Name, t.Waiting, t.Running, t.Share, (int)t.Weight)));
    }

    [Fact]
    public async Task Worker_PutAside_GetsNothingUntilBroughtBack_AlsoAfterARestart()
    {
        await using var farm = await FarmCluster.StartAsync();
        Assert.True(await farm.Control.PutAsideAsync("w1", "fan is loud"));
        Assert.False(await farm.Control.PutAsideAsync("w1", "again"));
        await farm.SubmitAsync(Samples.Submission("p1"));
        Assert.Null(await farm.ClaimAsync());

        await farm.KillAsync();
        await farm.StartAgainAsync();

        Assert.Null(await farm.ClaimAsync());
        var standing = Assert.Single(await farm.Control.StandingsAsync());
        Assert.Equal((WorkerFault.Operator, "fan is loud"), (standing.SetAside!.Fault, standing.SetAside.Detail));
        Assert.True(await farm.Scheduler.BringBackAsync("w1"));
        Assert.NotNull(await farm.ClaimAsync());
    }

    [Fact]
    public async Task Standings_SayWhatAWorkerRunsAndWhatItFailedAt()
    {
        await using var farm = await FarmCluster.StartAsync();
        var run = await farm.SubmitAsync(Samples.Submission("p1"));
        await farm.BeginAsync();
        await farm.Scheduler.FaultAsync("w1", run, WorkerFault.Device, "CUDA error");

        var standing = Assert.Single(await farm.Control.StandingsAsync());

        Assert.Equal(("w1", 1), (standing.WorkerId, standing.FaultsInARow));
        Assert.Equal(new WorkerFailure(WorkerFault.Device, "CUDA error", run, Samples.Start), Assert.Single(standing.Faults));
        Assert.Equal(new LeasedRun(run, "p1", "default", 1, Samples.Start), Assert.Single(standing.Runs));
    }

    private static PromptSubmission InPool(string promptId, string pool, double number = 0) =>
        Samples.Submission(promptId, number) with { Needs = new PromptNeeds { Pool = pool } };
}
