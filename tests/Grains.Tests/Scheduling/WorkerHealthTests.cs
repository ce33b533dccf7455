using Farm.Contracts.Prompts;
using Farm.Contracts.Workers;
using Farm.Grains.Scheduling;
using Farm.Grains.Tests.Support;

namespace Farm.Grains.Tests.Scheduling;

/// <summary>When a worker is set aside, and what becomes of the prompts it failed at.</summary>
public sealed class WorkerHealthTests
{
    private static readonly TimeSpan Together = TimeSpan.FromSeconds(8);

    [Fact]
    public void Faults_TheSameThreeTimesInARow_SetTheWorkerAside()
    {
        var health = new WorkerHealth(3, Together);

        Assert.Null(Bad(health, WorkerFault.Device));
        Assert.Null(Bad(health, WorkerFault.Device));
        Assert.Equal(("w1", WorkerFault.Device, "why"), Bad(health, WorkerFault.Device) is { } worker ? (worker.WorkerId, worker.Fault, worker.Detail) : default);
        Assert.True(health.IsSetAside("w1"));
        Assert.True(health.BringBack("w1"));
        Assert.Null(Bad(health, WorkerFault.Device));
    }

    [Fact]
    public void Faults_OfOtherKindsOrWithAPromptDoneBetween_DoNot()
    {
        var health = new WorkerHealth(2, Together);

        Bad(health, WorkerFault.Device);
        Assert.Null(Bad(health, WorkerFault.DeviceMemory));
        health.Good("w1", Guid.NewGuid());
        Assert.Null(Bad(health, WorkerFault.DeviceMemory));
    }

    [Fact]
    public void Leases_LostTogether_CountOnce()
    {
        var health = new WorkerHealth(2, Together);

        for (var i = 0; i < 5; i++) Assert.Null(Bad(health, WorkerFault.LostLease));
        Assert.NotNull(Bad(health, WorkerFault.LostLease, Samples.Start + Together));
    }

    [Fact]
    public void Fault_ToldAgain_CountsOnce_AndThoseOfOtherAttemptsCount()
    {
        var health = new WorkerHealth(3, Together);
        var run = Guid.NewGuid();

        for (var attempt = 1; attempt <= 2; attempt++)
            for (var i = 0; i < 3; i++) Assert.Null(health.Bad("w1", run, attempt, WorkerFault.Device, "why", Samples.Start));

        Assert.Equal((2, 2), (health.FaultsInARow("w1"), health.LastFaults("w1").Length));
        Assert.NotNull(health.Bad("w1", run, 3, WorkerFault.Device, "why", Samples.Start));
    }

    [Fact]
    public void Limit_OfZero_SetsNobodyAside()
    {
        var health = new WorkerHealth(0, Together);

        for (var i = 0; i < 5; i++) Assert.Null(Bad(health, WorkerFault.Device));
    }

    [Fact]
    public async Task DeviceFaults_ThreeTimes_PromptFailsWithItsAttempts_AndTheWorkerGetsNoMore()
    {
        await using var farm = await FarmCluster.StartAsync();
        var run = await farm.SubmitAsync(Samples.Submission("p1"));
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            await farm.BeginAsync();
            Assert.Equal(attempt == 3, await farm.Prompt(run).CompleteAsync(Samples.Fault(attempt, WorkerFault.Device)));
        }

        var entry = (await farm.History().GetAsync("p1"))!;
        var failure = Assert.IsType<ExecutionError>(entry.Messages[^1]).Failure;
        Assert.Equal("RuntimeError", failure.Type);
        Assert.Collection(
            failure.Traceback,
            line => Assert.Contains("attempt 1 on w1", line, StringComparison.Ordinal),
            line => Assert.Contains("attempt 2 on w1", line, StringComparison.Ordinal));

        await farm.SubmitAsync(Samples.Submission("p2"));
        Assert.Null(await farm.ClaimAsync());
        await farm.KillAsync();
        await farm.StartAgainAsync();
        Assert.Equal(("w1", WorkerFault.Device), Assert.Single(await farm.Scheduler.SetAsideAsync()) is var worker ? (worker.WorkerId, worker.Fault) : default);
        Assert.Null(await farm.ClaimAsync());
        Assert.True(await farm.Scheduler.BringBackAsync("w1"));
        Assert.NotNull(await farm.ClaimAsync());
        Assert.Empty(await farm.Scheduler.SetAsideAsync());
    }

    [Fact]
    public async Task DeviceMemory_RunsOut_PromptFailsAtOnce()
    {
        await using var farm = await FarmCluster.StartAsync();
        var run = await farm.SubmitAsync(Samples.Submission("p1"));
        await farm.BeginAsync();

        Assert.True(await farm.Prompt(run).CompleteAsync(Samples.Fault(1, WorkerFault.DeviceMemory)));

        Assert.Equal(RunOutcome.Error, (await farm.History().GetAsync("p1"))!.Outcome);
    }

    private static SetAsideWorker? Bad(WorkerHealth health, WorkerFault fault, DateTimeOffset? at = null) =>
        health.Bad("w1", Guid.NewGuid(), 1, fault, "why", at ?? Samples.Start);
}
