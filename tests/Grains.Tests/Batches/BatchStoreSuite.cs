using Farm.Contracts.Batches;
using Farm.Grains.Batches;
using Farm.Grains.Persistence;
using Farm.Grains.Prompts;
using Farm.Grains.Tests.Persistence;
using Farm.Grains.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Farm.Grains.Tests.Batches;

/// <summary>One suite for every database: what the store of batches promises.</summary>
public abstract class BatchStoreSuite : IAsyncLifetime
{
    private const int Total = 30;

    private ServiceProvider? _services;

    private IBatchStore Store => _services!.GetRequiredService<IBatchStore>();

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
    public async Task Step_OfManyNewIndices_StandsAsCommitted()
    {
        var (id, step) = await HandInAsync(Total);

        var found = (await Store.FindAsync(id))!;
        Assert.Equal((BatchStatus.Running, Total, Total, step.State.Revision), (found.Status, found.Position, found.Submitted, found.Revision));
        Assert.Equal(30, found.Definition.Plan.Axes[0].Rows.Length);
        var items = await Store.ItemsAsync(id, BatchItemStatus.Submitted, int.MaxValue);
        Assert.Equal(step.Items.Select(i => (i.Index, i.RunId, i.Tries)), items.Select(i => (i.Index, i.RunId, i.Tries)));
        Assert.Equal([id], await Store.UnfinishedAsync());
        Assert.Empty(await Store.KnownRunsAsync([.. items.Select(i => i.RunId!.Value)]));
        Assert.Equal(BatchStatus.Running, (await Store.StatusesAsync("default", [id, Guid.NewGuid()]))[id]);
    }

    [Fact]
    public async Task Step_FromAStaleState_IsRefusedAndChangesNothing()
    {
        var (id, step) = await HandInAsync(10);

        await Assert.ThrowsAsync<StaleWriteException>(() => Store.CommitAsync(step));

        Assert.Equal(10, (await Store.ItemsAsync(id, BatchItemStatus.Submitted, int.MaxValue)).Length);
        Assert.Equal(10, (await Store.FindAsync(id))!.Position);
    }

    [Fact]
    public async Task Step_OfManyChangedIndicesAndASweep_ChangesEachAsSaid()
    {
        var (id, step) = await HandInAsync(Total);
        var failed = step.Items.Select(i => i with { Status = i.Index % 2 == 0 ? BatchItemStatus.Failed : BatchItemStatus.Completed, Error = i.Index % 2 == 0 ? "bad \0 luck" : null, IsNew = false });
        var settled = step.State with { Revision = step.State.Revision + 1, Submitted = 0, Completed = 15, Failed = 15 };
        await Store.CommitAsync(new BatchStep(settled, [.. failed]));

        var page = (await Store.PageAsync("default", id, BatchItemStatus.Failed, 5, 3))!;
        Assert.Equal((15, "10 12 14"), (page.Total, string.Join(' ', page.Items.Select(i => i.Index))));
        Assert.All(page.Items, i => Assert.Equal("bad  luck", i.Error));
        Assert.Null(await Store.PageAsync("other", id, null, 0, 10));

        await Store.CommitAsync(new BatchStep(settled with { Revision = settled.Revision + 1, Failed = 0, Waiting = 15 }, [], BatchSweep.RetryFailed));

        Assert.Equal(Enumerable.Range(0, 15).Select(i => 2 * i), (await Store.ItemsAsync(id, BatchItemStatus.Waiting, 100)).Select(i => i.Index));
        var info = Assert.Single((await Store.ListAsync("default", 0, 10, Samples.Start)).Batches);
        Assert.Equal((15, 15, 0), (info.Completed, info.Pending, info.Failed));
    }

    [Fact]
    public async Task Steps_OfManyBatchesAtOnce_AreEachWhole()
    {
        var batches = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => HandInAsync(Total)));

        foreach (var (id, step) in batches)
            Assert.Equal(step.Items.Select(i => i.RunId), (await Store.ItemsAsync(id, BatchItemStatus.Submitted, int.MaxValue)).Select(i => i.RunId));
    }

    private async Task<(Guid Id, BatchStep Step)> HandInAsync(int count)
    {
        var id = Guid.NewGuid();
        var plan = new BatchPlan { Axes = [new BatchAxis { Targets = [new BatchTarget("1", "width")], Rows = [.. Enumerable.Range(0, Total).Select(i => $"[{i * 8}]")] }] };
        var waiting = BatchMachine.Submit(id, new BatchSubmission { Template = Samples.Submission("template"), Plan = plan, Concurrency = Total }, Samples.Start);
        await Store.InsertAsync(waiting);
        var begun = BatchMachine.Begin(waiting, [], Samples.Start)!;
        await Store.CommitAsync(new BatchStep(begun, []));
        var step = BatchMachine.HandIn(begun, [], new FrameSequence(FrameOrder.Forward, 1, Total), count, Samples.Start)!;
        await Store.CommitAsync(step);
        return (id, step);
    }
}

/// <summary>The suite on a SQLite file.</summary>
public sealed class SqliteBatchStoreTests : BatchStoreSuite
{
    private readonly string _folder = Directory.CreateTempSubdirectory("farm-store-").FullName;

    private protected override Task<ServiceProvider> OpenAsync() => Task.FromResult(StoreServices.Build(("Farm:Data:Root", _folder)));
}

/// <summary>The suite on a real PostgreSQL server.</summary>
public sealed class PostgresBatchStoreTests(PostgresFixture postgres) : BatchStoreSuite
{
    private protected override async Task<ServiceProvider> OpenAsync() => StoreServices.Build(
        ("Farm:Database:Provider", "postgres"), ("Farm:Database:ConnectionString", await (await postgres.ServerAsync()).CreateDatabaseAsync()));
}
