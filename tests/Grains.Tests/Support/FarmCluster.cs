using Farm.Contracts.Catalog;
using Farm.Contracts.Prompts;
using Farm.Contracts.Scheduling;
using Farm.Contracts.Sessions;
using Farm.Grains.Scheduling;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Orleans.TestingHost;

namespace Farm.Grains.Tests.Support;

/// <summary>A silo with the farm's grains on a SQLite file of its own, and a clock that tests move. It can be killed and started again.</summary>
internal sealed class FarmCluster : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("farm-grains-").FullName;
    private readonly Dictionary<string, string?> _settings;
    private readonly List<RecordingGateway> _gateways = [];
    private InProcessTestCluster? _cluster;

    private FarmCluster(Dictionary<string, string?> settings) => _settings = settings;

    public FakeTimeProvider Clock { get; } = new(Samples.Start);

    public string DataRoot => _folder;

    public IGrainFactory Grains => _cluster!.Client;

    public ISchedulerGrain Scheduler => Grains.GetGrain<ISchedulerGrain>(ISchedulerGrain.Key);

    public ISchedulerControlGrain Control => Grains.GetGrain<ISchedulerControlGrain>(ISchedulerGrain.Key);

    public ICatalogGrain Catalog => Grains.GetGrain<ICatalogGrain>(ICatalogGrain.Key);

    public IServiceProvider Services => _cluster!.Silos[0].ServiceProvider;

    public static async Task<FarmCluster> StartAsync(params (string Key, string Value)[] settings)
    {
        var cluster = new FarmCluster(settings.ToDictionary(s => s.Key, s => (string?)s.Value));
        await cluster.StartAgainAsync();
        await cluster.Catalog.RegisterAsync(Samples.Manifest("w1", Samples.Hash, "EmptyImage", "PreviewImage"));
        return cluster;
    }

    public IPromptGrain Prompt(Guid run) => Grains.GetGrain<IPromptGrain>(run);

    public IHistoryGrain History(string tenant = "default") => Grains.GetGrain<IHistoryGrain>(tenant);

    /// <summary>Submits and returns the run's key.</summary>
    public async Task<Guid> SubmitAsync(PromptSubmission submission)
    {
        var run = Guid.CreateVersion7(Clock.GetUtcNow());
        await Prompt(run).SubmitAsync(submission);
        return run;
    }

    /// <summary>A claim that is answered at once.</summary>
    public Task<Lease?> ClaimAsync(string worker = "w1") => Scheduler.ClaimAsync(Claim(worker, TimeSpan.Zero));

    public static WorkerClaim Claim(string worker, TimeSpan patience, string hash = Samples.Hash) =>
        new() { WorkerId = worker, ManifestHash = hash, Patience = patience };

    /// <summary>Claims and begins; the next prompt must be there.</summary>
    public async Task<PromptJob> BeginAsync(string worker = "w1")
    {
        var lease = await ClaimAsync(worker);
        Assert.NotNull(lease);
        var job = await Prompt(lease.RunId).BeginAsync(lease.Attempt, worker);
        Assert.NotNull(job);
        return job;
    }

    /// <summary>Runs the next prompt to its end.</summary>
    public async Task<PromptJob> RunNextAsync(string worker = "w1")
    {
        var job = await BeginAsync(worker);
        Assert.True(await Prompt(job.RunId).CompleteAsync(Samples.Success(job.Attempt)));
        return job;
    }

    /// <summary>A gateway that listens to the tenant and holds what it is told.</summary>
    public async Task<RecordingGateway> ListenAsync(string tenant = "default")
    {
        // Object references are weak: the list keeps the gateway alive.
        var gateway = new RecordingGateway();
        _gateways.Add(gateway);
        gateway.Reference = Grains.CreateObjectReference<IGatewayObserver>(gateway);
        await Grains.GetGrain<ITenantChannelGrain>(tenant).SubscribeAsync(gateway.Reference);
        return gateway;
    }

    /// <summary>Returns when so many workers wait at the scheduler.</summary>
    public async Task WaitForIdleWorkersAsync(int count)
    {
        while (Services.GetRequiredService<SchedulerInstruments>().IdleWorkers < count) await Scheduler.CountAsync("default");
    }

    /// <summary>Lets leases end that were not renewed for that long, and returns when the scheduler has acted on it.</summary>
    public async Task LetLeasesEndAsync(TimeSpan time, Func<Task<bool>> acted)
    {
        Clock.Advance(time);
        while (!await acted()) Clock.Advance(TimeSpan.FromMilliseconds(500));
    }

    /// <summary>Has the store fail at a table while an action runs.</summary>
    public async Task WithoutTableAsync(string table, Func<Task> action)
    {
        await RenameAsync(table, $"{table}_away");
        await action();
        await RenameAsync($"{table}_away", table);
    }

    /// <summary>Attaches a socket of that client.</summary>
    public Task<SessionState> AttachAsync(RecordingGateway gateway, string client, string connection, long? after = null) =>
        Grains.GetGrain<IClientSessionGrain>(IClientSessionGrain.KeyOf("default", client)).AttachAsync(gateway.Reference!, connection, after);

    /// <summary>Ends the silo without a farewell.</summary>
    public async Task KillAsync()
    {
        await _cluster!.KillSiloAsync(_cluster.Silos[0]);
        await _cluster.DisposeAsync();
        _cluster = null;
    }

    public async Task StartAgainAsync()
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["Farm:Data:Root"] = _folder, ["Farm:Assets:ScanAtStart"] = "false" })
            .AddInMemoryCollection(_settings)
            .Build();
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.AddSingleton<TimeProvider>(Clock);
            silo.AddFarmGrains(configuration);
        });
        _cluster = builder.Build();
        await _cluster.DeployAsync();
    }

    private async Task RenameAsync(string table, string name)
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(_folder, "farm.db")}");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = $"ALTER TABLE {table} RENAME TO {name}";
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null) await _cluster.DisposeAsync();
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }
}
