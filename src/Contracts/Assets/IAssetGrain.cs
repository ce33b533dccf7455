using System.Collections.Immutable;

namespace Farm.Contracts.Assets;

/// <summary>
/// The assets of a tenant: named references to contents, each with an owner, tags and metadata. The key is the tenant; any number
/// of these answer at once. A user sees his own assets and those that belong to everybody.
/// </summary>
[Alias("farm.IAssetGrain")]
public interface IAssetGrain : IGrainWithStringKey
{
    /// <summary>An asset; null when there is none that the user may see.</summary>
    [Alias("Find")]
    Task<Asset?> FindAsync(string user, Guid id);

    /// <summary>Whether the tenant has the asset, whoever may see it.</summary>
    [Alias("Exists")]
    Task<bool> ExistsAsync(Guid id);

    /// <summary>Whether any asset of the tenant, deleted ones included, has the content.</summary>
    [Alias("HasContent")]
    Task<bool> HasContentAsync(string hash);

    /// <summary>A page of the user's assets.</summary>
    [Alias("List")]
    Task<AssetPage> ListAsync(string user, AssetQuery query);

    /// <summary>Adds an asset. Without a file of its own it takes media type and size from what is known of the content.</summary>
    [Alias("Create")]
    Task<Asset> CreateAsync(NewAsset asset);

    /// <summary>Makes a file of the store an asset, named and tagged after its place; the asset of that place where there is one.</summary>
    [Alias("RegisterFile")]
    Task<Asset> RegisterFileAsync(AssetFile file);

    /// <summary>Changes an asset; null when there is none.</summary>
    [Alias("Update")]
    Task<Asset?> UpdateAsync(string user, Guid id, AssetChange change);

    /// <summary>
    /// Hides an asset, or with <paramref name="withContent"/> forgets it and, where nothing else shows the content, the content too. Null
    /// when there is none; else the files that are to be removed.
    /// </summary>
    [Alias("Delete")]
    Task<ImmutableArray<AssetPlace>?> DeleteAsync(string user, Guid id, bool withContent);

    /// <summary>Adds tags; null when there is no such asset.</summary>
    [Alias("AddTags")]
    Task<TagChange?> AddTagsAsync(string user, Guid id, ImmutableArray<string> tags);

    /// <summary>Removes tags; null when there is no such asset.</summary>
    [Alias("RemoveTags")]
    Task<TagChange?> RemoveTagsAsync(string user, Guid id, ImmutableArray<string> tags);

    /// <summary>The tags that the user's assets carry.</summary>
    [Alias("Tags")]
    Task<TagPage> TagsAsync(string user, TagQuery query);

    /// <summary>The tags of the assets that a filter leaves, the most frequent first.</summary>
    [Alias("Refine")]
    Task<ImmutableArray<TagCount>> RefineAsync(string user, AssetFilter filter, int limit);

    /// <summary>A page of the tags of the assets that a filter leaves. Gateways from before it ask for the most frequent ones.</summary>
    [Alias("RefinePage")]
    Task<ImmutableArray<TagCount>> RefinePageAsync(string user, AssetFilter filter, RefineQuery query);

    /// <summary>Notes that an asset's content was read.</summary>
    [Alias("Touch")]
    Task TouchAsync(Guid id);
}
