using Farm.Contracts.Security;
using Farm.Grains.Audit;
using Farm.Grains.Keys;
using Farm.Grains.Persistence;
using Farm.Grains.Tests.Persistence;
using Farm.Grains.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Farm.Grains.Tests.Keys;

/// <summary>One suite for every database: API keys, the key ring and what operators did.</summary>
public abstract class KeyStoreSuite : IAsyncLifetime
{
    private ServiceProvider? _services;

    private IKeyStore Keys => _services!.GetRequiredService<IKeyStore>();

    private IAuditStore Audit => _services!.GetRequiredService<IAuditStore>();

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
    public async Task Key_Added_IsFoundAsItWas()
    {
        var key = Of("a", 1) with { ExpiresAt = At(90), Scopes = AccessScopes.Read | AccessScopes.Operate };

        Assert.True(await Keys.AddAsync(key, most: 1));
        await Keys.UsedAsync("a", At(5));

        var found = await Keys.FindAsync("a");
        Assert.Equal(key.Hash, found!.Hash);
        Assert.Equal(key with { LastUsedAt = At(5), Hash = found.Hash }, found);
        Assert.Null(await Keys.FindAsync("b"));
    }

    [Fact]
    public async Task Keys_ListedByAge_TheNewestFirst()
    {
        foreach (var (id, second) in new[] { ("a", 1), ("b", 3), ("c", 2) })
            await Keys.AddAsync(Of(id, second), most: 9);

        var page = await Keys.ListAsync(1, 2);

        Assert.Equal(["c", "a"], page.Keys.Select(k => k.Id));
        Assert.Equal(3, page.Total);
    }

    [Fact]
    public async Task Key_Revoked_KeepsItsFirstTimeAndMakesRoom()
    {
        Assert.True(await Keys.AddAsync(Of("a", 1), most: 1));
        Assert.False(await Keys.AddAsync(Of("b", 1), most: 1));

        Assert.True(await Keys.RevokeAsync("a", At(7)));
        Assert.True(await Keys.RevokeAsync("a", At(8)));
        Assert.False(await Keys.RevokeAsync("unknown", At(8)));

        Assert.Equal(At(7), (await Keys.FindAsync("a"))!.RevokedAt);
        Assert.True(await Keys.AddAsync(Of("b", 1), most: 1));
        Assert.False(await Keys.AddAsync(Of("a", 1), most: 9));
    }

    [Fact]
    public async Task Ring_SameNameAgain_StaysAsItWas()
    {
        await Keys.AddToRingAsync("k1", "<first/>", At(1));
        await Keys.AddToRingAsync("k2", "<second/>", At(2));
        await Keys.AddToRingAsync("k1", "<other/>", At(3));

        Assert.Equal(["<first/>", "<second/>"], await Keys.RingAsync());
    }

    [Fact]
    public async Task Action_BegunTwiceAndEnded_IsOneEntry()
    {
        var entry = Done("key:a", 1);
        await Audit.AddAsync(entry);
        await Audit.AddAsync(entry);
        await Audit.EndAsync(entry.Id, 200, "w1");

        Assert.Equal([entry with { Status = 200, Target = "w1" }], (await Audit.ListAsync(All)).Entries);
    }

    [Fact]
    public async Task Actions_Queried_ByActorAndTime()
    {
        foreach (var (actor, second) in new[] { ("key:a", 1), ("key:b", 2), ("key:a", 3), ("key:a", 4) })
            await Audit.AddAsync(Done(actor, second));

        var page = await Audit.ListAsync(All with { Actor = "key:a", From = At(1), To = At(4), Limit = 1 });

        Assert.Equal((At(3), 2), (Assert.Single(page.Entries).At, page.Total));
    }

    private static AuditQuery All => new(null, null, null, 0, 100);

    private static DateTimeOffset At(int seconds) => Samples.Start.AddSeconds(seconds);

    private static ApiKey Of(string id, int second) => new()
    {
        Id = id, Hash = [.. Enumerable.Range(0, 32).Select(i => (byte)(i * 8))], Tenant = "studio", Name = "render", Scopes = AccessScopes.Submit,
        CreatedAt = At(second), CreatedBy = "key:root",
    };

    private static AuditEntry Done(string actor, int second) => new()
    {
        Id = Guid.NewGuid(), At = At(second), Actor = actor, Tenant = "default", Action = "POST /x", Target = "", Address = "10.0.0.1", TraceId = "t",
    };
}

/// <summary>The suite on a SQLite file.</summary>
public sealed class SqliteKeyStoreTests : KeyStoreSuite
{
    private readonly string _folder = Directory.CreateTempSubdirectory("farm-store-").FullName;

    private protected override Task<ServiceProvider> OpenAsync() => Task.FromResult(StoreServices.Build(("Farm:Data:Root", _folder)));
}

/// <summary>The suite on a real PostgreSQL server.</summary>
public sealed class PostgresKeyStoreTests(PostgresFixture postgres) : KeyStoreSuite
{
    private protected override async Task<ServiceProvider> OpenAsync() => StoreServices.Build(
        ("Farm:Database:Provider", "postgres"), ("Farm:Database:ConnectionString", await (await postgres.ServerAsync()).CreateDatabaseAsync()));
}
