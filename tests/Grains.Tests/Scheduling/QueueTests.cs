using Farm.Contracts.Prompts;
using Farm.Contracts.Scheduling;
using Farm.Grains.Prompts;
using Farm.Grains.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Farm.Grains.Tests.Scheduling;

/// <summary>Listing, deleting, clearing, and what sockets are told of the counts.</summary>
public sealed class QueueTests
{
    /// <summary>Counts as recorded from ComfyUI 0.19.3 (conformance scenario ws/status_counts_with_queue).</summary>
    [Fact]
    public async Task Status_OneRunsTwoWait_CountsAsRecorded()
    {
        await using var farm = await FarmCluster.StartAsync();
        var gateway = await farm.ListenAsync();

        await farm.SubmitAsync(Samples.Submission("p0"));
        await farm.BeginAsync();
        await farm.SubmitAsync(Samples.Submission("p1", 1));
        await farm.SubmitAsync(Samples.Submission("p2", 2));
        await UntilAsync(farm, () => gateway.Statuses.Length == 4);
        Assert.Equal([1, 1, 2, 3], gateway.Statuses);

        await farm.Scheduler.ClearAsync("default");
        Assert.Equal([1, 1, 2, 3, 1], gateway.Statuses);
    }

    [Fact]
    public async Task Status_OtherTenant_IsNotTold()
    {
        await using var farm = await FarmCluster.StartAsync();
        var gateway = await farm.ListenAsync("b");

        await farm.SubmitAsync(Samples.Submission("p0", tenant: "a"));
        await farm.RunNextAsync();

        Assert.Empty(gateway.Events);
    }

    [Fact]
    public async Task Delete_Waiting_LeavesNoTraceAndIsNotHandedOut()
    {
        await using var farm = await FarmCluster.StartAsync();
        var run = await farm.SubmitAsync(Samples.Submission("p0"));

        Assert.True(await farm.Prompt(run).DeleteAsync());

        Assert.Null(await farm.ClaimAsync());
        Assert.Empty(await farm.History().SubmissionsAsync([run]));
        Assert.Empty(await farm.History().ListAsync(new HistoryWindow(null)));
        Assert.False(await farm.Prompt(run).DeleteAsync());
    }

    [Fact]
    public async Task Delete_HandedOutButNotBegun_BeginAnswersNull()
    {
        await using var farm = await FarmCluster.StartAsync();
        var run = await farm.SubmitAsync(Samples.Submission("p0"));
        var lease = await farm.ClaimAsync();

        Assert.True(await farm.Prompt(run).DeleteAsync());

        Assert.Null(await farm.Prompt(run).BeginAsync(lease!.Attempt, "w1"));
        Assert.Equal(0, await farm.Scheduler.CountAsync("default"));
    }

    [Fact]
    public async Task Delete_Running_IsRefused()
    {
        await using var farm = await FarmCluster.StartAsync();
        await farm.SubmitAsync(Samples.Submission("p0"));
        var job = await farm.BeginAsync();

        Assert.False(await farm.Prompt(job.RunId).DeleteAsync());
        Assert.True(await farm.Prompt(job.RunId).CompleteAsync(Samples.Success(1)));
    }

    [Fact]
    public async Task Clear_KeepsWhatRunsAndOtherTenants()
    {
        await using var farm = await FarmCluster.StartAsync();
        await farm.SubmitAsync(Samples.Submission("running"));
        var job = await farm.BeginAsync();
        for (var i = 0; i < 3; i++) await farm.SubmitAsync(Samples.Submission($"p{i}", i + 1));
        await farm.SubmitAsync(Samples.Submission("other", tenant: "b"));

        await farm.Scheduler.ClearAsync("default");
        await farm.KillAsync();
        await farm.StartAgainAsync();

        Assert.Equal(1, await farm.Scheduler.CountAsync("default"));
        Assert.Equal([job.RunId], (await farm.Scheduler.SnapshotAsync("default")).Running);
        Assert.Equal(1, await farm.Scheduler.CountAsync("b"));
    }

    [Fact]
    public async Task Clear_ACommittedPromptNotYetQueued_IsTurnedAway()
    {
        await using var farm = await FarmCluster.StartAsync();
        await farm.SubmitAsync(Samples.Submission("queued"));
        var onItsWay = PromptStateMachine.Submit(Guid.NewGuid(), Samples.Submission("on its way", 1));
        await farm.Services.GetRequiredService<IPromptStore>().InsertAsync(onItsWay);

        await farm.Scheduler.ClearAsync("default");
        await farm.Scheduler.EnqueueAsync(new QueueEntry
        {
            RunId = onItsWay.RunId, Tenant = "default", PromptId = "on its way", Number = 1, Attempt = 1, ClassTypes = ["EmptyImage"],
        });

        Assert.Equal(0, await farm.Scheduler.CountAsync("default"));
        Assert.Null(await farm.ClaimAsync());
    }

