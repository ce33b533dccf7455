using System.Collections.Immutable;
using Farm.Contracts.Assets;

namespace Farm.Gateway.Tests.Fakes;

/// <summary>Takes every file as a new asset; the rest of the asset routes is tested against a whole farm.</summary>
internal sealed class FakeAssets : IAssetGrain
{
    public Task<Asset> RegisterFileAsync(AssetFile file) => Task.FromResult(new Asset
    {
        Id = Guid.NewGuid(),
        Name = file.Place.Path[(file.Place.Path.LastIndexOf('/') + 1)..],
        Hash = file.Hash,
        Size = file.Size,
        MimeType = "image/png",
        Tags = [file.Place.Root],
        UserMetadata = "{}",
        CreatedAt = file.WrittenAt,
        UpdatedAt = file.WrittenAt,
        AccessedAt = file.WrittenAt,
    });

    public Task<Asset?> FindAsync(string user, Guid id) => throw new NotSupportedException();

    public Task<bool> HasContentAsync(string hash) => throw new NotSupportedException();

    public Task<AssetPage> ListAsync(string user, AssetQuery query) => throw new NotSupportedException();

    public Task<Asset> CreateAsync(NewAsset asset) => throw new NotSupportedException();

    public Task<Asset?> UpdateAsync(string user, Guid id, AssetChange change) => throw new NotSupportedException();

    public Task<ImmutableArray<AssetPlace>?> DeleteAsync(string user, Guid id, bool withContent) => throw new NotSupportedException();

    public Task<TagChange?> AddTagsAsync(string user, Guid id, ImmutableArray<string> tags) => throw new NotSupportedException();

    public Task<TagChange?> RemoveTagsAsync(string user, Guid id, ImmutableArray<string> tags) => throw new NotSupportedException();

    public Task<TagPage> TagsAsync(string user, TagQuery query) => throw new NotSupportedException();

    public Task<ImmutableArray<TagCount>> RefineAsync(string user, AssetFilter filter, int limit) => throw new NotSupportedException();

    public Task TouchAsync(Guid id) => throw new NotSupportedException();
}
