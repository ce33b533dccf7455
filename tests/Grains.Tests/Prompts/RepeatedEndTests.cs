using Farm.Contracts.Prompts;
using Farm.Contracts.Scheduling;
using Farm.Contracts.Workers;
using Farm.Grains.Tests.Support;

namespace Farm.Grains.Tests.Prompts;

/// <summary>What is handed in again because the store failed, or because the answer was lost.</summary>
public sealed class RepeatedEndTests
{
    /// <summary>A worker tries each second; that many are enough to see what each of them leaves behind.</summary>
    private const int Tries = 3;

    [Fact]
    public async Task End_HandedInAgainUntilTheStoreTakesIt_IsOnceInHistory()
    {
        await using var farm = await FarmCluster.StartAsync();
        var run = await farm.SubmitAsync(Samples.Submission("p1"));
        await farm.BeginAsync();
        // The answer to the first report was lost.
        for (var i = 0; i < 2; i++) await farm.Prompt(run).ReportAsync(1, [new ExecutionStart(7), new ExecutionCached([], 8)]);

        await FailAsync(farm, "ledger", () => farm.Prompt(run).CompleteAsync(Samples.Success(1)));
        Assert.True(await farm.Prompt(run).CompleteAsync(Samples.Success(1)));

        Assert.Equal(["execution_start", "execution_cached:", "execution_success"], Samples.Names((await farm.History().GetAsync("p1"))!.Messages));
    }

    [Fact]
    public async Task GivingUp_AgainUntilTheStoreTakesIt_IsOnceInHistory()
    {
        await using var farm = await FarmCluster.StartAsync(("Farm:Prompts:MaxAttempts", "1"));
        var run = await farm.SubmitAsync(Samples.Submission("p1"));
        await farm.BeginAsync();
        await farm.Prompt(run).ReportAsync(1, [new ExecutionStart(7)]);

        await FailAsync(farm, "ledger", () => farm.Prompt(run).LoseAttemptAsync(1, "gone", givenBack: false));
        await farm.Prompt(run).LoseAttemptAsync(1, "gone", givenBack: false);

        Assert.Equal(["execution_start", "execution_error"], Samples.Names((await farm.History().GetAsync("p1"))!.Messages));
        Assert.Equal(1, (await StandingAsync(farm)).FaultsInARow);
    }

    [Theory]
    [InlineData(WorkerFault.Device, "prompts")]
    [InlineData(WorkerFault.DeviceMemory, "ledger")]
    public async Task Fault_HandedInAgainUntilTheStoreTakesIt_CountsOnce(WorkerFault fault, string table)
    {
        await using var farm = await FarmCluster.StartAsync();
        var run = await farm.SubmitAsync(Samples.Submission("p1"));
        await farm.BeginAsync();

        await FailAsync(farm, table, () => farm.Prompt(run).CompleteAsync(Samples.Fault(1, fault)));
        Assert.Empty((await StandingAsync(farm)).Faults);
        await farm.Prompt(run).CompleteAsync(Samples.Fault(1, fault));

        Assert.Empty(await farm.Scheduler.SetAsideAsync());
        var standing = await StandingAsync(farm);
        Assert.Equal((fault, run), Assert.Single(standing.Faults) is var kept ? (kept.Fault, kept.RunId) : default);
        Assert.Equal(1, standing.FaultsInARow);
    }

    private static async Task FailAsync(FarmCluster farm, string table, Func<Task> call) => await farm.WithoutTableAsync(table, async () =>
    {
        for (var i = 0; i < Tries; i++) await Assert.ThrowsAnyAsync<Exception>(call);
    });

    private static async Task<WorkerStanding> StandingAsync(FarmCluster farm) => Assert.Single(await farm.Control.StandingsAsync());
}
