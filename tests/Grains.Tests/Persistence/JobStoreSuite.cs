using Farm.Contracts.Jobs;
using Farm.Contracts.Prompts;
using Farm.Contracts.Users;
using Farm.Grains.Jobs;
using Farm.Grains.Persistence;
using Farm.Grains.Prompts;
using Farm.Grains.Tests.Support;
using Farm.Grains.Users;
using Microsoft.Extensions.DependencyInjection;

namespace Farm.Grains.Tests.Persistence;

/// <summary>One suite for every database: jobs, users and settings.</summary>
public abstract class JobStoreSuite : IAsyncLifetime
{
    private const int Depth = 100;

    private ServiceProvider? _services;

    private IPromptStore Prompts => _services!.GetRequiredService<IPromptStore>();

    private IJobStore Jobs => _services!.GetRequiredService<IJobStore>();

    private IUserStore Users => _services!.GetRequiredService<IUserStore>();

    private ISettingStore Settings => _services!.GetRequiredService<ISettingStore>();

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
    public async Task Rule19_2_Page_MixedStatuses_IsNewestFirstWithWhatIsKnown()
    {
        await PendingAsync("waits", 4, workflow: "wf");
        await RunningAsync("runs", 3);
        await EndedAsync("done", 2, RunOutcome.Success, seconds: 5);
        await EndedAsync("broken", 1, RunOutcome.Error, seconds: 1);
        await EndedAsync("stopped", 0, RunOutcome.Interrupted, seconds: 9);

        var jobs = await Jobs.PageAsync("default", All, Depth);

        Assert.Equal(["waits", "runs", "done", "broken", "stopped"], jobs.Select(j => j.PromptId));
        Assert.Equal([JobStatus.Pending, JobStatus.InProgress, JobStatus.Completed, JobStatus.Failed, JobStatus.Cancelled], jobs.Select(j => j.Status));
        Assert.Equal(("wf", Samples.Start.AddMinutes(4).ToUnixTimeMilliseconds()), (jobs[0].WorkflowId, jobs[0].CreatedAt));
        Assert.Equal("2", Assert.Single(jobs[2].Outputs).NodeId);
        Assert.IsType<ExecutionSuccess>(Assert.Single(jobs[2].Messages));
    }

    [Fact]
    public async Task Rule19_5_Page_ByDuration_TakesWhatHasNotEndedAsZero()
    {
        await PendingAsync("waits", 9);
        await EndedAsync("short", 3, RunOutcome.Success, seconds: 1);
        await EndedAsync("long", 2, RunOutcome.Error, seconds: 8);
        await EndedAsync("middle", 1, RunOutcome.Success, seconds: 5);

        Assert.Equal(["long", "middle", "short", "waits"], Ids(await Jobs.PageAsync("default", All with { ByDuration = true }, Depth)));
        Assert.Equal(["waits", "short"], Ids(await Jobs.PageAsync("default", All with { ByDuration = true, Ascending = true, Limit = 2 }, Depth)));
    }

    [Theory]
    [InlineData(0, 2, "p4 p3")]
    [InlineData(2, 2, "p2 p1")]
    [InlineData(4, 2, "p0")]
    [InlineData(9, 2, "")]
    [InlineData(1, null, "p3 p2 p1 p0")]
    public async Task Page_OffsetAndLimit_CutsTheMergedOrder(int offset, int? limit, string expected)
    {
        for (var i = 0; i < 5; i++)
        {
            if (i % 2 == 0) await PendingAsync($"p{i}", i);
            else await EndedAsync($"p{i}", i, RunOutcome.Success, seconds: 1);
        }

        Assert.Equal(expected, string.Join(' ', Ids(await Jobs.PageAsync("default", All with { Offset = offset, Limit = limit }, Depth))));
    }

    [Fact]
    public async Task PageAndCount_ByStatusWorkflowAndTenant_SeeOnlyThose()
    {
        await PendingAsync("a", 1, workflow: "w1");
        await PendingAsync("b", 2, workflow: "w2");
        await PendingAsync("c", 3, workflow: "w1", tenant: "other");
        await EndedAsync("d", 4, RunOutcome.Success, seconds: 1);

        Assert.Equal(["a"], Ids(await Jobs.PageAsync("default", All with { WorkflowId = "w1" }, Depth)));
        Assert.Equal(["b", "a"], Ids(await Jobs.PageAsync("default", All with { Statuses = [JobStatus.Pending] }, Depth)));
        Assert.Equal(2, await Jobs.CountAsync("default", JobStatus.Pending, workflowId: null, int.MaxValue));
        Assert.Equal(1, await Jobs.CountAsync("default", JobStatus.Pending, "w1", int.MaxValue));
        Assert.Equal(0, await Jobs.CountAsync("default", JobStatus.Completed, workflowId: null, most: 0));
    }

