using System.Collections.Concurrent;
using Farm.Storage;
using Farm.Storage.Hashing;
using Farm.Worker.Execution.Caching.Shared;

namespace Farm.Worker;

/// <summary>The contents of the farm's model files, by their BLAKE3. A file is read once while its size and time stay, one at a time.</summary>
internal sealed class ModelIdentities(IFileCatalog catalog, IFileStore store) : IModelIdentities, IDisposable
{
    private const int CopySize = 1 << 20;

    private readonly ConcurrentDictionary<FileEntry, ModelIdentity> _known = new();
    private readonly SemaphoreSlim _turn = new(1);

    /// <inheritdoc />
    public ModelIdentity? Find(string kind, string name)
    {
        if (catalog.FindModel(kind, name) is not { } key || store.FindAsync(key).AsTask().GetAwaiter().GetResult() is not { } file)
            return null;
        if (file.Hash is { } told)
            return new ModelIdentity(() => Task.FromResult<string?>(told.ToString()));
        return _known.GetOrAdd(file, entry => new ModelIdentity(() => Task.Run(() => HashAsync(entry))));
    }

    /// <inheritdoc />
    public void Dispose() => _turn.Dispose();

    private async Task<string?> HashAsync(FileEntry file)
    {
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
        _known.TryRemove(file, out _);
        return null;
    }
}
