using System.Collections.Immutable;
using Farm.Contracts.Assets;
using Farm.Storage;
using Orleans.Concurrency;

namespace Farm.Grains.Assets;

/// <summary>Answers from the store; holds nothing, so that as many as needed answer at once.</summary>
[StatelessWorker]
internal sealed class AssetGrain(IAssetStore store) : Grain, IAssetGrain
{
    private string Tenant => this.GetPrimaryKeyString();

    /// <inheritdoc/>
    public Task<Asset?> FindAsync(string user, Guid id) => store.FindAsync(Tenant, user, id);

    /// <inheritdoc/>
    public Task<bool> ExistsAsync(Guid id) => store.ExistsAsync(Tenant, id);

    /// <inheritdoc/>
    public Task<bool> HasContentAsync(string hash) => store.HasContentAsync(Tenant, hash);

    /// <inheritdoc/>
    public Task<AssetPage> ListAsync(string user, AssetQuery query) => store.ListAsync(Tenant, user, query);

    /// <inheritdoc/>
    public Task<Asset> CreateAsync(NewAsset asset) => store.InsertAsync(Tenant, asset);

    /// <inheritdoc/>
    public Task<Asset> RegisterFileAsync(AssetFile file) => AssetFiles.KeyOf(file.Place) is { } key
        ? store.UpsertFileAsync(Tenant, AssetFiles.Describe(file, key))
        : throw new UnsafeFileNameException(file.Place.Path);

    /// <inheritdoc/>
    public Task<Asset?> UpdateAsync(string user, Guid id, AssetChange change) => store.UpdateAsync(Tenant, user, id, change);

    /// <inheritdoc/>
    public Task<ImmutableArray<AssetPlace>?> DeleteAsync(string user, Guid id, bool withContent) => store.DeleteAsync(Tenant, user, id, withContent);

    /// <inheritdoc/>
    public Task<TagChange?> AddTagsAsync(string user, Guid id, ImmutableArray<string> tags) => store.AddTagsAsync(Tenant, user, id, tags);

    /// <inheritdoc/>
    public Task<TagChange?> RemoveTagsAsync(string user, Guid id, ImmutableArray<string> tags) => store.RemoveTagsAsync(Tenant, user, id, tags);

    /// <inheritdoc/>
    public Task<TagPage> TagsAsync(string user, TagQuery query) => store.TagsAsync(Tenant, user, query);

    /// <inheritdoc/>
    public Task<ImmutableArray<TagCount>> RefineAsync(string user, AssetFilter filter, int limit) =>
        store.RefineAsync(Tenant, user, filter, new RefineQuery(ByName: false, Ascending: false, 0, limit));

    /// <inheritdoc/>
    public Task<ImmutableArray<TagCount>> RefinePageAsync(string user, AssetFilter filter, RefineQuery query) => store.RefineAsync(Tenant, user, filter, query);

    /// <inheritdoc/>
    public Task TouchAsync(Guid id) => store.TouchAsync(Tenant, id);
}