    [Fact]
    public async Task Clear_PromptsInMemory_LeaveIt()
    {
        await using var farm = await FarmCluster.StartAsync();
        for (var i = 0; i < 100; i++) await farm.SubmitAsync(Samples.Submission($"p{i}", i));
        var instruments = farm.Services.GetRequiredService<PromptInstruments>();
        Assert.Equal(100, instruments.ResidentWaiting);

        await farm.Scheduler.ClearAsync("default");

        await UntilAsync(farm, () => instruments.ResidentWaiting == 0);
    }

    [Fact]
    public async Task Running_NamesRunsByHandOut()
    {
        await using var farm = await FarmCluster.StartAsync();
        var second = await farm.SubmitAsync(Samples.Submission("a", 2));
        var first = await farm.SubmitAsync(Samples.Submission("b", 1));
        await farm.SubmitAsync(Samples.Submission("c", 3));
        await farm.BeginAsync();
        await farm.BeginAsync();

        Assert.Equal([first, second], await farm.Scheduler.RunningAsync("default"));
        Assert.Empty(await farm.Scheduler.RunningAsync("nobody"));
    }

    [Fact]
    public async Task Snapshot_ListsRunningByHandOutAndWaitingByRank()
    {
        await using var farm = await FarmCluster.StartAsync();
        var late = await farm.SubmitAsync(Samples.Submission("late", 7, classes: "KSampler"));
        var a = await farm.SubmitAsync(Samples.Submission("a", 1));
        var b = await farm.SubmitAsync(Samples.Submission("b", 2));
        var c = await farm.SubmitAsync(Samples.Submission("c", 3));
        var d = await farm.SubmitAsync(Samples.Submission("d", 9));
        await farm.BeginAsync();
        await farm.BeginAsync();

        var snapshot = await farm.Scheduler.SnapshotAsync("default");

        Assert.Equal([a, b], snapshot.Running);
        Assert.Equal([c, late, d], snapshot.Pending);
        var stored = await farm.History().SubmissionsAsync([.. snapshot.Pending, Guid.NewGuid()]);
        Assert.Equal(["c", "late", "d"], stored.Select(s => s.PromptId));
    }

    [Fact]
    public async Task Find_RepeatedPromptId_NamesEveryRun()
    {
        await using var farm = await FarmCluster.StartAsync();
        var runs = new List<Guid>();
        for (var i = 0; i < 3; i++) runs.Add(await farm.SubmitAsync(Samples.Submission("same", i)));
        await farm.BeginAsync();

        var found = await farm.Scheduler.FindAsync("default", "same");

        Assert.Equal(runs.Order(), found.Select(f => f.RunId).Order());
        Assert.Equal(runs[0], Assert.Single(found, f => f.Running).RunId);
        Assert.True(await farm.Prompt(runs[1]).DeleteAsync());
        Assert.Equal(2, (await farm.Scheduler.FindAsync("default", "same")).Length);
    }

    [Fact]
    public void PutBack_OfAPromptThatAWorkerLost_StillAvoidsIt()
    {
        var queue = VirtualFarm.NewQueue(new FakeTimeProvider(Samples.Start));
        var entry = new QueueEntry { RunId = Guid.NewGuid(), Tenant = "a", PromptId = "p", Number = 0, Attempt = 1, ClassTypes = ["A"] };
        queue.HandOut(queue.Enqueue(entry)!, "w1", Samples.Start);
        queue.Enqueue(entry with { Attempt = 2 });

        var again = queue.PutBack(queue.Remove(entry.RunId)!);

        Assert.Equal(["w1"], again.Avoids);
        Assert.Equal(Samples.Start.ToUnixTimeMilliseconds(), again.CameBackAt);
    }

    [Fact]
    public async Task Interrupt_Running_StopsAtTheNextReport()
    {
        await using var farm = await FarmCluster.StartAsync();
        var waiting = await farm.SubmitAsync(Samples.Submission("p0", 5));
        await farm.SubmitAsync(Samples.Submission("p1", 1));
        var job = await farm.BeginAsync();
        Assert.Equal(RunOrder.Continue, await farm.Prompt(job.RunId).ReportAsync(1, [new ExecutionStart(1)]));

        Assert.True(await farm.Prompt(job.RunId).InterruptAsync());
        Assert.False(await farm.Prompt(waiting).InterruptAsync());

        Assert.Equal(RunOrder.Interrupt, await farm.Prompt(job.RunId).ReportAsync(1, []));
        var end = Samples.Result(1, RunOutcome.Interrupted, new ExecutionInterrupted("1", "EmptyImage", [], 9));
        Assert.True(await farm.Prompt(job.RunId).CompleteAsync(end));
        var entry = (await farm.History().GetAsync("p1"))!;
        Assert.Equal((RunOutcome.Interrupted, false), (entry.Outcome, entry.Completed));
        Assert.Equal(["execution_start", "execution_interrupted"], Samples.Names(entry.Messages));
    }

    private static async Task UntilAsync(FarmCluster farm, Func<bool> reached)
    {
        while (!reached()) await farm.Scheduler.CountAsync("default");
    }
}
