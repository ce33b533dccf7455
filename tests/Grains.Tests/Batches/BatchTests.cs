using System.Collections.Immutable;
using System.Text.Json;
using Farm.Contracts.Batches;
using Farm.Contracts.Ledger;
using Farm.Contracts.Prompts;
using Farm.Grains.Batches;
using Farm.Grains.Persistence;
using Farm.Grains.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Farm.Grains.Tests.Batches;

/// <summary>Batches on a silo with a real store.</summary>
public sealed class BatchTests
{
    private const string Tenant = "default";

    [Fact]
    public async Task Batch_OfSome_RunsEachIndexOnceWithItsValuesAndNeverMoreThanItsLimit()
    {
        await using var farm = await FarmCluster.StartAsync();
        var batch = await SubmitAsync(farm, Widths(7), concurrency: 3);

        var widths = new List<int>();
        var most = 0;
        while (await RunAsync(farm) is { } job)
        {
            widths.Add(WidthOf(job));
            most = Math.Max(most, await farm.Scheduler.CountAsync(Tenant));
        }

        var info = await EndAsync(farm, batch);
        Assert.Equal(BatchStatus.Completed, info.Status);
        Assert.Equal((7, 0, 0, 7), (info.Total, info.Pending, info.Submitted, info.Completed));
        Assert.Equal([0, 8, 16, 24, 32, 40, 48], widths.Order());
        Assert.InRange(most, 1, 3);
    }

    [Fact]
    public async Task Batch_KilledAgainAndAgainDuringExpansion_HasEachIndexExactlyOnce()
    {
        const int total = 60;
        await using var farm = await FarmCluster.StartAsync(("Farm:Batches:StepSize", "7"), ("Farm:Scheduling:RecoveryGrace", "00:00:00"));
        var batch = await SubmitAsync(farm, Widths(total), concurrency: 20);
        var done = new List<int>();
        for (var life = 0; life < 5; life++)
        {
            for (var i = 0; i < 5; i++) done.Add(WidthOf((await RunAsync(farm))!));
            await farm.KillAsync();
            await farm.StartAgainAsync();
            await farm.Catalog.RegisterAsync(Samples.Manifest("w1", Samples.Hash, "EmptyImage", "PreviewImage"));
        }
        while (await RunAsync(farm) is { } job) done.Add(WidthOf(job));

        Assert.Equal(BatchStatus.Completed, (await EndAsync(farm, batch)).Status);
        Assert.Equal(Enumerable.Range(0, total).Select(i => i * 8), done.Order());
        var ledger = await farm.Grains.GetGrain<ILedgerGrain>(ILedgerGrain.Key).ListAsync(new LedgerQuery { Batch = batch, Limit = 1000 });
        Assert.Equal(Enumerable.Range(0, total), ledger.Entries.Select(e => e.BatchIndex!.Value).Order());
        Assert.Equal(total, (await farm.History().ListAsync(new HistoryWindow(null))).Length);
    }

    [Fact]
    public async Task Item_CommittedByASiloThatDiedBeforeSubmitting_IsSubmittedOnceAndNotAfterItsHistoryWent()
    {
        await using var farm = await FarmCluster.StartAsync();
        var store = farm.Services.GetRequiredService<IBatchStore>();
        var id = Guid.NewGuid();
        var begun = BatchMachine.Begin(BatchMachine.Submit(id, Submission(Widths(2), 2), Samples.Start), [], Samples.Start)!;
        await store.InsertAsync(begun with { Revision = 0 });
        var step = BatchMachine.HandIn(begun with { Revision = 0 }, [], new FrameSequence(FrameOrder.Forward, 1, 2), 2, Samples.Start)!;
        await store.CommitAsync(step);
        // The first was submitted, ran, and its history is gone; the second was not submitted.
        await farm.Prompt(step.Items[0].RunId!.Value).SubmitAsync(new BatchRuns(begun).Of(step.Items[0], 0, Samples.Start));
        await farm.RunNextAsync();
        await farm.History().ClearAsync();

        await Batch(farm, id).WakeAsync();
        var job = await RunAsync(farm);

        Assert.Equal(8, WidthOf(job!));
        Assert.Equal(BatchStatus.Completed, (await EndAsync(farm, id)).Status);
        Assert.Null(await farm.ClaimAsync());
    }

