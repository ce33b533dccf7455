using System.Collections.Concurrent;
using System.Globalization;
using Farm.Clustering;
using Farm.Contracts.Catalog;
using Farm.Contracts.Prompts;
using Farm.Contracts.Scheduling;
using Farm.Contracts.Workers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Farm.Stress.Scale;

/// <summary>
/// Workers without nodes, in this process: each claims, begins, renews its lease and completes at once, over the calls that a worker makes.
/// </summary>
internal sealed class ScriptedWorkers : IAsyncDisposable
{
    /// <summary>The classes of their manifest: one gives an image, the other takes it.</summary>
    public const string Source = "ScaleSource", Sink = "ScaleSink";

    private const string Manifest = "scale";
    private static readonly TimeSpan ClaimPatience = TimeSpan.FromSeconds(10), RenewInterval = TimeSpan.FromSeconds(2), Patience = TimeSpan.FromSeconds(1), Pause = TimeSpan.FromMilliseconds(100);

    private readonly IHost _host;
    private readonly IGrainFactory _grains;
    private readonly ConcurrentDictionary<string, Lease> _held = new(StringComparer.Ordinal);
    private long _completed, _failures, _claiming, _beginning, _completing;

    private ScriptedWorkers(IHost host)
    {
        _host = host;
        _grains = host.Services.GetRequiredService<IGrainFactory>();
    }

    /// <summary>Runs that were completed.</summary>
    public long Completed => Volatile.Read(ref _completed);

    /// <summary>Calls that failed.</summary>
    public long Failures => Volatile.Read(ref _failures);

    /// <summary>Time that runs so far have waited for the answers to their calls, over all workers.</summary>
    public (TimeSpan Claim, TimeSpan Begin, TimeSpan Complete) Waited => (Sum(ref _claiming), Sum(ref _beginning), Sum(ref _completing));

    private ISchedulerGrain Scheduler => _grains.GetGrain<ISchedulerGrain>(ISchedulerGrain.Key);

    /// <summary>Joins the farm as a client of its cluster, and registers the manifest.</summary>
    public static async Task<ScriptedWorkers> StartAsync(StressFarm farm)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Farm:Cluster:Redis"] = farm.Redis.Connection });
        builder.Logging.AddFilter(level => level >= LogLevel.Error).AddSimpleConsole();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.UseOrleansClient(client => client.UseFarmCluster(builder.Configuration));
        var workers = new ScriptedWorkers(builder.Build());
        await workers._host.StartAsync();
        await workers._grains.GetGrain<ICatalogGrain>(ICatalogGrain.Key).RegisterAsync(new WorkerManifest
        {
            WorkerId = "scripted",
            ManifestHash = Manifest,
            Definitions = [Definition(Source, Input("text", "STRING"), Input("seed", "INT")), Definition(Sink, Input("images", "IMAGE")) with { Traits = NodeTraits.OutputNode }],
            Host = "stress",
            TorchVersion = "none",
            Status = new WorkerStatus { WorkerId = "scripted", Devices = [] },
        });
        return workers;
    }

    /// <summary>One claim as soon as the scheduler answers, again and again until there is a lease; then its run.</summary>
    /// <returns>When the lease came.</returns>
    public async Task<long> RunFirstAsync(string name)
    {
        // A claim that is sent to the silo that dies would be waited for as long as calls are.
        while (!await AnswersAsync())
            await Task.Delay(Pause, TimeProvider.System);
        while (true)
        {
            if (await TryAsync(() => Scheduler.ClaimAsync(Claim(name))) is not { } lease)
                continue;
            var answered = TimeProvider.System.GetTimestamp();
            await TryAsync(() => RunAsync(name, lease));
            return answered;
        }
    }

    /// <summary>So many workers work until cancelled; returns when each has ended its last run.</summary>
    public async Task WorkAsync(int count, CancellationToken cancel)
    {
        using var renewing = new CancellationTokenSource();
        var renewals = RenewAsync(renewing.Token);
        await Task.WhenAll(Enumerable.Range(0, count).Select(i => WorkAsync(string.Create(CultureInfo.InvariantCulture, $"scripted-{i}"), cancel)));
        await renewing.CancelAsync();
        await renewals;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            await Scheduler.CountAsync("default").WaitAsync(Patience, TimeProvider.System);
            return true;
        }
        catch (Exception failure) when (failure is OrleansException or TimeoutException or StoreUnavailableException or OperationCanceledException)
        {
            return false;
        }
    }

    private async Task WorkAsync(string name, CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            var start = TimeProvider.System.GetTimestamp();
            if (await TryAsync(() => Scheduler.ClaimAsync(Claim(name))) is not { } lease)
                continue;
            Took(ref _claiming, start);
            _held[name] = lease;
            await TryAsync(() => RunAsync(name, lease));
            _held.TryRemove(name, out _);
        }
    }

    private async Task<object?> RunAsync(string name, Lease lease)
    {
        var prompt = _grains.GetGrain<IPromptGrain>(lease.RunId);
        var start = TimeProvider.System.GetTimestamp();
        if (await prompt.BeginAsync(lease.Attempt, name) is not { } job)
            return null;
        start = Took(ref _beginning, start);
        if (await prompt.CompleteAsync(Result(job)))
            Interlocked.Increment(ref _completed);
        Took(ref _completing, start);
        return null;
    }

    private static long Took(ref long sum, long start)
    {
        var now = TimeProvider.System.GetTimestamp();
        Interlocked.Add(ref sum, now - start);
        return now;
    }

    /// <summary>A call that fails is counted, and the worker goes on after a pause.</summary>
    private async Task<T?> TryAsync<T>(Func<Task<T?>> call)
        where T : class
    {
        try
        {
            return await call();
        }
        catch (Exception failure) when (failure is OrleansException or TimeoutException or StoreUnavailableException or OperationCanceledException)
        {
            Interlocked.Increment(ref _failures);
            await Task.Delay(Pause, TimeProvider.System);
            return null;
        }
    }

    private async Task RenewAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            await Task.Delay(RenewInterval, TimeProvider.System, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await Task.WhenAll(_held.Select(held => TryAsync<object>(async () => await Scheduler.RenewAsync(held.Key, [held.Value]))));
        }
    }

    private static TimeSpan Sum(ref long ticks) => TimeProvider.System.GetElapsedTime(0, Volatile.Read(ref ticks));

    private static WorkerClaim Claim(string name) => new() { WorkerId = name, ManifestHash = Manifest, Patience = ClaimPatience };

    private static RunResult Result(PromptJob job)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        return new RunResult
        {
            Attempt = job.Attempt,
            Outcome = RunOutcome.Success,
            Completed = true,
            Events = [new ExecutionStart(now), new ExecutionCached([], now), new ExecutionSuccess(now)],
            Outputs = [new NodeUi { NodeId = "2", Meta = NodeIdentity.Of("2"), Output = """{"text":["done"]}""" }],
        };
    }

    private static NodeDefinition Definition(string classType, params InputDefinition[] inputs) => new()
    {
        ClassType = classType, Category = "stress", PythonModule = "stress", Required = [.. inputs], Outputs = [new OutputDefinition("IMAGE", "IMAGE")],
    };

    private static InputDefinition Input(string name, string type) => new() { Name = name, Type = type };
}
