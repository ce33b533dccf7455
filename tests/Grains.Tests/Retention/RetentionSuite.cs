using System.Collections.Immutable;
using System.Text;
using Farm.Contracts.Assets;
using Farm.Contracts.Prompts;
using Farm.Contracts.Retention;
using Farm.Grains.Assets;
using Farm.Grains.Persistence;
using Farm.Grains.Persistence.Rows;
using Farm.Grains.Prompts;
using Farm.Grains.Retention;
using Farm.Grains.Tests.Support;
using Farm.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Farm.Grains.Tests.Retention;

/// <summary>One suite for every database and store of files: what rules remove, and what holds.</summary>
public abstract partial class RetentionSuite : IAsyncLifetime
{
    private const string Tenant = "default";

    private readonly string _root = Directory.CreateTempSubdirectory("farm-retention-").FullName;
    private readonly FakeTimeProvider _clock = new(Samples.Start);
    private ServiceProvider? _services;

    private IPromptStore Prompts => Get<IPromptStore>();

    private TenantFiles Own => Get<IFarmFiles>().Of(Tenant);

    private IFileStore Files => Own.Store;

    /// <summary>Options of a new, empty database and store.</summary>
    private protected abstract Task<Dictionary<string, string?>> OptionsAsync();

    private protected string DataRoot => _root;

    public async ValueTask InitializeAsync()
    {
        var settings = await OptionsAsync();
        settings["Farm:Data:Root"] = _root;
        settings["Farm:Retention:Pause"] = "00:00:00";
        settings["Farm:Retention:BatchSize"] = "2";
        settings["Farm:Retention:MostSearched"] = "3";
        foreach (var kind in new[] { "history", "outputs", "temp", "assets", "ledger", "batches", "webhooks", "audit" })
            settings[$"Farm:Retention:Rules:{kind}:Age"] = "10.00:00:00";
        settings["Farm:Retention:Of:short:Rules:history:Age"] = "1.00:00:00";
        settings["Farm:Retention:Of:counted:Rules:history:Age"] = "00:00:00";
        foreach (var kind in new[] { "history", "temp", "assets", "ledger" })
            settings[$"Farm:Retention:Of:counted:Rules:{kind}:Count"] = "2";
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        var services = new ServiceCollection().AddLogging().AddMetrics().AddSingleton<TimeProvider>(_clock).AddFarmStorage(configuration);
        services.AddStores(configuration);
        services.AddRetentionRules(configuration);
        _services = services.BuildServiceProvider();
        await ActivatorUtilities.CreateInstance<DatabaseStart>(_services).PrepareAsync(CancellationToken.None);
        foreach (var start in _services.GetServices<IHostedService>().OfType<IHostedLifecycleService>())
            await start.StartingAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (_services is not null) await _services.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_root, recursive: true);
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Rows_PastTheirAge_GoAndYoungerOnesStay()
    {
        await RunPromptAsync("old");
        await AddAsync(db => db.Webhooks.AddRange(Webhook("sent"), Webhook("due", due: true)));
        await AddAsync(db => db.Audit.Add(new AuditRow { Id = Guid.NewGuid(), At = Now, Tenant = Tenant, Action = "old" }));
        await AddAsync(db => db.Batches.Add(Batch(ended: true)));
        PassDays(11);
        await RunPromptAsync("young");

        var run = await RunAsync();

        Assert.Equal((1, 1, 1, 1, 1), (Of(run, "history").Count, Of(run, "ledger").Count, Of(run, "webhooks").Count, Of(run, "audit").Count, Of(run, "batches").Count));
        Assert.Equal(1, Of(run, "webhooks").Held);
        await using var db = await Get<IDbContextFactory<FarmDb>>().CreateDbContextAsync();
        Assert.Equal(["young"], await db.Results.Select(r => r.PromptId).ToListAsync());
        Assert.Equal(["young"], await db.Prompts.Select(r => r.PromptId).ToListAsync());
        Assert.Equal(1, await db.Graphs.CountAsync());
        Assert.Equal(["young"], await db.Ledger.Select(r => r.PromptId).ToListAsync());
        Assert.Equal(["due"], await db.Webhooks.Select(r => r.Event).ToListAsync());
        Assert.Equal((0, 0), (await db.Audit.CountAsync(), await db.Batches.CountAsync()));
    }