    [Fact]
    public async Task Batches_OfWhichSomeCannotBeRead_KeepNoOtherFromGoingOn()
    {
        await using var farm = await FarmCluster.StartAsync();
        var store = farm.Services.GetRequiredService<IBatchStore>();
        // In whatever order they are looked at, one that cannot be read comes before the one that can.
        Guid[] ids = [new(1, 0, 0, new byte[8]), new(2, 0, 0, new byte[8]), new(3, 0, 0, new byte[8])];
        foreach (var id in ids) await store.InsertAsync(BatchMachine.Submit(id, Submission(Widths(1), 1), Samples.Start));
        await using (var db = await farm.Services.GetRequiredService<IDbContextFactory<FarmDb>>().CreateDbContextAsync())
            await db.BatchDefinitions.Where(b => b.BatchId != ids[1]).ExecuteUpdateAsync(b => b.SetProperty(x => x.Definition, "{"));

        while (await farm.Scheduler.CountAsync(Tenant) == 0) farm.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(ids[1], (await farm.BeginAsync()).Submission.BatchId);
    }

    [Fact]
    public async Task Failures_WithARetry_AreTriedAgainThenRetriedByHand()
    {
        await using var farm = await FarmCluster.StartAsync();
        var batch = await SubmitAsync(farm, Widths(2), concurrency: 1, retries: 1);
        for (var i = 0; i < 3; i++) await RunAsync(farm, RunOutcome.Error);
        await RunAsync(farm, RunOutcome.Error);

        var failed = await EndAsync(farm, batch);
        Assert.Equal((BatchStatus.Failed, 2), (failed.Status, failed.Failed));
        var items = (await farm.Grains.GetGrain<IBatchesGrain>(Tenant).ItemsAsync(batch, BatchItemStatus.Failed, 0, 10))!;
        Assert.Equal([2, 2], items.Items.Select(i => i.Tries));
        Assert.All(items.Items, i => Assert.Equal("ValueError: broken", i.Error));

        Assert.Null((await Batch(farm, batch).RetryFailedAsync(Tenant))!.Refusal);
        while (await RunAsync(farm) is not null) { }

        Assert.Equal((BatchStatus.Completed, 2), ((await EndAsync(farm, batch)).Status, (await Batch(farm, batch).GetAsync(Tenant))!.Completed));
    }

    [Fact]
    public async Task Failure_WithPolicyStop_TakesBackWhatWaitsAndHandsNothingMoreIn()
    {
        await using var farm = await FarmCluster.StartAsync();
        var batch = await SubmitAsync(farm, Widths(10), concurrency: 4, policy: FailurePolicy.Stop);

        await RunAsync(farm, RunOutcome.Error);

        var info = await EndAsync(farm, batch);
        Assert.Equal(BatchStatus.Failed, info.Status);
        Assert.Equal((1, 0), (info.Failed, info.Completed));
        Assert.Equal(0, await farm.Scheduler.CountAsync(Tenant));
    }

    [Fact]
    public async Task Pause_ThenResumeThenCancel_HandsInNothingMeanwhileAndTakesAllBack()
    {
        await using var farm = await FarmCluster.StartAsync();
        var batch = await SubmitAsync(farm, Widths(10), concurrency: 2);
        Assert.Null((await Batch(farm, batch).PauseAsync(Tenant))!.Refusal);
        while (await RunAsync(farm) is not null) { }
        Assert.Equal(BatchStatus.Paused, (await Batch(farm, batch).GetAsync(Tenant))!.Status);

        Assert.Null((await Batch(farm, batch).ResumeAsync(Tenant))!.Refusal);
        Assert.NotNull(await RunAsync(farm));
        Assert.Null((await Batch(farm, batch).CancelAsync(Tenant))!.Refusal);

        var info = await EndAsync(farm, batch);
        Assert.Equal((BatchStatus.Cancelled, 10), (info.Status, info.Completed + info.Cancelled));
        Assert.Null(await farm.ClaimAsync());
        Assert.NotNull((await Batch(farm, batch).RetryFailedAsync(Tenant))!.Refusal);
        Assert.Null(await Batch(farm, batch).GetAsync("other"));
        Assert.Null(await Batch(farm, batch).CancelAsync("other"));
    }

