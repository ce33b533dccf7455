using System.Collections.Immutable;
using Farm.Contracts.Assets;
using Farm.Contracts.Prompts;
using Farm.Contracts.Sessions;
using Orleans.Concurrency;

namespace Farm.Grains.Assets;

/// <summary>One scan at a time a tenant, beside the grain's calls: reading files must hold up nobody who asks how it stands.</summary>
[Reentrant]
internal sealed class AssetScanGrain(AssetScanner scanner, TimeProvider clock, ILogger<AssetScanGrain> logger) : Grain, IAssetScanGrain
{
    private const int MostErrors = 100;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly List<string> _errors = [];
    private CancellationTokenSource _stop = new();
    private Task _scan = Task.CompletedTask;
    private Task _saved = Task.CompletedTask;
    private AssetScanProgress? _progress;
    private bool _leaving;

    private string Tenant => this.GetPrimaryKeyString();

    private bool IsRunning => !_scan.IsCompleted;

    /// <inheritdoc/>
    public Task<bool> StartAsync(ImmutableArray<string> roots)
    {
        if (IsRunning) return Task.FromResult(false);
        _stop.Dispose();
        _stop = new CancellationTokenSource();
        _errors.Clear();
        _progress = new AssetScanProgress(0, 0, 0, 0);
        DelayDeactivation(Timeout.InfiniteTimeSpan);
        _scan = ScanAsync(roots, _stop.Token);
        return Task.FromResult(true);
    }

    /// <inheritdoc/>
    public Task<AssetScanStatus> StatusAsync() => Task.FromResult(Status());

    /// <inheritdoc/>
    public async Task<AssetScanStatus> WaitAsync()
    {
        await _scan.WaitAsync(Patience, clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        return Status();
    }

    /// <inheritdoc/>
    public async Task<bool> CancelAsync()
    {
        if (!IsRunning) return false;
        await _stop.CancelAsync();
        return true;
    }

    /// <inheritdoc/>
    public async Task<int?> PruneAsync()
    {
        if (IsRunning) return null;
        var marked = 0;
        foreach (var root in AssetFiles.Roots) marked += await scanner.PruneAsync(Tenant, root, CancellationToken.None);
        return marked;
    }

    /// <inheritdoc/>
    public Task SavedAsync(string user, string jobId, ImmutableArray<AssetPlace> files)
    {
        _saved = RegisterAsync(_saved, user, jobId, files);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _leaving = true;
        await _stop.CancelAsync();
        await Task.WhenAll(_scan, _saved).WaitAsync(cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        _stop.Dispose();
    }

    private AssetScanStatus Status() => new(
        !IsRunning ? AssetScanState.Idle : _stop.IsCancellationRequested ? AssetScanState.Cancelling : AssetScanState.Running, _progress, [.. _errors]);

    private async Task ScanAsync(ImmutableArray<string> roots, CancellationToken cancel)
    {
        var started = clock.GetTimestamp();
        var cancelled = false;
        try
        {
            await ScanRootsAsync(roots, cancel);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            cancelled = true;
        }
        catch (Exception error)
        {
            // Whoever asks how the scan went is told; the next one starts anew.
            Note(string.Join(", ", roots), error);
        }
        // A silo that stops calls no other grain any more, and whoever starts next scans again.
        if (_leaving) return;
        await TellAsync(new AssetScanEnded(_progress!, clock.GetElapsedTime(started).TotalSeconds, cancelled));
        DelayDeactivation(TimeSpan.FromTicks(-1));
    }

    private async Task ScanRootsAsync(ImmutableArray<string> roots, CancellationToken cancel)
    {
        var work = new List<(string Root, Farm.Storage.FileEntry File, KnownFile? Known)>();
        foreach (var root in roots)
            work.AddRange((await Task.Run(() => scanner.FindAsync(Tenant, root, cancel), cancel)).Select(found => (root, found.File, found.Known)));
        _progress = _progress! with { Total = work.Count };
        await TellAsync(new AssetScanStarted(roots, work.Count));
        foreach (var (root, file, known) in work)
        {
            cancel.ThrowIfCancellationRequested();
            var created = await TryAsync(file.Key.ToString(), () => scanner.RegisterAsync(Tenant, root, file, known, cancel), cancel);
            _progress = _progress with
            {
                Scanned = _progress.Scanned + 1,
                Created = _progress.Created + (created ? 1 : 0),
                Skipped = _progress.Skipped + (created ? 0 : 1),
            };
        }
    }

    private async Task RegisterAsync(Task before, string user, string jobId, ImmutableArray<AssetPlace> files)
    {
        await before;
        foreach (var place in files)
        {
            await TryAsync($"{place.Root}:{place.Path}", async () =>
            {
                await scanner.RegisterSavedAsync(Tenant, user, jobId, place, CancellationToken.None);
                return true;
            }, CancellationToken.None);
        }
    }

    /// <summary>One file that cannot be read must not end the rest.</summary>
    private async Task<bool> TryAsync(string what, Func<Task<bool>> register, CancellationToken cancel)
    {
        try
        {
            return await Task.Run(register, cancel);
        }
        catch (Exception error) when (error is not OperationCanceledException || !cancel.IsCancellationRequested)
        {
            Note(what, error);
            return false;
        }
    }

    private void Note(string what, Exception error)
    {
        AssetLog.NotRegistered(logger, error, what);
        if (_errors.Count < MostErrors) _errors.Add($"{what}: {error.Message}");
    }

    private async Task TellAsync(RunEvent happened)
    {
        try
        {
            await GrainFactory.GetGrain<ITenantChannelGrain>(Tenant).BroadcastAsync([new ClientEvent(0, null, happened)]);
        }
        catch (Exception error) when (error is OrleansException or TimeoutException)
        {
            AssetLog.TellFailed(logger, error, Tenant);
        }
    }
}
