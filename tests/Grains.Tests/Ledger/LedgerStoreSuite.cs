using Farm.Contracts.Ledger;
using Farm.Contracts.Prompts;
using Farm.Grains.History;
using Farm.Grains.Ledger;
using Farm.Grains.Persistence;
using Farm.Grains.Prompts;
using Farm.Grains.Scheduling;
using Farm.Grains.Tests.Persistence;
using Farm.Grains.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Farm.Grains.Tests.Ledger;

/// <summary>One suite for every database: what the ledger keeps.</summary>
public abstract class LedgerStoreSuite : IAsyncLifetime
{
    private const string Graph =
        """{"1":{"class_type":"A","inputs":{"ckpt_name":"sd/x.safetensors","text":"a photo.png of x.pt \n"}},"2":{"class_type":"B","inputs":{"seed":18446744073709551615,"noise_seed":["1",0],"steps":4,"model":["1",0]}}}""";

    private ServiceProvider? _services;

    private IPromptStore Prompts => Get<IPromptStore>();

    private ILedgerStore Ledger => Get<ILedgerStore>();

    /// <summary>Services over a new, empty database.</summary>
    private protected abstract Task<ServiceProvider> OpenAsync();

    public async ValueTask InitializeAsync()
    {
        _services = await OpenAsync();
        await ActivatorUtilities.CreateInstance<DatabaseStart>(_services).PrepareAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (_services is not null) await _services.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Ended_AfterALostAttempt_KeepsAttemptsModelsSeedsOutputsAndGpuSeconds()
    {
        var batch = Guid.NewGuid();
        var queued = await QueueAsync(Samples.Submission("p") with { Prompt = Graph, BatchId = batch, BatchIndex = 7 });
        var first = await UpdateAsync(PromptStateMachine.Begin(queued, 1, "w1", At(10))!);
        var lost = await UpdateAsync(PromptStateMachine.Lose(first, 1, "it did not renew", At(14))!);
        var second = await UpdateAsync(PromptStateMachine.Begin(lost, 2, "w2", At(20))!);
        await EndAsync(second, RunOutcome.Success, At(25.5), Samples.Ui("2"), Samples.Ui("3"));

        var entry = Assert.Single(await Ledger.FindAsync("p", tenant: null));

        Assert.Equal((LedgerStatus.Completed, "w2", 2, 9.5), (entry.Status, entry.WorkerId, entry.Outputs, entry.GpuSeconds));
        Assert.Equal((Samples.Start, At(20), At(25.5)), (entry.QueuedAt, entry.StartedAt, entry.EndedAt));
        Assert.Equal(
            [new LedgerAttempt(1, "w1", At(10), At(14), "it did not renew"), new LedgerAttempt(2, "w2", At(20), At(25.5), "completed")], entry.Attempts);
        Assert.Equal([new LedgerModel("1", "ckpt_name", "sd/x.safetensors", null)], entry.Models);
        Assert.Equal([new LedgerSeed("2", "seed", 18446744073709551615m)], entry.Seeds);
        Assert.Equal((batch, 7), (entry.BatchId, entry.BatchIndex));
    }

    [Fact]
    public async Task Ended_AfterAClearOfHistory_StaysInTheLedger()
    {
        await RunAsync("gone", 1);
        await RunAsync("deleted", 2);

        await Get<IHistoryStore>().DeleteAsync("default", ["deleted"]);
        await Get<IHistoryStore>().ClearAsync("default");

        Assert.Null(await Get<IHistoryStore>().FindAsync("default", "gone"));
        Assert.Equal(["deleted", "gone"], Ids(await Ledger.ListAsync(new LedgerQuery())));
    }

    [Fact]
    public async Task Removed_WhileTheyWaited_StandAsDeleted()
    {
        var one = await QueueAsync(Samples.Submission("one"));
        var batch = Guid.NewGuid();
        var many = await QueueAsync(Samples.Submission("many") with { BatchId = batch, BatchIndex = 3 });
        var running = await UpdateAsync(PromptStateMachine.Begin(await QueueAsync(Samples.Submission("runs")), 1, "w", At(1))!);

        await Prompts.DeleteAsync(one);
        await Get<IQueueStore>().DeleteWaitingAsync("default", []);

        var ends = await Ledger.EndsAsync([one.RunId, many.RunId, running.RunId]);
        Assert.Equal(new[] { one.RunId, many.RunId }.Order(), ends.Select(e => e.RunId).Order());
        Assert.All(ends, end => Assert.Equal(LedgerStatus.Deleted, end.Status));
        var entry = Assert.Single(await Ledger.FindAsync("many", "default"));
        Assert.Equal((LedgerStatus.Deleted, batch, 3), (entry.Status, entry.BatchId, entry.BatchIndex));
        Assert.Equal(LedgerStatus.Running, Assert.Single(await Ledger.FindAsync("runs", null)).Status);
    }

    [Fact]
    public async Task Find_RepeatedIdInTwoTenants_ListsTheLastFirst()
    {
        await RunAsync("p", 1);
        await QueueAsync(Samples.Submission("p") with { CreatedAt = At(50) });
        await QueueAsync(Samples.Submission("p", tenant: "other") with { CreatedAt = At(60) });

        Assert.Equal(["other", "default", "default"], (await Ledger.FindAsync("p", null)).Select(e => e.Tenant));
        Assert.Equal([LedgerStatus.Waiting, LedgerStatus.Completed], (await Ledger.FindAsync("p", "default")).Select(e => e.Status));
        Assert.Empty(await Ledger.FindAsync("unknown", null));
    }

    [Fact]
    public async Task List_Filters_CutByTenantTimeBatchWorkerAndStatus()
    {
        var batch = Guid.NewGuid();
        await RunAsync("a", 1, worker: "w1");
        await RunAsync("b", 2, worker: "w2", batch: batch);
        await RunAsync("c", 3, worker: "w1", tenant: "other");
        await RunAsync("d", 4, worker: "w1", outcome: RunOutcome.Error);

        Assert.Equal(["d", "b", "a"], Ids(await Ledger.ListAsync(new LedgerQuery { Tenant = "default" })));
        Assert.Equal(["c", "b"], Ids(await Ledger.ListAsync(new LedgerQuery { From = At(2), To = At(4) })));
        Assert.Equal(["b"], Ids(await Ledger.ListAsync(new LedgerQuery { Batch = batch })));
        Assert.Equal(["d", "c", "a"], Ids(await Ledger.ListAsync(new LedgerQuery { Worker = "w1" })));
        Assert.Equal(["d"], Ids(await Ledger.ListAsync(new LedgerQuery { Status = LedgerStatus.Failed })));
        // One more than asked for says that there are more.
        Assert.Equal(["c", "b"], Ids(await Ledger.ListAsync(new LedgerQuery { Offset = 1, Limit = 1 })));
    }

    [Fact]
    public async Task Ended_WithALongError_KeepsItsKindAndStart()
    {
        var running = await UpdateAsync(PromptStateMachine.Begin(await QueueAsync(Samples.Submission("p")), 1, "w", At(1))!);
        var failure = new ExecutionFailure
        {
            NodeId = "1", NodeType = "A", Executed = [], Message = "bad \0 " + new string('x', 2000), Type = "ValueError", Traceback = [], CurrentInputs = "{}", CurrentOutputs = [],
        };
        var ended = PromptStateMachine.Complete(running, 1, RunOutcome.Error, At(2))!;
        await Prompts.EndAsync(ended, new PromptEnd(RunOutcome.Error, Completed: false, [], [new ExecutionError(failure, 1)]));

        var end = Assert.Single(await Ledger.EndsAsync([running.RunId]));

        Assert.Equal(LedgerStatus.Failed, end.Status);
        Assert.StartsWith("ValueError: bad  xxx", end.Error, StringComparison.Ordinal);
        Assert.InRange(end.Error!.Length, 990, 1001);
    }

    [Fact]
    public async Task Ended_WithHashes_GivesThemToTheModelsOfTheirNames()
    {
        const string Named = """{"1":{"class_type":"A","inputs":{"ckpt_name":"sub/m.safetensors","lora_name":"twice.safetensors","vae_name":"unread.safetensors"}}}""";
        var running = await UpdateAsync(PromptStateMachine.Begin(await QueueAsync(Samples.Submission("p") with { Prompt = Named }), 1, "w", At(1))!);
        await Prompts.EndAsync(
            PromptStateMachine.Complete(running, 1, RunOutcome.Success, At(2))!,
            new PromptEnd(RunOutcome.Success, true, [], [new ExecutionSuccess(1)])
            {
                ModelHashes = [new("checkpoints/sub/m.safetensors", "sha256:1"), new("loras/twice.safetensors", "sha256:2"), new("vae/twice.safetensors", "sha256:3")],
            });

        var entry = Assert.Single(await Ledger.FindAsync("p", null));

        Assert.Equal([("ckpt_name", "sha256:1"), ("lora_name", null), ("vae_name", null)], entry.Models.Select(model => (model.Input, model.Hash)));
    }

    private T Get<T>()
        where T : notnull => _services!.GetRequiredService<T>();

    private static DateTimeOffset At(double seconds) => Samples.Start.AddSeconds(seconds);

    private static string[] Ids(IEnumerable<LedgerEntry> entries) => [.. entries.Select(e => e.PromptId)];

    private async Task<PromptState> QueueAsync(PromptSubmission submission)
    {
        var state = PromptStateMachine.Submit(Guid.NewGuid(), submission);
        await Prompts.InsertAsync(state);
        return state;
    }

    private async Task<PromptState> UpdateAsync(PromptState state)
    {
        await Prompts.UpdateAsync(state);
        return state;
    }

    private async Task EndAsync(PromptState running, RunOutcome outcome, DateTimeOffset end, params NodeUi[] outputs) => await Prompts.EndAsync(
        PromptStateMachine.Complete(running, running.Attempt, outcome, end)!,
        new PromptEnd(outcome, outcome == RunOutcome.Success, [.. outputs], [new ExecutionSuccess(1)]));

    private async Task RunAsync(
        string id, int end, string worker = "w", string tenant = "default", Guid? batch = null, RunOutcome outcome = RunOutcome.Success)
    {
        var queued = await QueueAsync(Samples.Submission(id, tenant: tenant) with { BatchId = batch });
        await EndAsync(await UpdateAsync(PromptStateMachine.Begin(queued, 1, worker, At(0))!), outcome, At(end));
    }
}

/// <summary>The suite on a SQLite file.</summary>
public sealed class SqliteLedgerStoreTests : LedgerStoreSuite
{
    private readonly string _folder = Directory.CreateTempSubdirectory("farm-store-").FullName;

    private protected override Task<ServiceProvider> OpenAsync() => Task.FromResult(StoreServices.Build(("Farm:Data:Root", _folder)));
}

/// <summary>The suite on a real PostgreSQL server.</summary>
public sealed class PostgresLedgerStoreTests(PostgresFixture postgres) : LedgerStoreSuite
{
    private protected override async Task<ServiceProvider> OpenAsync() => StoreServices.Build(
        ("Farm:Database:Provider", "postgres"), ("Farm:Database:ConnectionString", await (await postgres.ServerAsync()).CreateDatabaseAsync()));
}
