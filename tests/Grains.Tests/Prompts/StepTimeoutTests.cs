using Farm.Contracts.Prompts;
using Farm.Contracts.Scheduling;
using Farm.Contracts.Workers;
using Farm.Grains.Tests.Support;

namespace Farm.Grains.Tests.Prompts;

/// <summary>What becomes of a run that stands still though its worker lives.</summary>
public sealed class StepTimeoutTests
{
    private static readonly (string, string)[] AMinute = [("Farm:Prompts:StepTimeout", "00:01:00")];

    [Fact]
    public async Task NoProgress_ThoughTheLeaseIsRenewed_RunGoesElsewhere_AndTheWorkerIsToldToStop()
    {
        await using var farm = await FarmCluster.StartAsync(AMinute);
        var run = await farm.SubmitAsync(Samples.Submission("p1"));
        await farm.BeginAsync();
        await farm.Prompt(run).ReportAsync(1, [new ExecutionStart(1), new NodeExecuting("1", "1")]);

        Lease? lease = null;
        var order = RunOrder.Continue;
        for (var seconds = 0; lease is null; seconds += 2)
        {
            Assert.InRange(seconds, 0, 600);
            farm.Clock.Advance(TimeSpan.FromSeconds(2));
            await farm.Scheduler.RenewAsync("w1", [new Lease(run, 1)]);
            // An empty report says that the worker lives, not that the run gets on.
            order = await farm.Prompt(run).ReportAsync(1, []);
            if (seconds < 50) Assert.Equal(RunOrder.Continue, order);
            lease = await farm.ClaimAsync("w2");
        }

        Assert.Equal(new Lease(run, 2), lease);
        Assert.Equal(RunOrder.Abandon, await farm.Prompt(run).ReportAsync(1, []));
        Assert.False(await farm.Prompt(run).CompleteAsync(Samples.Success(1)));
        Assert.NotNull(await farm.Prompt(run).BeginAsync(2, "w2"));
        Assert.True(await farm.Prompt(run).CompleteAsync(Samples.Success(2)));
        var fault = Assert.Single((await farm.Control.StandingsAsync()).Single(w => w.WorkerId == "w1").Faults);
        Assert.Equal((WorkerFault.Stalled, run), (fault.Fault, fault.RunId));
        Assert.Contains("no progress for 00:01:00", fault.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Progress_KeepsTheRunWithItsWorker_HoweverLongItTakes()
    {
        await using var farm = await FarmCluster.StartAsync(AMinute);
        var run = await farm.SubmitAsync(Samples.Submission("p1"));
        await farm.BeginAsync();

        for (var step = 1; step <= 40; step++)
        {
            for (var i = 0; i < 6; i++)
            {
                farm.Clock.Advance(TimeSpan.FromSeconds(7));
                Assert.Empty(await farm.Scheduler.RenewAsync("w1", [new Lease(run, 1)]));
            }
            Assert.Equal(RunOrder.Continue, await farm.Prompt(run).ReportAsync(1, [new NodeStepped("1", step, 40)]));
        }

        Assert.True(await farm.Prompt(run).CompleteAsync(Samples.Success(1)));
    }

    [Fact]
    public async Task LastAttempt_StandsStill_EndsInErrorThatSaysSo()
    {
        await using var farm = await FarmCluster.StartAsync([.. AMinute, ("Farm:Prompts:MaxAttempts", "1")]);
        var run = await farm.SubmitAsync(Samples.Submission("p1"));
        await farm.BeginAsync();

        while (await farm.History().GetAsync("p1") is null)
        {
            farm.Clock.Advance(TimeSpan.FromSeconds(5));
            await farm.Scheduler.RenewAsync("w1", [new Lease(run, 1)]);
        }

        var failure = Assert.IsType<ExecutionError>((await farm.History().GetAsync("p1"))!.Messages[^1]).Failure;
        Assert.Contains("no progress for 00:01:00", Assert.Single(failure.Traceback), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Zero_LetsARunStandStill()
    {
        await using var farm = await FarmCluster.StartAsync(("Farm:Prompts:StepTimeout", "0"));
        var run = await farm.SubmitAsync(Samples.Submission("p1"));
        await farm.BeginAsync();

        for (var i = 0; i < 100; i++)
        {
            farm.Clock.Advance(TimeSpan.FromSeconds(7));
            Assert.Empty(await farm.Scheduler.RenewAsync("w1", [new Lease(run, 1)]));
        }

        Assert.True(await farm.Prompt(run).CompleteAsync(Samples.Success(1)));
    }
}
