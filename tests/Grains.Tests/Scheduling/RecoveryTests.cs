using Farm.Contracts.Prompts;
using Farm.Contracts.Scheduling;
using Farm.Grains.Prompts;
using Farm.Grains.Scheduling;
using Farm.Grains.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Farm.Grains.Tests.Scheduling;

/// <summary>What a farm that was killed knows when it starts again.</summary>
public sealed class RecoveryTests
{
    [Fact]
    public async Task Killed_WithWaitingPrompts_HandsThemOutInOrderAgain()
    {
        await using var farm = await FarmCluster.StartAsync();
        for (var i = 0; i < 5; i++) await farm.SubmitAsync(Samples.Submission($"p{i}", 10 - i));
        await farm.RunNextAsync();

        await farm.KillAsync();
        await farm.StartAgainAsync();

        Assert.Equal(4, await farm.Scheduler.CountAsync("default"));
        var order = new List<string>();
        for (var i = 0; i < 4; i++) order.Add((await farm.RunNextAsync()).Submission.PromptId);
        Assert.Equal(["p3", "p2", "p1", "p0"], order);
        Assert.Equal(Samples.Graph, (await farm.History().GetAsync("p0"))!.Submission.Prompt);
    }

    [Fact]
    public async Task Enqueue_AfterAnotherSchedulerWasStarted_IsNotAcknowledgedButFoundByTheNext()
    {
        await using var farm = await FarmCluster.StartAsync();
        await farm.Scheduler.CountAsync("default");
        await farm.Services.GetRequiredService<IQueueStore>().BeginTermAsync();
        var run = Guid.NewGuid();

        await Assert.ThrowsAsync<SiloUnavailableException>(() => farm.Prompt(run).SubmitAsync(Samples.Submission("p1")));

        Assert.Equal(1, await farm.Scheduler.CountAsync("default"));
        await farm.Prompt(run).SubmitAsync(Samples.Submission("p1"));
        Assert.Equal(new Lease(run, 1), await farm.ClaimAsync());
        Assert.Null(await farm.ClaimAsync());
    }

    [Fact]
    public async Task Killed_DuringARun_WorkerThatRenewsKeepsIt()
    {
        await using var farm = await FarmCluster.StartAsync();
        await farm.SubmitAsync(Samples.Submission("p1"));
        var job = await farm.BeginAsync();
        await farm.KillAsync();
        await farm.StartAgainAsync();

        farm.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Empty(await farm.Scheduler.RenewAsync("w1", [new Lease(job.RunId, 1)]));
        farm.Clock.Advance(TimeSpan.FromSeconds(5));

        Assert.True(await farm.Prompt(job.RunId).CompleteAsync(Samples.Success(1)));
        var entry = await farm.History().GetAsync("p1");
        Assert.Equal(["execution_start", "execution_cached:", "execution_success"], Samples.Names(entry!.Messages));
    }

    [Fact]
    public async Task Killed_DuringARun_WithoutGrace_StartsTheNextAttempt()
    {
        await using var farm = await FarmCluster.StartAsync(("Farm:Scheduling:RecoveryGrace", "00:00:00"));
        var run = await farm.SubmitAsync(Samples.Submission("p1"));
        await farm.BeginAsync();
        await farm.KillAsync();
        await farm.StartAgainAsync();

        Lease? lease = null;
        await farm.LetLeasesEndAsync(TimeSpan.FromMilliseconds(1), async () => (lease = await farm.ClaimAsync("w2")) is not null);

        Assert.Equal(new Lease(run, 2), lease);
    }

    [Fact]
    public async Task Killed_AfterAnInterruptWasAcknowledged_TheRunIsStillInterrupted()
    {
        await using var farm = await FarmCluster.StartAsync();
        var run = await farm.SubmitAsync(Samples.Submission("p1"));
        await farm.BeginAsync();
        Assert.True(await farm.Prompt(run).InterruptAsync());
        Assert.True(await farm.Prompt(run).InterruptAsync());

        await farm.KillAsync();
        await farm.StartAgainAsync();

        Assert.Equal(RunOrder.Interrupt, await farm.Prompt(run).ReportAsync(1, []));
        await farm.Prompt(run).LoseAttemptAsync(1, "gone", givenBack: false);
        Assert.Equal(RunOutcome.Interrupted, (await farm.History().GetAsync("p1"))!.Outcome);
    }

    [Fact]
    public async Task Killed_AfterALoss_ThePromptStillAvoidsTheWorkerThatLostIt()
    {
        await using var farm = await FarmCluster.StartAsync();
        var lost = await farm.SubmitAsync(Samples.Submission("p1", 1));
        await farm.BeginAsync("w1");
        await farm.Prompt(lost).LoseAttemptAsync(1, "gone", givenBack: false);
        await farm.SubmitAsync(Samples.Submission("p0", 0));

        await farm.KillAsync();
        await farm.StartAgainAsync();

        // Another one lives and is busy.
        Assert.Equal("p0", (await farm.BeginAsync("w2")).Submission.PromptId);
        Assert.Null(await farm.ClaimAsync("w1"));
        Assert.Equal(new Lease(lost, 2), await farm.ClaimAsync("w2"));
    }

