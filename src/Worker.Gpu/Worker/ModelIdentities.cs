using System.Collections.Concurrent;
using Farm.Storage;
using Farm.Storage.Hashing;
using Farm.Worker.Execution.Caching.Shared;

namespace Farm.Worker;

/// <summary>The contents of the farm's model files, by their BLAKE3. A file is read once while its size and time stay, one at a time.</summary>
internal sealed class ModelIdentities(IFarmFiles farm) : IModelIdentities, IDisposable
{
    private const int CopySize = 1 << 20;

    private readonly ConcurrentDictionary<(string Tenant, FileEntry File), ModelIdentity> _known = new();
    private readonly SemaphoreSlim _turn = new(1);

    /// <inheritdoc />
    public ModelIdentity? Find(string tenant, string kind, string name)
    {
        var own = farm.Of(tenant);
        if (own.Catalog.FindModel(kind, name) is not { } key || own.Store.FindAsync(key).AsTask().GetAwaiter().GetResult() is not { } file)
            return null;
        if (file.Hash is { } told)
            return new ModelIdentity(() => Task.FromResult<string?>(told.ToString()));
        // The farm's models are the same for all tenants and read once; what a tenant saved is its own.
        var whose = DataFolders.IsShared(key.Area) ? TenantName.Default : tenant;
        return _known.GetOrAdd((whose, file), entry => new ModelIdentity(() => Task.Run(() => HashAsync(own.Store, entry))));
    }

    /// <inheritdoc />
    public void Dispose() => _turn.Dispose();

    private async Task<string?> HashAsync(IFileStore store, (string Tenant, FileEntry File) known)
    {
        var file = known.File;
        await _turn.WaitAsync();
        try
        {
            await using var content = await store.OpenReadAsync(file.Key);
            await using var hashing = new HashingStream(Stream.Null);
            await content.CopyToAsync(hashing, CopySize);
            if (await store.FindAsync(file.Key) == file)
                return hashing.Hash.ToString();
        }
        catch (IOException)
        {
            // Gone or unreadable: the node that wants it says so.
        }
        finally
        {
            _turn.Release();
        }
        _known.TryRemove(known, out _);
        return null;
    }
}
