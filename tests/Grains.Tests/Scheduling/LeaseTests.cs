using Farm.Contracts.Prompts;
using Farm.Contracts.Scheduling;
using Farm.Contracts.Workers;
using Farm.Grains.Tests.Support;

namespace Farm.Grains.Tests.Scheduling;

/// <summary>What becomes of a prompt whose worker goes silent.</summary>
public sealed class LeaseTests
{
    private static readonly TimeSpan LeaseDuration = TimeSpan.FromSeconds(8);

    [Fact]
    public async Task Lease_NotRenewed_PromptGoesToAnotherWorkerWithTheNextAttempt()
    {
        await using var farm = await FarmCluster.StartAsync();
        var run = await farm.SubmitAsync(Samples.Submission("p1"));
        await farm.BeginAsync();

        var lease = await AfterLossAsync(farm);

        Assert.Equal(new Lease(run, 2), lease);
        Assert.NotNull(await farm.Prompt(run).BeginAsync(2, "w2"));
    }

    [Fact]
    public async Task StaleAttempt_Completes_IsRefusedAndChangesNothing()
    {
        await using var farm = await FarmCluster.StartAsync();
        var run = await farm.SubmitAsync(Samples.Submission("p1"));
        await farm.BeginAsync();
        await AfterLossAsync(farm);
        await farm.Prompt(run).BeginAsync(2, "w2");

        Assert.False(await farm.Prompt(run).CompleteAsync(Samples.Success(1, Samples.Ui("stale"))));
        Assert.Equal(RunOrder.Abandon, await farm.Prompt(run).ReportAsync(1, [new ExecutionStart(1)]));
        Assert.Null(await farm.History().GetAsync("p1"));
        Assert.True(await farm.Prompt(run).CompleteAsync(Samples.Success(2, Samples.Ui("2"))));
        Assert.False(await farm.Prompt(run).CompleteAsync(Samples.Success(1, Samples.Ui("stale"))));

        var entry = await farm.History().GetAsync("p1");
        Assert.Equal("2", Assert.Single(entry!.Outputs).NodeId);
    }

    [Fact]
    public async Task Lease_Renewed_Stays()
    {
        await using var farm = await FarmCluster.StartAsync();
        await farm.SubmitAsync(Samples.Submission("p1"));
        var job = await farm.BeginAsync();

        for (var i = 0; i < 8; i++)
        {
            farm.Clock.Advance(LeaseDuration / 2);
            Assert.Empty(await farm.Scheduler.RenewAsync("w1", [new Lease(job.RunId, job.Attempt)]));
        }

        Assert.True(await farm.Prompt(job.RunId).CompleteAsync(Samples.Success(job.Attempt)));
    }

    [Fact]
    public async Task Renew_LeaseThatIsGone_IsNamed()
    {
        await using var farm = await FarmCluster.StartAsync();
        var run = await farm.SubmitAsync(Samples.Submission("p1"));
        await farm.BeginAsync();
        await AfterLossAsync(farm);

        var unknown = Guid.NewGuid();

        Assert.Equal([run, unknown], await farm.Scheduler.RenewAsync("w1", [new Lease(run, 1), new Lease(unknown, 1)]));
    }

    [Fact]
    public async Task LastAttempt_Lost_EndsInErrorWithTheHistoryOfAttempts()
    {
        await using var farm = await FarmCluster.StartAsync(("Farm:Prompts:MaxAttempts", "2"));
        var gateway = await farm.ListenAsync();
        await farm.AttachAsync(gateway, "c1", "s1");
        var run = await farm.SubmitAsync(Samples.Submission("p1", clientId: "c1"));
        await farm.BeginAsync("w1");
        await AfterLossAsync(farm);
        await farm.Prompt(run).BeginAsync(2, "w2");
        await farm.Prompt(run).ReportAsync(2, [new ExecutionStart(7), new NodeExecuting("1", "1")]);

        await farm.LetLeasesEndAsync(LeaseDuration, async () => await farm.History().GetAsync("p1") is not null);

        var entry = (await farm.History().GetAsync("p1"))!;
        Assert.Equal((RunOutcome.Error, false), (entry.Outcome, entry.Completed));
        Assert.Equal(["execution_start", "execution_error"], Samples.Names(entry.Messages));
        var failure = ((ExecutionError)entry.Messages[^1]).Failure;
        Assert.Equal(("1", "EmptyImage"), (failure.NodeId, failure.NodeType));
        Assert.Collection(
            failure.Traceback,
            line => Assert.Contains("attempt 1 on w1", line, StringComparison.Ordinal),
            line => Assert.Contains("attempt 2 on w2", line, StringComparison.Ordinal));
        Assert.False(await farm.Prompt(run).CompleteAsync(Samples.Success(2)));
        while (await farm.Scheduler.CountAsync("default") > 0) await Task.Yield();
    }

