using System.Collections.Immutable;
using Farm.Contracts.Assets;

namespace Farm.Grains.Assets;

/// <summary>A tenant's assets in the store.</summary>
internal interface IAssetStore
{
    /// <summary>An asset that the user may see; null when there is none.</summary>
    Task<Asset?> FindAsync(string tenant, string user, Guid id);

    /// <summary>Whether the tenant has an asset that is shown, whoever may see it.</summary>
    Task<bool> ExistsAsync(string tenant, Guid id);

    /// <summary>Whether a row of the tenant, hidden ones included, has the content.</summary>
    Task<bool> HasContentAsync(string tenant, string hash);

    /// <summary>A page of the user's assets.</summary>
    Task<AssetPage> ListAsync(string tenant, string user, AssetQuery query);

    /// <summary>Adds an asset; one that has the same file loses it.</summary>
    Task<Asset> InsertAsync(string tenant, NewAsset asset);

    /// <summary>Adds an asset for a file or brings the one that has it up to date.</summary>
    Task<Asset> UpsertFileAsync(string tenant, FileAsset file);

    /// <summary>Changes an asset and answers with it; null when there is none.</summary>
    Task<Asset?> UpdateAsync(string tenant, string user, Guid id, AssetChange change);

    /// <summary>Hides an asset, or forgets it and its content; answers as <see cref="IAssetGrain.DeleteAsync"/>.</summary>
    Task<ImmutableArray<AssetPlace>?> DeleteAsync(string tenant, string user, Guid id, bool withContent);

    /// <summary>Adds tags to an asset that the user may change; null when there is none.</summary>
    Task<TagChange?> AddTagsAsync(string tenant, string user, Guid id, ImmutableArray<string> tags);

    /// <summary>Removes tags; null when there is no such asset.</summary>
    Task<TagChange?> RemoveTagsAsync(string tenant, string user, Guid id, ImmutableArray<string> tags);

    /// <summary>The tags of the user's assets.</summary>
    Task<TagPage> TagsAsync(string tenant, string user, TagQuery query);

    /// <summary>A page of the tags of the assets that a filter leaves; tags that stand equally often are in order of their names.</summary>
    Task<ImmutableArray<TagCount>> RefineAsync(string tenant, string user, AssetFilter filter, RefineQuery query);

    /// <summary>Notes that an asset's content was read.</summary>
    Task TouchAsync(string tenant, Guid id);

    /// <summary>Every file of a root that the store knows, hidden ones included.</summary>
    IAsyncEnumerable<KnownFile> FilesAsync(string tenant, string root, CancellationToken cancellation);

    /// <summary>Hides assets whose files are gone.</summary>
    Task HideMissingAsync(IReadOnlyCollection<Guid> ids);
}

/// <summary>A file that an asset has.</summary>
/// <param name="Id">The asset.</param>
/// <param name="Path">The file's path in its root.</param>
/// <param name="Size">Its bytes when it was registered.</param>
/// <param name="WrittenAt">Ticks of the time it had then; null when it was uploaded as an asset and never changes.</param>
/// <param name="Missing">Whether the asset is hidden because the file was gone.</param>
internal sealed record KnownFile(Guid Id, string Path, long Size, long? WrittenAt, bool Missing);

/// <summary>An asset made of a file.</summary>
/// <param name="File">The file.</param>
/// <param name="Name">The asset's name.</param>
/// <param name="FileName">The file's name as shown.</param>
/// <param name="MimeType">Its media type.</param>
/// <param name="Tags">Tags from its place.</param>
internal sealed record FileAsset(AssetFile File, string Name, string FileName, string MimeType, ImmutableArray<string> Tags);