    [Fact]
    public async Task History_OfTenantsWithRulesOfTheirOwn_GoesByThose()
    {
        foreach (var tenant in new[] { "default", "short", "counted" })
            for (var i = 0; i < 4; i++) await RunPromptAsync($"{tenant}{i}", tenant);
        PassDays(2);

        var run = await RunAsync();

        Assert.Equal(6, Of(run, "history").Count);
        await using var db = await Get<IDbContextFactory<FarmDb>>().CreateDbContextAsync();
        Assert.Equal(["counted2", "counted3", "default0", "default1", "default2", "default3"], await db.Results.Select(r => r.PromptId).Order().ToListAsync());
    }

    [Fact]
    public async Task Rows_OfABatchThatIsNotOver_StayUntilItIs()
    {
        var batch = Batch(ended: false);
        await AddAsync(db => db.Batches.Add(batch));
        await RunPromptAsync("p", batch: batch.BatchId);
        PassDays(11);

        var run = await RunAsync();
        Assert.Equal((0, 1, 0, 1), (Of(run, "history").Count, Of(run, "history").Held, Of(run, "ledger").Count, Of(run, "ledger").Held));

        await AddAsync(db => db.Batches.Where(b => b.BatchId == batch.BatchId).ExecuteUpdate(b => b.SetProperty(x => x.EndedAt, Now)));
        Assert.Equal(1, Of(await RunAsync(), "history").Count);
    }

    [Fact]
    public async Task Batch_OfManyIndices_GoesWithAllOfThem()
    {
        var batch = Batch(ended: true);
        await AddAsync(db => db.Batches.Add(batch));
        await AddAsync(db => db.BatchDefinitions.Add(new BatchDefinitionRow { BatchId = batch.BatchId, Definition = "{}" }));
        await AddAsync(db => db.BatchItems.AddRange(Enumerable.Range(0, 11_000).Select(i => new BatchItemRow { BatchId = batch.BatchId, Index = i })));
        PassDays(11);

        Assert.Equal(1, Of(await RunAsync(), "batches").Count);
        await using var db = await Get<IDbContextFactory<FarmDb>>().CreateDbContextAsync();
        Assert.Equal((0, 0, 0), (await db.Batches.CountAsync(), await db.BatchItems.CountAsync(), await db.BatchDefinitions.CountAsync()));
    }

    [Fact]
    public async Task Look_BeforeARun_TellsWhatItRemovesAndRemovesNothing()
    {
        for (var i = 0; i < 5; i++) await RunPromptAsync($"p{i}");
        await WriteAsync(FileArea.Temp, "t.png", "12345");
        PassDays(11);

        var next = await Get<RetentionRunner>().LookAsync(CancellationToken.None);
        var again = await Get<RetentionRunner>().LookAsync(CancellationToken.None);
        var run = await RunAsync();

        Assert.Equal((5, 1, 5L), (Of(next, "history").Count, Of(next, "temp").Count, Of(next, "temp").Bytes));
        Assert.Equal(["p0", "p1", "p2", "p3", "p4"], Of(next, "history").Samples);
        Assert.Equal(Samples.Start, Of(next, "history").Oldest);
        Assert.Equal(next.Select(Numbers), again.Select(Numbers));
        Assert.Equal(next.Select(Numbers), run.Select(Numbers));
        Assert.All(await Get<RetentionRunner>().LookAsync(CancellationToken.None), found => Assert.Equal(0, found.Count));
    }

    private static (string, long, long, long) Numbers(RetentionFound found) => (found.Kind, found.Count, found.Bytes, found.Held);

    private static RetentionFound Of(IEnumerable<RetentionFound> run, string kind) => Assert.Single(run, found => found.Kind == kind);

    private long Now => _clock.GetUtcNow().ToUnixTimeMilliseconds();

