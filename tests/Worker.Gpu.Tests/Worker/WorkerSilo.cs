using System.Collections.Immutable;
using System.Threading.Channels;
using Farm.Contracts.Prompts;
using Farm.Contracts.Scheduling;
using Farm.Contracts.Sessions;
using Farm.Contracts.Workers;
using Farm.Grains;
using Farm.Nodes;
using Farm.Worker.Execution.Graph;
using Farm.Worker.Tests.Execution;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;
using Xunit;

namespace Farm.Worker.Tests.Worker;

/// <summary>A silo with the farm's grains on SQLite and a worker whose nodes are those of the executor tests.</summary>
internal sealed class WorkerSilo : IAsyncDisposable, IGatewayObserver
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly string _folder = Directory.CreateTempSubdirectory("farm-worker-").FullName;
    private readonly Channel<RunEvent> _events = Channel.CreateUnbounded<RunEvent>();
    private readonly IGatewayObserver _reference;
    private readonly InProcessTestCluster _cluster;

    private WorkerSilo(IEnumerable<NodeType> nodes, Dictionary<string, string?> settings)
    {
        settings["Farm:Data:Root"] = _folder;
        settings["Farm:Worker:Name"] = "w1";
        settings["Farm:Torch:Threads"] = "1";
        settings["Farm:Worker:ClaimPatience"] = "00:00:01";
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.AddFarmGrains(configuration).AddFarmWorker(configuration);
            silo.Services.AddSingleton(Gates).AddSingleton(new NodeTable(StandardNodes.All.Concat(nodes)));
        });
        _cluster = builder.Build();
        _cluster.DeployAsync().GetAwaiter().GetResult();
        _reference = Grains.CreateObjectReference<IGatewayObserver>(this);
    }

    public Gates Gates { get; } = new();

    public IGrainFactory Grains => _cluster.Client;

    public IServiceProvider Services => _cluster.Silos[0].ServiceProvider;

    /// <summary>The data root.</summary>
    public string Folder => _folder;

    public static async Task<WorkerSilo> StartAsync(Dictionary<string, string?>? settings = null, params IEnumerable<NodeType> nodes)
    {
        var silo = await Task.Run(() => new WorkerSilo(nodes, settings ?? []));
        await silo.Grains.GetGrain<ITenantChannelGrain>("default").SubscribeAsync(silo._reference);
        await silo.Grains.GetGrain<IClientSessionGrain>(IClientSessionGrain.KeyOf("default", "c")).AttachAsync(silo._reference, "socket", null);
        return silo;
    }

    /// <summary>Submits a prompt in the notation of <see cref="ExecutorHarness"/>.</summary>
    public Task<IPromptGrain> SubmitAsync(string id, string prompt, string target, params ImmutableArray<NodeCheck> checks) => SubmitAsync(id, prompt, target, PromptNeeds.None, checks);

    /// <summary>The same, of a prompt that asks something of its worker.</summary>
    public async Task<IPromptGrain> SubmitAsync(string id, string prompt, string target, PromptNeeds needs, ImmutableArray<NodeCheck> checks = default)
    {
        var grain = Grains.GetGrain<IPromptGrain>(Guid.CreateVersion7());
        await grain.SubmitAsync(new PromptSubmission
        {
            Tenant = "default",
            User = "default",
            PromptId = id,
            Number = 0,
            Prompt = ExecutorHarness.Json(prompt),
            ExtraData = "{}",
            ClientId = "c",
            Targets = [target],
            ClassTypes = ["T"],
            CreatedAt = DateTimeOffset.UnixEpoch,
            DeferredChecks = checks.IsDefault ? [] : checks,
            Needs = needs,
        });
        return grain;
    }

    /// <summary>The next event of a kind; others are passed over.</summary>
    public async Task<T> NextAsync<T>(Func<T, bool>? wanted = null) where T : RunEvent
    {
        using var patience = new CancellationTokenSource(Patience);
        await foreach (var happened in _events.Reader.ReadAllAsync(patience.Token))
        {
            if (happened is T found && wanted?.Invoke(found) is not false)
                return found;
        }
        throw new InvalidOperationException("No more events.");
    }

    /// <summary>The history entry of a prompt, once its closing event has come.</summary>
    public async Task<HistoryEntry> EndAsync(string id)
    {
        await NextAsync<NodeExecuting>(e => e.Node is null);
        var entry = await Grains.GetGrain<IHistoryGrain>("default").GetAsync(id);
        Assert.NotNull(entry);
        return entry;
    }

    public Task<QueueSnapshot> QueueAsync() => Grains.GetGrain<ISchedulerGrain>(ISchedulerGrain.Key).SnapshotAsync("default");

    public Task StopAsync() => _cluster.StopAllSilosAsync();

    public Task<long> DeliverAsync(string connectionId, ImmutableArray<ClientEvent> events)
    {
        foreach (var happened in events)
            _events.Writer.TryWrite(happened.Event);
        return Task.FromResult(events[^1].Sequence);
    }

    public Task BroadcastAsync(string tenant, ImmutableArray<ClientEvent> events) => Task.CompletedTask;

    public Task<long> ReleaseAsync(string connectionId) => Task.FromResult(0L);

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