    [Fact]
    public async Task Killed_AfterTheEnd_AnswersTheSameAndRunsNothing()
    {
        await using var farm = await FarmCluster.StartAsync();
        await farm.SubmitAsync(Samples.Submission("p1"));
        var job = await farm.RunNextAsync();
        await farm.KillAsync();
        await farm.StartAgainAsync();

        Assert.Equal(0, await farm.Scheduler.CountAsync("default"));
        Assert.True(await farm.Prompt(job.RunId).CompleteAsync(Samples.Success(1)));
        Assert.Null(await farm.Prompt(job.RunId).BeginAsync(1, "w1"));
        Assert.Single(await farm.History().ListAsync(new HistoryWindow(null)));
    }

    [Fact]
    public async Task Committed_ByASiloThatDiedBeforeQueueing_IsFoundAndRun()
    {
        await using var farm = await FarmCluster.StartAsync();
        var stray = PromptStateMachine.Submit(Guid.NewGuid(), Samples.Submission("stray"));
        await farm.Services.GetRequiredService<IPromptStore>().InsertAsync(stray);
        Assert.Null(await farm.ClaimAsync());

        Lease? lease = null;
        await farm.LetLeasesEndAsync(TimeSpan.FromMinutes(1), async () => (lease = await farm.ClaimAsync()) is not null);

        Assert.Equal(new Lease(stray.RunId, 1), lease);
    }

    /// <summary>An interval of a minute, leases of 8 s: the defaults.</summary>
    [Fact]
    public void Strays_OfRoundsThatFailed_AreLookedForByTheNext()
    {
        var window = new StrayWindow(new SchedulingOptions(), Samples.Start);
        Assert.Equal(Samples.Start.AddMinutes(-1), window.From);
        Assert.Equal(Samples.Start.AddSeconds(52), window.To(Samples.Start.AddMinutes(1)));

        window.Looked(Samples.Start.AddMinutes(1));
        Assert.Equal(Samples.Start, window.From);
        // Whatever rounds failed meanwhile.
        Assert.Equal((Samples.Start, Samples.Start.AddSeconds(592)), (window.From, window.To(Samples.Start.AddMinutes(10))));
        window.Looked(Samples.Start.AddMinutes(10));
        Assert.Equal(Samples.Start.AddMinutes(9), window.From);
    }

    [Fact]
    public async Task Committed_WhileTheStoreFailed_IsFoundHoweverManyLooksFailed()
    {
        await using var farm = await FarmCluster.StartAsync();
        var stray = PromptStateMachine.Submit(Guid.NewGuid(), Samples.Submission("stray"));
        await farm.Services.GetRequiredService<IPromptStore>().InsertAsync(stray);
        await farm.Scheduler.CountAsync("default");

        // Five intervals, all of whose looks fail.
        await farm.WithoutTableAsync("prompts", async () =>
        {
            for (var round = 0; round < 5; round++)
            {
                farm.Clock.Advance(TimeSpan.FromMinutes(1));
                for (var i = 0; i < 100; i++) await farm.Scheduler.CountAsync("default");
            }
        });

        Lease? lease = null;
        await farm.LetLeasesEndAsync(TimeSpan.FromMinutes(1), async () => (lease = await farm.ClaimAsync()) is not null);
        Assert.Equal(new Lease(stray.RunId, 1), lease);
    }

    [Fact]
    public async Task Numbers_AfterAKill_GoOnRising()
    {
        await using var farm = await FarmCluster.StartAsync();
        var drawn = await Task.WhenAll(Enumerable.Range(0, 250).Select(_ => farm.Scheduler.DrawNumberAsync("default")));
        Assert.Equal(Enumerable.Range(0, 250).Select(i => (long)i), drawn.Order());
        Assert.Equal(0, await farm.Scheduler.DrawNumberAsync("other"));

        await farm.KillAsync();
        await farm.StartAgainAsync();

        Assert.InRange(await farm.Scheduler.DrawNumberAsync("default"), 250, 350);
    }

    [Fact]
    public async Task Catalog_AfterAKill_IsKnownWithNoWorkerAlive()
    {
        await using var farm = await FarmCluster.StartAsync();
        var before = await farm.Catalog.GetAsync(-1);
        await farm.KillAsync();
        await farm.StartAgainAsync();

        var after = await farm.Catalog.GetAsync(-1);

        Assert.Empty(await farm.Catalog.WorkersAsync());
        Assert.Equal(before.Version, after.Version);
        Assert.Equal(before.Definitions.Select(d => d.ToString()), after.Definitions.Select(d => d.ToString()));
        Assert.Equal("""{"default":512}""", after.Definitions[0].Required[0].Options);
        Assert.False(await farm.Catalog.HeartbeatAsync(Samples.Status("w1")));
        Assert.Equal(["EmptyImage", "PreviewImage"], await farm.Catalog.ClassesAsync(Samples.Hash));
    }
}
