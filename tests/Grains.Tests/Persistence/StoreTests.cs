using Farm.Contracts.Prompts;
using Farm.Grains.Persistence;
using Farm.Grains.Prompts;
using Farm.Grains.Tests.Support;
using Farm.TestSupport;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

[assembly: AssemblyFixture(typeof(Farm.Grains.Tests.Persistence.PostgresFixture))]

namespace Farm.Grains.Tests.Persistence;

/// <summary>The suite on a SQLite file.</summary>
public sealed class SqliteStoreTests : StoreSuite
{
    private readonly string _folder = Directory.CreateTempSubdirectory("farm-store-").FullName;

    private protected override Task<ServiceProvider> OpenAsync() => Task.FromResult(StoreServices.Build(("Farm:Data:Root", _folder)));

    [Fact]
    public async Task Connections_UseTheWriteAheadLog()
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(_folder, "farm.db")}");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA journal_mode";

        Assert.Equal("wal", await command.ExecuteScalarAsync());
    }
}

/// <summary>The suite on a real PostgreSQL server.</summary>
public sealed class PostgresStoreTests(PostgresFixture postgres) : StoreSuite
{
    private protected override async Task<ServiceProvider> OpenAsync() => StoreServices.Build(
        ("Farm:Database:Provider", "postgres"), ("Farm:Database:ConnectionString", await (await postgres.ServerAsync()).CreateDatabaseAsync()));
}

/// <summary>What writers are told while the server is gone.</summary>
public sealed class PostgresOutageTests
{
    [Fact]
    public async Task Writes_ServerGone_SayUnavailableAndGoOnWhenItIsBack()
    {
        await using var server = await PostgresServer.StartAsync();
        // One connection: each that was open learns of the restart by a write that fails.
        await using var services = StoreServices.Build(
            ("Farm:Database:Provider", "postgres"), ("Farm:Database:ConnectionString", await server.CreateDatabaseAsync()), ("Farm:Database:Writers", "1"));
        await ActivatorUtilities.CreateInstance<DatabaseStart>(services).PrepareAsync(CancellationToken.None);
        var store = services.GetRequiredService<IPromptStore>();
        var before = PromptStateMachine.Submit(Guid.NewGuid(), Samples.Submission("before"));
        var during = PromptStateMachine.Submit(Guid.NewGuid(), Samples.Submission("during"));
        await store.InsertAsync(before);

        await server.StopAtOnceAsync();
        var begun = PromptStateMachine.Begin(before, 1, "w1", Samples.Start)!;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.InsertAsync(during));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.UpdateAsync(begun));
        await server.StartAgainAsync();
        await store.InsertAsync(during);
        await store.UpdateAsync(begun);

        Assert.Equal("w1", (await store.FindAsync(before.RunId))!.WorkerId);
        Assert.NotNull(await store.FindAsync(during.RunId));
    }
}

/// <summary>One PostgreSQL server for all tests of this project, started when the first asks for it.</summary>
public sealed class PostgresFixture : IAsyncDisposable
{
    private readonly Lazy<Task<PostgresServer>> _server = new(() => PostgresServer.StartAsync());

    public Task<PostgresServer> ServerAsync() => _server.Value;

    public async ValueTask DisposeAsync()
    {
        if (_server.IsValueCreated) await (await _server.Value).DisposeAsync();
    }
}

/// <summary>The stores without a silo.</summary>
internal static class StoreServices
{
    public static ServiceProvider Build(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(s => s.Key, s => (string?)s.Value)).Build();
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddMetrics();
        services.AddStores(configuration);
        return services.BuildServiceProvider();
    }
}