    [Fact]
    public async Task Users_IdOrNameTaken_AreRefused()
    {
        Assert.True(await Users.AddAsync("t", new FarmUser("anna_1", "Anna")));
        Assert.False(await Users.AddAsync("t", new FarmUser("anna_2", "Anna")));
        Assert.False(await Users.AddAsync("t", new FarmUser("anna_1", "Another")));
        Assert.True(await Users.AddAsync("other", new FarmUser("anna_1", "Anna")));

        Assert.Equal([new FarmUser("anna_1", "Anna")], await Users.ListAsync("t"));
        Assert.True(await Users.ExistsAsync("t", "anna_1"));
        Assert.False(await Users.ExistsAsync("t", "anna_2"));
    }

    [Fact]
    public async Task Settings_Put_ReplacesSomeAndKeepsTheOthers()
    {
        await Settings.PutAsync("t", "u", [new Setting("a", "1"), new Setting("b", "{\"x\":1}")], maxCount: 10);
        await Settings.PutAsync("t", "u", [new Setting("b", "{\"z\":3}")], maxCount: 10);
        await Settings.PutAsync("t", "v", [new Setting("a", "2")], maxCount: 10);

        Assert.Equal([new Setting("a", "1"), new Setting("b", "{\"z\":3}")], await Settings.ListAsync("t", "u"));
        Assert.Equal("2", await Settings.FindAsync("t", "v", "a"));
        Assert.Null(await Settings.FindAsync("t", "v", "b"));
    }

    [Fact]
    public async Task Settings_BeyondTheLimit_AreRefusedAsAWhole()
    {
        await Settings.PutAsync("t", "u", [new Setting("a", "1"), new Setting("b", "1")], maxCount: 2);

        Assert.False(await Settings.PutAsync("t", "u", [new Setting("a", "2"), new Setting("c", "1")], maxCount: 2));
        Assert.True(await Settings.PutAsync("t", "u", [new Setting("b", "2")], maxCount: 2));

        Assert.Equal([new Setting("a", "1"), new Setting("b", "2")], await Settings.ListAsync("t", "u"));
    }

    [Fact]
    public async Task Settings_SetAtOnceByMany_AreAllKept()
    {
        var sets = Enumerable.Range(0, 50).Select(i => Settings.PutAsync("t", "u", [new Setting("same", "1"), new Setting($"k{i:00}", $"{i}")], maxCount: 100));
        await Task.WhenAll(sets);

        Assert.Equal(51, (await Settings.ListAsync("t", "u")).Length);
    }

    private static JobQuery All => new() { Statuses = [.. Enum.GetValues<JobStatus>()] };

    private static string[] Ids(IEnumerable<Job> jobs) => [.. jobs.Select(j => j.PromptId)];

    private async Task<PromptState> PendingAsync(string id, int minute, string? workflow = null, string tenant = "default")
    {
        var submission = Samples.Submission(id, tenant: tenant) with { CreatedAt = Samples.Start.AddMinutes(minute), WorkflowId = workflow };
        var state = PromptStateMachine.Submit(Guid.NewGuid(), submission);
        await Prompts.InsertAsync(state);
        return state;
    }

    private async Task<PromptState> RunningAsync(string id, int minute)
    {
        var running = PromptStateMachine.Begin(await PendingAsync(id, minute), 1, "w", Samples.Start)!;
        await Prompts.UpdateAsync(running);
        return running;
    }

    private async Task EndedAsync(string id, int minute, RunOutcome outcome, int seconds)
    {
        var ended = PromptStateMachine.Complete(await RunningAsync(id, minute), 1, outcome, Samples.Start.AddSeconds(seconds))!;
        await Prompts.EndAsync(ended, new PromptEnd(outcome, outcome == RunOutcome.Success, [Samples.Ui("2")], [new ExecutionSuccess(1)]));
    }
}

/// <summary>The suite on a SQLite file.</summary>
public sealed class SqliteJobStoreTests : JobStoreSuite
{
    private readonly string _folder = Directory.CreateTempSubdirectory("farm-store-").FullName;

    private protected override Task<ServiceProvider> OpenAsync() => Task.FromResult(StoreServices.Build(("Farm:Data:Root", _folder)));
}

/// <summary>The suite on a real PostgreSQL server.</summary>
public sealed class PostgresJobStoreTests(PostgresFixture postgres) : JobStoreSuite
{
    private protected override async Task<ServiceProvider> OpenAsync() => StoreServices.Build(
        ("Farm:Database:Provider", "postgres"), ("Farm:Database:ConnectionString", await (await postgres.ServerAsync()).CreateDatabaseAsync()));
}