    [Theory]
    [InlineData(PredecessorPolicy.Cancel, BatchStatus.Cancelled)]
    [InlineData(PredecessorPolicy.Run, BatchStatus.Completed)]
    public async Task After_AFailedBatch_GoesByThePolicy(PredecessorPolicy policy, BatchStatus expected)
    {
        await using var farm = await FarmCluster.StartAsync();
        var first = await SubmitAsync(farm, Widths(1), concurrency: 1);
        var second = Guid.NewGuid();
        await Batch(farm, second).SubmitAsync(Submission(Widths(1), 1) with { After = [first], OnPredecessorFailure = policy });

        await RunAsync(farm, RunOutcome.Error);
        await EndAsync(farm, first);
        if (policy == PredecessorPolicy.Run) await RunAsync(farm);

        Assert.Equal(expected, (await EndAsync(farm, second)).Status);
    }

    [Fact]
    public async Task QueueCleared_WhileABatchIsOut_IsSeenWithTheNextLook()
    {
        await using var farm = await FarmCluster.StartAsync();
        var batch = await SubmitAsync(farm, Widths(3), concurrency: 3);
        while (await farm.Scheduler.CountAsync(Tenant) < 3) await Batch(farm, batch).WakeAsync();

        await farm.Scheduler.ClearAsync(Tenant);
        farm.Clock.Advance(TimeSpan.FromSeconds(10));

        var info = await EndAsync(farm, batch);
        Assert.Equal((BatchStatus.Failed, 3), (info.Status, info.Cancelled));
    }

    private static IBatchGrain Batch(FarmCluster farm, Guid id) => farm.Grains.GetGrain<IBatchGrain>(id);

    private static BatchPlan Widths(int count) => new()
    {
        Axes = [new BatchAxis { Targets = [new BatchTarget("1", "width")], Rows = [.. Enumerable.Range(0, count).Select(i => $"[{i * 8}]")] }],
    };

    private static BatchSubmission Submission(BatchPlan plan, int concurrency) =>
        new() { Template = Samples.Submission("template"), Plan = plan, Concurrency = concurrency };

    private static async Task<Guid> SubmitAsync(
        FarmCluster farm, BatchPlan plan, int concurrency, int retries = 0, FailurePolicy policy = FailurePolicy.Continue)
    {
        var id = Guid.NewGuid();
        await Batch(farm, id).SubmitAsync(Submission(plan, concurrency) with { Retries = retries, OnFailure = policy });
        return id;
    }

    /// <summary>Runs the batch's next prompt; null when its batches have all handed in what they may and all of that has run.</summary>
    private static async Task<PromptJob?> RunAsync(FarmCluster farm, RunOutcome outcome = RunOutcome.Success)
    {
        var store = farm.Services.GetRequiredService<IBatchStore>();
        while (true)
        {
            foreach (var batch in await store.UnfinishedAsync()) await Batch(farm, batch).WakeAsync();
            if (await farm.ClaimAsync() is { } lease)
            {
                var job = (await farm.Prompt(lease.RunId).BeginAsync(lease.Attempt, "w1"))!;
                RunEvent closing = outcome == RunOutcome.Success ? new ExecutionSuccess(1) : new ExecutionError(Broken, 1);
                Assert.True(await farm.Prompt(job.RunId).CompleteAsync(Samples.Result(job.Attempt, outcome, closing)));
                return job;
            }
            var unfinished = await store.UnfinishedAsync();
            if (unfinished.IsEmpty || await AllIdleAsync(farm, unfinished)) return null;
            farm.Clock.Advance(TimeSpan.FromSeconds(1));
        }
    }

    private static async Task<bool> AllIdleAsync(FarmCluster farm, ImmutableArray<Guid> batches)
    {
        foreach (var batch in batches)
        {
            if (await Batch(farm, batch).GetAsync(Tenant) is { Status: BatchStatus.Paused, Submitted: 0 } or { Status: BatchStatus.Waiting }) continue;
            return false;
        }
        return true;
    }

    private static async Task<BatchInfo> EndAsync(FarmCluster farm, Guid batch)
    {
        while (true)
        {
            await Batch(farm, batch).WakeAsync();
            if (await Batch(farm, batch).GetAsync(Tenant) is { EndedAt: not null } info) return info;
        }
    }

    private static int WidthOf(PromptJob job)
    {
        using var graph = JsonDocument.Parse(job.Submission.Prompt);
        return graph.RootElement.GetProperty("1").GetProperty("inputs").GetProperty("width").GetInt32();
    }

    private static ExecutionFailure Broken { get; } = new()
    {
        NodeId = "1", NodeType = "EmptyImage", Executed = [], Message = "broken\n", Type = "ValueError", Traceback = [], CurrentInputs = "{}", CurrentOutputs = [],
    };
}