    private T Get<T>() where T : notnull => _services!.GetRequiredService<T>();

    private void PassDays(int days) => _clock.Advance(TimeSpan.FromDays(days));

    private async Task<ImmutableArray<RetentionFound>> RunAsync()
    {
        var found = new List<RetentionFound>();
        await foreach (var kind in Get<RetentionRunner>().RunAsync(remove: true, CancellationToken.None)) found.Add(kind);
        return [.. found];
    }

    /// <summary>Runs when everything that was there is old; files of local folders by their own time.</summary>
    private protected async Task LetPassAndRunAsync()
    {
        _clock.SetUtcNow(TimeProvider.System.GetUtcNow());
        PassDays(11);
        await RunAsync();
    }

    private Task AddAsync(Action<FarmDb> stage) => Get<GroupCommit>().WriteAsync(stage);

    private async Task<PromptState> QueueAsync(string id, string tenant = Tenant, Guid? batch = null, string? graph = null)
    {
        var submission = Samples.Submission(id, tenant: tenant) with { CreatedAt = _clock.GetUtcNow(), BatchId = batch, Prompt = graph ?? Samples.Graph };
        var state = PromptStateMachine.Submit(Guid.NewGuid(), submission);
        await Prompts.InsertAsync(state);
        return state;
    }

    private async Task<PromptState> BeginAsync(PromptState queued)
    {
        var running = PromptStateMachine.Begin(queued, 1, "w", _clock.GetUtcNow())!;
        await Prompts.UpdateAsync(running);
        return running;
    }

    private async Task RunPromptAsync(string id, string tenant = Tenant, Guid? batch = null)
    {
        var running = await BeginAsync(await QueueAsync(id, tenant, batch));
        var ended = PromptStateMachine.Complete(running, 1, RunOutcome.Success, _clock.GetUtcNow())!;
        await Prompts.EndAsync(ended, new PromptEnd(RunOutcome.Success, true, [Samples.Ui("2")], [new ExecutionSuccess(1)]));
    }

    private BatchRow Batch(bool ended) => new() { BatchId = Guid.NewGuid(), Tenant = Tenant, User = Tenant, Name = "b", CreatedAt = Now, EndedAt = ended ? Now : null };

    private WebhookRow Webhook(string name, bool due = false) =>
        new() { Id = Guid.NewGuid(), Tenant = Tenant, Url = "http://a", Event = name, Body = "{}", CreatedAt = Now, NextAt = due ? Now : null };

    /// <summary>Writes a file at the clock's time.</summary>
    private async Task<FileKey> WriteAsync(FileArea area, string path, string content = "x", string tenant = Tenant)
    {
        var own = Get<IFarmFiles>().Of(tenant);
        var key = FileKey.Create(area, path);
        await own.Store.WriteAsync(key, (stream, cancel) => stream.WriteAsync(Encoding.UTF8.GetBytes(content), cancel).AsTask(), overwrite: true);
        if (Get<IOptions<FileStoreOptions>>().Value.Kind is FileStoreKind.Local)
            File.SetLastWriteTimeUtc(own.Folders.Of(key), _clock.GetUtcNow().UtcDateTime);
        return key;
    }

    /// <summary>Writes a file that is an asset.</summary>
    private async Task<Asset> AssetAsync(FileArea area, string path, string? jobId = null, string tenant = Tenant)
    {
        var key = await WriteAsync(area, path, path, tenant);
        var file = (await Get<IFarmFiles>().Of(tenant).Store.FindAsync(key))!;
        var place = new AssetPlace(area.ToString().ToLowerInvariant(), path);
        return await Get<IAssetStore>().UpsertFileAsync(tenant, AssetFiles.Describe(new AssetFile("", place, $"blake3:{path}", file.Size, file.ModifiedAt, jobId), key));
    }

    private async Task<string[]> ThereAsync(FileArea area, string tenant = Tenant)
    {
        var names = new List<string>();
        await foreach (var file in Get<IFarmFiles>().Of(tenant).Store.ListAsync(area, "", recursive: true)) names.Add(file.Key.Path);
        return [.. names];
    }
}
