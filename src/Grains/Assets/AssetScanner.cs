using Farm.Contracts.Assets;
using Farm.Storage;
using Farm.Storage.Hashing;

namespace Farm.Grains.Assets;

/// <summary>Makes assets of files: hashes those that are new or were written anew, and reads them where the store does not know their hash.</summary>
internal sealed class AssetScanner(IAssetStore store, IFarmFiles farm)
{
    private const int CopySize = 128 * 1024;

    /// <summary>Ids in one statement at the most.</summary>
    private const int BatchSize = 500;

    /// <summary>The files below a root, with what the store knows of each.</summary>
    public async Task<List<(FileEntry File, KnownFile? Known)>> FindAsync(string tenant, string root, CancellationToken cancel)
    {
        var known = new Dictionary<string, KnownFile>(StringComparer.Ordinal);
        await foreach (var file in store.FilesAsync(tenant, root, cancel))
            known[file.Path] = file;
        var found = new List<(FileEntry, KnownFile?)>();
        await foreach (var file in farm.Of(tenant).Store.ListAsync(AssetFiles.AreaOf(root)!.Value, "", recursive: true, cancel))
            found.Add((file, known.GetValueOrDefault(file.Key.Path)));
        return found;
    }

    /// <summary>Makes an asset of a file; false when it is one already, whether shown or deleted by its user.</summary>
    public async Task<bool> RegisterAsync(string tenant, string root, FileEntry file, KnownFile? known, CancellationToken cancel)
    {
        var writtenAt = file.ModifiedAt.UtcTicks;
        if (known is { Missing: false } && known.Size == file.Size && (known.WrittenAt ?? writtenAt) == writtenAt)
            return false;
        await RegisterAsync(tenant, "", null, new AssetPlace(root, file.Key.Path), file, cancel);
        return true;
    }

    /// <summary>Makes an asset of a file that a prompt saved, if it is there.</summary>
    public async Task RegisterSavedAsync(string tenant, string user, string jobId, AssetPlace place, CancellationToken cancel)
    {
        if (AssetFiles.KeyOf(place) is { } key && await farm.Of(tenant).Store.FindAsync(key, cancel) is { } file)
            await RegisterAsync(tenant, user, jobId, place, file, cancel);
    }

    /// <summary>Hides the assets of a root whose files are gone and says how many.</summary>
    public async Task<int> PruneAsync(string tenant, string root, CancellationToken cancel)
    {
        var there = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var file in farm.Of(tenant).Store.ListAsync(AssetFiles.AreaOf(root)!.Value, "", recursive: true, cancel))
            there.Add(file.Key.Path);
        var gone = new List<Guid>();
        await foreach (var known in store.FilesAsync(tenant, root, cancel))
        {
            if (!known.Missing && !there.Contains(known.Path))
                gone.Add(known.Id);
        }
        foreach (var ids in gone.Chunk(BatchSize))
            await store.HideMissingAsync(ids);
        return gone.Count;
    }

    private async Task RegisterAsync(string tenant, string user, string? jobId, AssetPlace place, FileEntry file, CancellationToken cancel)
    {
        var files = farm.Of(tenant);
        var hash = file.Hash ?? await HashAsync(files.Store, file.Key, cancel);
        await files.Contents.AddAsync(hash, file, cancel);
        await store.UpsertFileAsync(tenant, AssetFiles.Describe(new AssetFile(user, place, hash.ToString(), file.Size, file.ModifiedAt, jobId), file.Key));
    }

    private static async Task<ContentHash> HashAsync(IFileStore files, FileKey key, CancellationToken cancel)
    {
        await using var content = await files.OpenReadAsync(key, cancel);
        await using var hashing = new HashingStream(Stream.Null);
        await content.CopyToAsync(hashing, CopySize, cancel);
        return hashing.Hash;
    }
}