    [Fact]
    public async Task Lost_WhileAnotherWorkerLives_IsNotGivenToTheOneThatLostIt()
    {
        await using var farm = await FarmCluster.StartAsync();
        var run = await farm.SubmitAsync(Samples.Submission("p1"));
        await farm.BeginAsync("w1");
        Assert.Null(await farm.ClaimAsync("w2"));

        Lease? lease = null;
        await farm.LetLeasesEndAsync(LeaseDuration, async () =>
        {
            await farm.Scheduler.RenewAsync("w2", []);
            Assert.Null(await farm.ClaimAsync("w1"));
            return (lease = await farm.ClaimAsync("w2")) is not null;
        });

        Assert.Equal(new Lease(run, 2), lease);
    }

    [Fact]
    public async Task Lease_OfAPromptThatHadNotBegunOrIsGone_EndsWithoutAFaultOfItsWorker()
    {
        await using var farm = await FarmCluster.StartAsync();
        var run = await farm.SubmitAsync(Samples.Submission("p1"));
        var gone = new QueueEntry { RunId = Guid.NewGuid(), Tenant = "default", PromptId = "gone", Number = 1, Attempt = 1, ClassTypes = ["EmptyImage"] };
        await farm.Scheduler.EnqueueAsync(gone);
        Assert.Equal(new Lease(run, 1), await farm.ClaimAsync("w1"));
        Assert.Equal(new Lease(gone.RunId, 1), await farm.ClaimAsync("w1"));

        Assert.Equal(new Lease(run, 2), await AfterLossAsync(farm));
        while (await farm.Scheduler.CountAsync("default") > 1) farm.Clock.Advance(TimeSpan.FromMilliseconds(500));

        Assert.Empty((await farm.Control.StandingsAsync()).Single(w => w.WorkerId == "w1").Faults);
    }

    [Fact]
    public async Task Lease_OfAPromptThatHadBegun_EndsAsAFaultOfItsWorker()
    {
        await using var farm = await FarmCluster.StartAsync();
        var run = await farm.SubmitAsync(Samples.Submission("p1"));
        await farm.BeginAsync("w1");

        await AfterLossAsync(farm);

        var fault = Assert.Single((await farm.Control.StandingsAsync()).Single(w => w.WorkerId == "w1").Faults);
        Assert.Equal((WorkerFault.LostLease, run), (fault.Fault, fault.RunId));
        Assert.Contains("did not renew its lease", fault.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Leases_NeverBegunOrGivenBack_DoNotCountAsAttempts()
    {
        await using var farm = await FarmCluster.StartAsync(("Farm:Prompts:MaxAttempts", "1"), ("Farm:Scheduling:FaultLimit", "0"));
        var run = await farm.SubmitAsync(Samples.Submission("p1"));
        await farm.ClaimAsync("w1");
        await AfterLossAsync(farm);
        Assert.NotNull(await farm.Prompt(run).BeginAsync(2, "w2"));
        await farm.Prompt(run).LoseAttemptAsync(2, "its worker was stopped", givenBack: true);

        var job = await farm.RunNextAsync("w1");

        Assert.Equal((run, 3), (job.RunId, job.Attempt));
    }

    [Fact]
    public async Task Worker_ThatLostTheFirstPrompt_GetsTheNextInOrderMeanwhile()
    {
        await using var farm = await FarmCluster.StartAsync();
        var lost = await farm.SubmitAsync(Samples.Submission("p0"));
        await farm.BeginAsync("w1");
        Assert.Null(await farm.ClaimAsync("w2"));
        await farm.Prompt(lost).LoseAttemptAsync(1, "gone", givenBack: false);
        for (var i = 1; i <= 3; i++) await farm.SubmitAsync(Samples.Submission($"p{i}", i));

        var waiting = farm.Scheduler.ClaimAsync(FarmCluster.Claim("w1", TimeSpan.FromSeconds(20)));
        await farm.SubmitAsync(Samples.Submission("p4", 4));

        var lease = (await waiting)!;
        Assert.Equal("p1", (await farm.Prompt(lease.RunId).BeginAsync(lease.Attempt, "w1"))!.Submission.PromptId);
        Assert.Equal(new Lease(lost, 2), await farm.ClaimAsync("w2"));
    }

    [Fact]
    public async Task Interrupted_WorkerLost_EndsAsInterrupted()
    {
        await using var farm = await FarmCluster.StartAsync();
        var run = await farm.SubmitAsync(Samples.Submission("p1"));
        await farm.BeginAsync();
        Assert.True(await farm.Prompt(run).InterruptAsync());

        await farm.LetLeasesEndAsync(LeaseDuration, async () => await farm.History().GetAsync("p1") is not null);

        Assert.Equal(RunOutcome.Interrupted, (await farm.History().GetAsync("p1"))!.Outcome);
    }

    /// <summary>Lets every lease end; the lease that another worker then gets.</summary>
    private static async Task<Lease> AfterLossAsync(FarmCluster farm)
    {
        Lease? lease = null;
        await farm.LetLeasesEndAsync(LeaseDuration, async () => (lease = await farm.ClaimAsync("w2")) is not null);
        return lease!;
    }
}
