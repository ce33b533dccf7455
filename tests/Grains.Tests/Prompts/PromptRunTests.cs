using Farm.Contracts.Prompts;
using Farm.Grains.Tests.Support;

namespace Farm.Grains.Tests.Prompts;

/// <summary>The way of a prompt through its grain, the scheduler and the sessions.</summary>
public sealed class PromptRunTests
{
    /// <summary>Order as recorded from ComfyUI 0.19.3 (conformance scenario ws/events_order).</summary>
    [Fact]
    public async Task Run_WithClient_SendsEventsInRecordedOrder()
    {
        await using var farm = await FarmCluster.StartAsync();
        var gateway = await farm.ListenAsync();
        await farm.AttachAsync(gateway, "c1", "socket1");

        await farm.SubmitAsync(Samples.Submission("p1", clientId: "c1"));
        var job = await farm.BeginAsync();
        await ReportRunAsync(farm, job);

        Assert.Equal(
            ["status:1", "status:1", "execution_start", "execution_cached:", "progress_state:1=running", "executing:1",
             "progress_state:1=finished", "progress_state:1=finished,2=running", "executing:2", "executed:2",
             "progress_state:1=finished,2=finished", "execution_success", "status:0", "executing:None"],
            Samples.Names(gateway.Events));
    }

    /// <summary>What a worker reports of a run of two nodes, but for its end.</summary>
    internal static readonly RunEvent[] Events =
    [
        new ExecutionStart(1), new ExecutionCached([], 2), new NodeProgressed(Samples.Progress("1", false)), new NodeExecuting("1", "1"),
        new NodeProgressed(Samples.Progress("1", true)), new NodeProgressed(Samples.Progress("2", false)), new NodeExecuting("2", "2"),
        new NodeExecuted("2", "2", "{}"), new NodeProgressed(Samples.Progress("2", true)),
    ];

    internal static async Task ReportRunAsync(FarmCluster farm, PromptJob job)
    {
        Assert.Equal(RunOrder.Continue, await farm.Prompt(job.RunId).ReportAsync(job.Attempt, Events));
        Assert.True(await farm.Prompt(job.RunId).CompleteAsync(Samples.Success(job.Attempt, Samples.Ui("2"))));
    }
}
