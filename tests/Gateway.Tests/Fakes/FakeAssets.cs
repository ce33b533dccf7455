using System.Collections.Concurrent;
using System.Collections.Immutable;
using Farm.Contracts.Assets;

namespace Farm.Gateway.Tests.Fakes;

/// <summary>A tenant's assets in memory: all of them, in the order they were made, whatever a list is filtered and sorted by.</summary>
internal sealed class FakeAssets : IAssetGrain
{
    private readonly ConcurrentQueue<Guid> _order = new();
    private readonly ConcurrentDictionary<Guid, (string User, Asset Asset)> _assets = new();

    /// <summary>What the last list was asked for.</summary>
    public AssetQuery? Asked { get; private set; }

    public Task<Asset> RegisterFileAsync(AssetFile file) => Task.FromResult(Add(file.User, new Asset
    {
        Id = Guid.NewGuid(),
        Name = file.Place.Path[(file.Place.Path.LastIndexOf('/') + 1)..],
        Hash = file.Hash,
        Size = file.Size,
        MimeType = "image/png",
        Tags = [file.Place.Root],
        UserMetadata = "{}",
        Place = file.Place,
        CreatedAt = file.WrittenAt,
        UpdatedAt = file.WrittenAt,
        AccessedAt = file.WrittenAt,
        JobId = file.JobId,
    }));

    public Task<Asset> CreateAsync(NewAsset asset)
    {
        var known = _assets.Values.FirstOrDefault(a => a.Asset.Hash == asset.Hash).Asset;
        return Task.FromResult(Add(asset.User, new Asset
        {
            Id = Guid.NewGuid(),
            Name = asset.Name,
            Hash = asset.Hash,
            Size = asset.Size ?? known?.Size ?? 0,
            MimeType = asset.MimeType ?? known?.MimeType ?? "",
            Tags = [.. asset.Tags.Order(StringComparer.Ordinal)],
            UserMetadata = asset.UserMetadata,
            PreviewId = asset.PreviewId,
            Place = asset.Place,
            FileName = asset.FileName,
            CreatedAt = DateTimeOffset.UnixEpoch,
            UpdatedAt = DateTimeOffset.UnixEpoch,
            AccessedAt = DateTimeOffset.UnixEpoch,
        }));
    }

    public Task<Asset?> FindAsync(string user, Guid id) => Task.FromResult(Of(user, id));

    public Task<bool> ExistsAsync(Guid id) => Task.FromResult(_assets.ContainsKey(id));

    public Task<bool> HasContentAsync(string hash) => Task.FromResult(_assets.Values.Any(a => a.Asset.Hash == hash));

    public Task<AssetPage> ListAsync(string user, AssetQuery query)
    {
        Asked = query;
        ImmutableArray<Asset> all = [.. _order.Select(id => Of(user, id)).OfType<Asset>()];
        return Task.FromResult(new AssetPage([.. all.Skip(query.Offset).Take(query.Limit)], all.Length));
    }

    public Task<Asset?> UpdateAsync(string user, Guid id, AssetChange change) => Task.FromResult(Change(user, id, asset => asset with
    {
        Name = change.Name ?? asset.Name,
        UserMetadata = change.UserMetadata ?? asset.UserMetadata,
        PreviewId = change.PreviewId ?? asset.PreviewId,
    }));

    public Task<ImmutableArray<AssetPlace>?> DeleteAsync(string user, Guid id, bool withContent)
    {
        if (Of(user, id) is not { } asset || !_assets.TryRemove(id, out _))
            return Task.FromResult<ImmutableArray<AssetPlace>?>(null);
        return Task.FromResult<ImmutableArray<AssetPlace>?>(withContent && asset.Place is { } place ? [place] : []);
    }

    public Task<TagChange?> AddTagsAsync(string user, Guid id, ImmutableArray<string> tags) => Task.FromResult(
        Change(user, id, asset => asset with { Tags = [.. asset.Tags.Union(tags, StringComparer.Ordinal).Order(StringComparer.Ordinal)] }) is { } changed
            ? new TagChange(tags, [], changed.Tags)
            : null);

    public Task<TagChange?> RemoveTagsAsync(string user, Guid id, ImmutableArray<string> tags) => Task.FromResult(
        Change(user, id, asset => asset with { Tags = [.. asset.Tags.Except(tags, StringComparer.Ordinal)] }) is { } changed ? new TagChange(tags, [], changed.Tags) : null);

    public Task<TagPage> TagsAsync(string user, TagQuery query)
    {
        var tags = Counted(user);
        return Task.FromResult(new TagPage([.. tags.Skip(query.Offset).Take(query.Limit)], tags.Length));
    }

    public Task<ImmutableArray<TagCount>> RefineAsync(string user, AssetFilter filter, int limit) => throw new NotSupportedException();

    public Task<ImmutableArray<TagCount>> RefinePageAsync(string user, AssetFilter filter, RefineQuery query)
    {
        var tags = Counted(user).OrderBy(tag => query.ByName ? 0 : tag.Count);
        return Task.FromResult<ImmutableArray<TagCount>>([.. (query.Ascending ? tags : tags.Reverse()).Skip(query.Offset).Take(query.Limit)]);
    }

    public Task TouchAsync(Guid id) => Task.CompletedTask;

    private ImmutableArray<TagCount> Counted(string user) =>
        [.. _order.Select(id => Of(user, id)).OfType<Asset>().SelectMany(a => a.Tags).CountBy(tag => tag).OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => new TagCount(t.Key, t.Value))];

    private Asset? Of(string user, Guid id) => _assets.TryGetValue(id, out var found) && found.User == user ? found.Asset : null;

    private Asset Add(string user, Asset asset)
    {
        _order.Enqueue(asset.Id);
        _assets[asset.Id] = (user, asset);
        return asset;
    }

    private Asset? Change(string user, Guid id, Func<Asset, Asset> change)
    {
        if (Of(user, id) is not { } asset)
            return null;
        _assets[id] = (user, change(asset));
        return _assets[id].Asset;
    }
}
