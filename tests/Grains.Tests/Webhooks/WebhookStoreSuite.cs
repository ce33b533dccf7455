using Farm.Contracts.Prompts;
using Farm.Grains.Persistence;
using Farm.Grains.Prompts;
using Farm.Grains.Tests.Persistence;
using Farm.Grains.Tests.Support;
using Farm.Grains.Webhooks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Farm.Grains.Tests.Webhooks;

/// <summary>One suite for every database: what the store of messages promises, and that of two silos one sends.</summary>
public abstract class WebhookStoreSuite : IAsyncLifetime
{
    private static readonly DateTimeOffset Soon = Samples.Start.AddMinutes(1), Later = Samples.Start.AddHours(1);

    private readonly List<ServiceProvider> _silos = [];

    private IWebhookStore Store => _silos[0].GetRequiredService<IWebhookStore>();

    private IWebhookStore OtherSilos => _silos[1].GetRequiredService<IWebhookStore>();

    /// <summary>Where a new, empty database is; the same each time it is asked.</summary>
    private protected abstract Task<(string Key, string Value)[]> DatabaseAsync();

    public async ValueTask InitializeAsync()
    {
        for (var silo = 0; silo < 2; silo++) _silos.Add(StoreServices.Build(await DatabaseAsync()));
        await ActivatorUtilities.CreateInstance<DatabaseStart>(_silos[0]).PrepareAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var silo in _silos) await silo.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Message_OfAnEnd_IsDueFromThenOn()
    {
        await EndAsync("p1", "http://a.example/hook");
        await EndAsync("p2", null);

        Assert.Empty(await Store.DueAsync(Samples.Start.AddMilliseconds(-1), 10));
        var due = Assert.Single(await Store.DueAsync(Samples.Start, 10));
        Assert.Equal(("default", "http://a.example/hook", "prompt.ended", 0), (due.Tenant, due.Url, due.Event, due.Tries));
        Assert.Contains("\"prompt_id\":\"p1\"", due.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Take_ByTwoSilosAtOnce_IsGrantedToOne()
    {
        for (var i = 0; i < 20; i++) await EndAsync($"p{i}", "http://a.example/");
        var due = await Store.DueAsync(Samples.Start, 100);

        var taken = await Task.WhenAll(due.SelectMany(message => new[] { Store.TakeAsync(message, Soon), OtherSilos.TakeAsync(message, Soon) }));

        Assert.Equal(20, due.Count);
        Assert.All(taken.Chunk(2), pair => Assert.Single(pair, granted => granted));
        Assert.Empty(await Store.DueAsync(Samples.Start, 100));
        Assert.Equal(20, (await Store.DueAsync(Soon, 100)).Count);
    }

    [Fact]
    public async Task Try_ThatFailed_IsDueAgainWhenItSaysAndTheOneThatWasOvertakenChangesNothing()
    {
        await EndAsync("p1", "http://a.example/");
        var message = Assert.Single(await Store.DueAsync(Samples.Start, 1));
        await Store.TakeAsync(message, Soon);
        var first = message with { Tries = 1 };
        await Store.TakeAsync(first, Soon);

        await Store.EndTryAsync(first, Samples.Start, error: null, again: null);
        Assert.Equal((null, false), await Store.FindAsync(message.Id));
        await Store.EndTryAsync(message with { Tries = 2 }, Samples.Start, "answered 500", Later);

        Assert.Equal(("answered 500", false), await Store.FindAsync(message.Id));
        Assert.Empty(await Store.DueAsync(Soon, 1));
        Assert.Equal(2, Assert.Single(await Store.DueAsync(Later, 1)).Tries);
    }

    [Fact]
    public async Task Try_ThatSucceeded_IsDelivered()
    {
        await EndAsync("p1", "http://a.example/");
        var message = Assert.Single(await Store.DueAsync(Samples.Start, 1));
        await Store.TakeAsync(message, Soon);

        await Store.EndTryAsync(message with { Tries = 1 }, Samples.Start, error: null, again: null);

        Assert.Equal((null, true), await Store.FindAsync(message.Id));
        Assert.Empty(await Store.DueAsync(Later, 1));
        Assert.Null(await Store.FindAsync(Guid.NewGuid()));
    }

    [Fact]
    public async Task Dispatchers_OfTwoSilosOverTheSameMessages_SendEachOnce()
    {
        using var receiver = new Receiver(200);
        for (var i = 0; i < 20; i++) await EndAsync($"p{i}", receiver.Address);
        var all = (await Store.DueAsync(Samples.Start, 100)).Select(message => message.Id.ToString()).Order();

        await Task.WhenAll(_silos.Select(silo => DispatchAsync(silo.GetRequiredService<IWebhookStore>())));

        Assert.Equal(all, receiver.Deliveries().Order());
    }

    private static async Task DispatchAsync(IWebhookStore store)
    {
        var options = Options.Create(new WebhookOptions { Secret = "a key of some length", AllowPrivateTargets = true });
        var clock = new FakeTimeProvider(Samples.Start);
        using var sender = new WebhookSender(options, clock);
        await new WebhookDispatcher(store, sender, clock, options, NullLogger<WebhookDispatcher>.Instance).SendDueAsync();
    }

    private async Task EndAsync(string promptId, string? url)
    {
        var prompts = _silos[0].GetRequiredService<IPromptStore>();
        var queued = PromptStateMachine.Submit(Guid.NewGuid(), Samples.Submission(promptId) with { ExtraData = url is null ? "{}" : $$$"""{"farm":{"webhook":"{{{url}}}"}}""" });
        await prompts.InsertAsync(queued);
        var running = PromptStateMachine.Begin(queued, 1, "w1", Samples.Start)!;
        await prompts.UpdateAsync(running);
        await prompts.EndAsync(PromptStateMachine.Complete(running, 1, RunOutcome.Success, Samples.Start)!, new PromptEnd(RunOutcome.Success, true, [], []));
    }
}

/// <summary>The suite on a SQLite file.</summary>
public sealed class SqliteWebhookStoreTests : WebhookStoreSuite
{
    private readonly string _folder = Directory.CreateTempSubdirectory("farm-store-").FullName;

    private protected override Task<(string Key, string Value)[]> DatabaseAsync() => Task.FromResult<(string, string)[]>([("Farm:Data:Root", _folder)]);
}

/// <summary>The suite on a real PostgreSQL server.</summary>
public sealed class PostgresWebhookStoreTests(PostgresFixture postgres) : WebhookStoreSuite
{
    private string? _database;

    private protected override async Task<(string Key, string Value)[]> DatabaseAsync() =>
        [("Farm:Database:Provider", "postgres"), ("Farm:Database:ConnectionString", _database ??= await (await postgres.ServerAsync()).CreateDatabaseAsync())];
}
