using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Threading.Channels;
using Farm.Contracts.Prompts;
using Farm.Storage;
using Microsoft.Extensions.Options;

namespace Farm.Worker;

/// <summary>
/// The SHA-256 of model files, by which model sites and tools know them. A file that a run names is read in the background, one at a time and
/// slowly while prompts run; its hash is noted on disk and holds while its size and time stay. Files whose store knows their content are not read.
/// </summary>
internal sealed class ModelHashes(
    IFarmFiles farm, HashNotes notes, ActiveRuns runs, IOptions<WorkerOptions> options, TimeProvider clock, ILogger<ModelHashes> logger) : BackgroundService
{
    private const int MaxWaiting = 1000;
    private const int ChunkSize = 1 << 20;

    private readonly Channel<HashWork> _waiting = Channel.CreateBounded<HashWork>(new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly ConcurrentDictionary<HashNote, bool> _under = new();

    /// <summary>The hashes that are known of a tenant's files, given as <c>folder/name</c>; the others are read in time.</summary>
    public async Task<ImmutableArray<ModelHash>> OfAsync(string tenant, ImmutableArray<string> files)
    {
        await Task.Yield();
        if (files.IsEmpty || options.Value.HashBytesPerSecond == 0) return [];
        var own = farm.Of(tenant);
        var hashes = ImmutableArray.CreateBuilder<ModelHash>();
        foreach (var file in files)
        {
            try
            {
                if (await FindAsync(own, file) is { } hash) hashes.Add(new ModelHash(file, hash));
            }
            catch (Exception error)
            {
                // A run does not fail for it.
                logger.NotHashed(file, error.Message);
            }
        }
        return hashes.ToImmutable();
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var work in _waiting.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                if (await HashAsync(work, stoppingToken) is { } hash) notes.Add(work.Note, hash);
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                // Gone or unreadable; the next run that names it asks again.
                logger.NotHashed(work.Note.Name, error.Message);
            }
            _under.TryRemove(work.Note, out _);
        }
    }

    private async Task<string?> FindAsync(TenantFiles own, string name)
    {
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        if (slash < 1 || own.Catalog.FindModel(name[..slash], name[(slash + 1)..]) is not { } key || await own.Store.FindAsync(key) is not { } file) return null;
        if (file.Hash is { } told) return told.ToString();
        var whose = DataFolders.IsShared(key.Area) ? TenantName.Default : own.Tenant;
        var note = new HashNote($"{whose}/{key.Area}/{key.Path}", file.Size, file.ModifiedAt.ToUnixTimeMilliseconds());
        if (notes.Find(note) is { } known) return known;
        if (_under.TryAdd(note, true) && !_waiting.Writer.TryWrite(new HashWork(own.Store, file, note))) _under.TryRemove(note, out _);
        return null;
    }

    private async Task<string?> HashAsync(HashWork work, CancellationToken stopping)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var content = await work.Store.OpenReadAsync(work.File.Key, stopping);
        var buffer = new byte[ChunkSize];
        for (int read; (read = await content.ReadAsync(buffer, stopping)) > 0;)
        {
            hash.AppendData(buffer, 0, read);
            if (runs.Count > 0) await Task.Delay(TimeSpan.FromSeconds((double)read / options.Value.HashBytesPerSecond), clock, stopping);
        }
        // Another content may have taken its place meanwhile.
        return await work.Store.FindAsync(work.File.Key, stopping) == work.File ? "sha256:" + Convert.ToHexStringLower(hash.GetHashAndReset()) : null;
    }

    private sealed record HashWork(IFileStore Store, FileEntry File, HashNote Note);
}
