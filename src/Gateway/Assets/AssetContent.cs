using Farm.Contracts.Assets;
using Farm.Storage;
using Farm.Storage.Hashing;

namespace Farm.Gateway.Assets;

/// <summary>Where the bytes of a tenant's assets lie.</summary>
internal sealed class AssetContent(TenantFiles files)
{
    /// <summary>Whether a file of the store holds the content.</summary>
    public async Task<bool> ExistsAsync(ContentHash hash, CancellationToken cancel) => await files.Contents.FindAsync(hash, cancel) is not null;

    /// <summary>A file that holds an asset's content; null when all are gone.</summary>
    public async Task<FileEntry?> FindAsync(Asset asset, CancellationToken cancel)
    {
        if (ContentHash.TryParse(asset.Hash, out var hash) && await files.Contents.FindAsync(hash, cancel) is { } known)
            return known;
        return asset.Place is { } place && KeyOf(place) is { } key && await files.Store.FindAsync(key, cancel) is { } file && file.Size == asset.Size ? file : null;
    }

    /// <summary>Writes a content once: where its file is there already, that is kept.</summary>
    public async Task WriteAsync(FileKey key, ContentHash hash, Stream content, CancellationToken cancel)
    {
        var written = await files.Store.WriteAsync(key, content.CopyToAsync, overwrite: false, cancel) ?? await files.Store.FindAsync(key, cancel);
        if (written is not null)
            await files.Contents.AddAsync(hash, written, cancel);
    }

    /// <summary>Removes files of contents that no asset has any more, in those areas whose files may go.</summary>
    public async Task RemoveAsync(IEnumerable<AssetPlace> places, Func<FileArea, bool> mayGo, CancellationToken cancel)
    {
        foreach (var place in places)
        {
            if (KeyOf(place) is { } key && mayGo(key.Area))
                await files.Store.DeleteAsync(key, cancel);
        }
    }

    /// <summary>The place of a file.</summary>
    public static AssetPlace PlaceOf(FileKey key) => new(key.Area.ToString().ToLowerInvariant(), key.Path);

    private static FileKey? KeyOf(AssetPlace place) =>
        Enum.TryParse<FileArea>(place.Root, ignoreCase: true, out var area) && FileKey.TryCreate(area, out var key, place.Path) ? key : null;
}
