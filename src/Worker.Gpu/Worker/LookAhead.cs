using System.Collections.Immutable;
using Farm.Contracts.Scheduling;
using Farm.Engine;
using Farm.Engine.Families;
using Farm.Engine.Memory;
using Farm.Storage;
using Microsoft.Extensions.Options;
using static TorchSharp.torch;

namespace Farm.Worker;

/// <summary>
/// What an idle worker does for the prompt that it will be given when its tenant may have more run: its model files are read, so that the system
/// holds them in memory, and the network of a checkpoint that no adapter changes is loaded where there is room beside all that is loaded. Ends
/// when work comes.
/// </summary>
internal sealed class LookAhead(
    IGrainFactory grains, IFarmFiles farm, CheckpointLoader loader, ModelMemory memory, HostMemory host, WorkerIdentity identity, ActiveRuns runs,
    IOptions<WorkerOptions> options, TimeProvider clock, ILogger<LookAhead> logger) : IDisposable
{
    private const int ChunkSize = 4 << 20;
    private const string Checkpoints = "checkpoints/", Adapters = "loras/";

    private readonly Lock _gate = new();
    private CancellationTokenSource _working = new();
    private Task _warming = Task.CompletedTask;
    private ImmutableArray<string> _warm = [];
    private long? _askedAt;

    /// <summary>A request for work has ended without any.</summary>
    public void Idle()
    {
        lock (_gate)
        {
            var interval = options.Value.LookAheadInterval;
            if (interval == TimeSpan.Zero || runs.Count > 0 || !_warming.IsCompleted || (_askedAt is { } last && clock.GetElapsedTime(last) < interval)) return;
            _askedAt = clock.GetTimestamp();
            _working.Dispose();
            _working = new CancellationTokenSource();
            _warming = Task.Run(() => WarmNextAsync(_working.Token));
        }
    }

    /// <summary>Work has come.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _working.Cancel();
            _warm = [];
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        Stop();
        _working.Dispose();
    }

    /// <summary>Brings model files, given as <c>folder/name</c>, nearer.</summary>
    internal async Task WarmAsync(ImmutableArray<string> files, CancellationToken cancel)
    {
        var own = farm.Of(TenantName.Default);
        foreach (var file in files)
        {
            var slash = file.IndexOf('/', StringComparison.Ordinal);
            if (slash < 1 || own.Catalog.FindModel(file[..slash], file[(slash + 1)..]) is not { } key) continue;
            var path = await own.Store.MaterializeAsync(key, cancel);
            var size = new FileInfo(path).Length;
            if (size < host.Available / 2) await ReadAsync(path, cancel);
            // With adapters the network is loaded in another version, which the checkpoint alone does not tell.
            if (file.StartsWith(Checkpoints, StringComparison.Ordinal) && !files.Any(other => other.StartsWith(Adapters, StringComparison.Ordinal)) && HasRoomFor(size)) Load(path, cancel);
        }
    }

    private async Task WarmNextAsync(CancellationToken cancel)
    {
        try
        {
            var files = await grains.GetGrain<ISchedulerGrain>(ISchedulerGrain.Key).NextFilesAsync(identity.Name);
            if (files.IsEmpty || files.SequenceEqual(_warm, StringComparer.Ordinal)) return;
            await WarmAsync(files, cancel);
            _warm = files;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // Work came: it reads what it needs itself.
        }
        catch (Exception failure)
        {
            logger.NotWarmed(failure.Message);
        }
    }

    private static async Task ReadAsync(string path, CancellationToken cancel)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);
        var buffer = new byte[ChunkSize];
        while (await file.ReadAsync(buffer, cancel) > 0) cancel.ThrowIfCancellationRequested();
    }

    /// <summary>In fp32 a network takes twice its 16-bit file.</summary>
    private bool HasRoomFor(long size) => memory.ResidentBytes <= memory.BudgetBytes - (2 * size) && identity.FreeMemory > 3 * size;

    private void Load(string path, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        using var mode = TorchRuntime.Inference();
        using var scope = NewDisposeScope();
        loader.Load(path).Model.Hold().Dispose();
    }
}
