using Farm.Contracts.Catalog;
using Farm.Contracts.Prompts;
using Farm.Contracts.Workers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace Farm.Worker.Tests.Worker;

/// <summary>A worker that an operator drains.</summary>
public sealed class DrainTests
{
    private const string Waiting = "1:Sleep(value=1;gate=\"g\")\n2:T(v=@1)";

    [Fact]
    public async Task Hold_FinishesWhatRuns_AndTakesNoMoreUntilResumed()
    {
        await using var silo = await WorkerSilo.StartAsync();
        await silo.SubmitAsync("a", Waiting, "2");
        await silo.NextAsync<NodeExecuting>();

        Assert.True(await Worker(silo).DrainAsync(leave: false));
        Assert.Equal(WorkerDrain.Holds, (await StatusAsync(silo)).Drain);
        await silo.SubmitAsync("b", "2:T(v=1)", "2");
        silo.Gates.Open("g");
        Assert.Equal(RunOutcome.Success, (await silo.EndAsync("a")).Outcome);
        var queue = await silo.QueueAsync();
        Assert.Equal((0, 1), (queue.Running.Length, queue.Pending.Length));

        Assert.True(await Worker(silo).ResumeAsync());
        Assert.False(await Worker(silo).ResumeAsync());
        Assert.Equal(RunOutcome.Success, (await silo.EndAsync("b")).Outcome);
        Assert.Equal(WorkerDrain.None, (await StatusAsync(silo)).Drain);
    }

    [Fact]
    public async Task Leave_FinishesWhatRuns_ThenEndsTheProcess()
    {
        await using var silo = await WorkerSilo.StartAsync(new() { ["Farm:Worker:Parallelism"] = "2" });
        var stopping = silo.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        var ends = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = stopping.Register(ends.SetResult);
        await silo.SubmitAsync("a", Waiting, "2");
        await silo.NextAsync<NodeExecuting>();

        Assert.True(await Worker(silo).DrainAsync(leave: true));
        Assert.Equal(WorkerDrain.Leaves, (await StatusAsync(silo)).Drain);
        Assert.False(stopping.IsCancellationRequested);
        silo.Gates.Open("g");

        Assert.Equal((RunOutcome.Success, true), (await silo.EndAsync("a")) is var entry ? (entry.Outcome, entry.Completed) : default);
        await ends.Task;
    }

    [Fact]
    public async Task Leave_AfterAHold_EndsTheProcessOfAnIdleWorker()
    {
        await using var silo = await WorkerSilo.StartAsync();
        var ends = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = silo.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(ends.SetResult);

        await Worker(silo).DrainAsync(leave: false);
        await Worker(silo).DrainAsync(leave: true);

        await ends.Task;
    }

    [Fact]
    public async Task Leave_WhereTheProcessIsTheFarms_IsRefused()
    {
        await using var silo = await WorkerSilo.StartAsync(new() { ["Farm:Worker:OwnsProcess"] = "false" });
        await silo.SubmitAsync("a", "2:T(v=1)", "2");
        await silo.EndAsync("a");

        Assert.False(await Worker(silo).DrainAsync(leave: true));

        await silo.SubmitAsync("b", "2:T(v=1)", "2");
        Assert.Equal(RunOutcome.Success, (await silo.EndAsync("b")).Outcome);
    }

    [Fact]
    public async Task Status_SaysWhereARunStands_AndWhatFailedLast()
    {
        await using var silo = await WorkerSilo.StartAsync(new() { ["Farm:Worker:HeartbeatInterval"] = "00:00:00.05", ["Farm:Worker:Pool"] = "" });
        await silo.SubmitAsync("bad", """{"1": 5}""", "1");
        await silo.EndAsync("bad");
        var run = (await silo.SubmitAsync("a", Waiting, "2")).GetPrimaryKey();
        await silo.NextAsync<NodeExecuting>(e => e.Node == "1");

        var status = await StatusAsync(silo);
        while (status.Nodes.IsEmpty)
            status = await StatusAsync(silo);
        silo.Gates.Open("g");

        Assert.Equal((run, "1"), (Assert.Single(status.Nodes).RunId, status.Nodes[0].Node));
        Assert.StartsWith("RuntimeError: ", Assert.Single(status.Errors).Text, StringComparison.Ordinal);
        await silo.EndAsync("a");
    }

    private static IWorkerGrain Worker(WorkerSilo silo) => silo.Grains.GetGrain<IWorkerGrain>("w1");

    private static async Task<WorkerStatus> StatusAsync(WorkerSilo silo)
    {
        var catalog = silo.Grains.GetGrain<ICatalogGrain>(ICatalogGrain.Key);
        while (true)
        {
            // It joins while the silo starts.
            if (await catalog.WorkersAsync() is [var worker]) return worker.Status;
        }
    }
}
