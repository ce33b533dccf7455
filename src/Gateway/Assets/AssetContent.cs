using Farm.Contracts.Assets;
using Farm.Storage;
using Farm.Storage.Hashing;

namespace Farm.Gateway.Assets;

/// <summary>Where the bytes of assets lie.</summary>
internal sealed class AssetContent(IFileStore store, IContentIndex index)
{
    /// <summary>Whether a file of the store holds the content.</summary>
    public async Task<bool> ExistsAsync(ContentHash hash, CancellationToken cancel) => await index.FindAsync(hash, cancel) is not null;

    /// <summary>A file that holds an asset's content; null when all are gone.</summary>
    public async Task<FileEntry?> FindAsync(Asset asset, CancellationToken cancel)
    {
        if (ContentHash.TryParse(asset.Hash, out var hash) && await index.FindAsync(hash, cancel) is { } known)
            return known;
        return asset.Place is { } place && KeyOf(place) is { } key && await store.FindAsync(key, cancel) is { } file && file.Size == asset.Size ? file : null;
    }

    /// <summary>Writes a content once: where its file is there already, that is kept.</summary>
    public async Task WriteAsync(FileKey key, ContentHash hash, Stream content, CancellationToken cancel)
    {
        var written = await store.WriteAsync(key, content.CopyToAsync, overwrite: false, cancel) ?? await store.FindAsync(key, cancel);
        if (written is not null)
            await index.AddAsync(hash, written, cancel);
    }

    /// <summary>Removes files of contents that no asset has any more.</summary>
    public async Task RemoveAsync(IEnumerable<AssetPlace> places, CancellationToken cancel)
    {
        foreach (var place in places)
        {
            if (KeyOf(place) is { } key)
                await store.DeleteAsync(key, cancel);
        }
    }

    /// <summary>The place of a file.</summary>
    public static AssetPlace PlaceOf(FileKey key) => new(key.Area.ToString().ToLowerInvariant(), key.Path);

    private static FileKey? KeyOf(AssetPlace place) =>
        Enum.TryParse<FileArea>(place.Root, ignoreCase: true, out var area) && FileKey.TryCreate(area, out var key, place.Path) ? key : null;
}
