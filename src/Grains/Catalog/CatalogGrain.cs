using System.Collections.Immutable;
using Farm.Contracts.Catalog;
using Farm.Contracts.Workers;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;

namespace Farm.Grains.Catalog;

/// <summary>The one catalogue. Reentrant, because readers wait in it for the next version.</summary>
[Reentrant]
internal sealed class CatalogGrain(
    ICatalogStore store, TimeProvider clock, IOptions<CatalogOptions> options, CatalogInstruments instruments, ILogger<CatalogGrain> logger,
    IHostApplicationLifetime host) : Grain, ICatalogGrain
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly CatalogUnion _union = new();
    private readonly Dictionary<string, ImmutableArray<string>> _classes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LiveWorker> _workers = new(StringComparer.Ordinal);
    private TaskCompletionSource _changed = NewSignal();
    private Task _lastSave = Task.CompletedTask;
    private long _version;

    /// <inheritdoc/>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var stored = await store.LoadAsync();
        _version = stored.Version;
        foreach (var manifest in stored.Manifests) Merge(manifest);
        DelayDeactivation(Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc/>
    public async Task RegisterAsync(WorkerManifest manifest)
    {
        _workers[manifest.WorkerId] = new LiveWorker(manifest.ManifestHash, ToInfo(manifest));
        instruments.Joined();
        CatalogLog.Registered(logger, manifest.WorkerId, manifest.ManifestHash, manifest.Definitions.Length);
        if (_classes.ContainsKey(manifest.ManifestHash) && OthersLive(manifest.ManifestHash)) return;
        var offered = new StoredManifest(manifest.ManifestHash, manifest.Definitions);
        if (!Merge(offered)) return;
        _version++;
        await SaveAsync(offered, _version);
        var changed = _changed;
        _changed = NewSignal();
        changed.SetResult();
    }

    /// <inheritdoc/>
    public Task<bool> HeartbeatAsync(WorkerStatus status)
    {
        if (!_workers.TryGetValue(status.WorkerId, out var worker)) return Task.FromResult(false);
        _workers[status.WorkerId] = worker with { Info = worker.Info with { Status = status, SeenAt = clock.GetUtcNow() } };
        return Task.FromResult(true);
    }

    /// <inheritdoc/>
    public Task LeaveAsync(string workerId)
    {
        if (_workers.Remove(workerId)) instruments.Left();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<CatalogSnapshot> GetAsync(long knownVersion)
    {
        // A silo that stops waits for the calls in its grains, so this one ends with it.
        if (knownVersion == _version)
            await _changed.Task.WaitAsync(Patience, clock, host.ApplicationStopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        return new CatalogSnapshot(_version, _union.Definitions);
    }

    /// <inheritdoc/>
    public Task<ImmutableArray<WorkerInfo>> WorkersAsync()
    {
        DropSilent();
        return Task.FromResult<ImmutableArray<WorkerInfo>>([.. _workers.Values.Select(w => w.Info).OrderBy(w => w.WorkerId, StringComparer.Ordinal)]);
    }

    /// <inheritdoc/>
    public Task<ImmutableArray<string>> ClassesAsync(string manifestHash) =>
        Task.FromResult(_classes.GetValueOrDefault(manifestHash, []));

    private bool Merge(StoredManifest manifest)
    {
        _classes[manifest.Hash] = [.. manifest.Definitions.Select(d => d.ClassType)];
        return _union.Merge(manifest.Definitions);
    }

    /// <summary>Whether a worker of another build lives: then a build that is known already does not take the definitions back.</summary>
    private bool OthersLive(string manifestHash)
    {
        DropSilent();
        return _workers.Values.Any(w => w.ManifestHash != manifestHash);
    }

    private void DropSilent()
    {
        var oldest = clock.GetUtcNow() - options.Value.WorkerLife;
        foreach (var (id, worker) in _workers)
        {
            if (worker.Info.SeenAt >= oldest) continue;
            _workers.Remove(id);
            instruments.FellSilent();
        }
    }

    /// <summary>Saves follow each other, so that the store ends with the newest version.</summary>
    private Task SaveAsync(StoredManifest manifest, long version)
    {
        return _lastSave = After(_lastSave);

        async Task After(Task before)
        {
            await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            await store.SaveAsync(manifest, version);
        }
    }

    private WorkerInfo ToInfo(WorkerManifest manifest) => new()
    {
        WorkerId = manifest.WorkerId,
        Host = manifest.Host,
        TorchVersion = manifest.TorchVersion,
        Labels = manifest.Labels,
        PackErrors = manifest.PackErrors,
        Status = manifest.Status,
        SeenAt = clock.GetUtcNow(),
        Pool = manifest.Pool,
        Version = manifest.Version,
    };

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed record LiveWorker(string ManifestHash, WorkerInfo Info);
}
