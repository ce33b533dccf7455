using System.Text.Json;
using Farm.Contracts.Assets;
using Farm.Grains.Assets;
using Farm.Grains.Persistence.Rows;

namespace Farm.Grains.Persistence;

/// <summary>Makes the rows of an asset.</summary>
internal static class AssetRows
{
    private const string FileNameKey = "filename";

    /// <summary>As deep as the gateway lets metadata be, and more.</summary>
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 1000 };

    /// <summary>Adds an asset with its metadata and tags.</summary>
    public static void Add(FarmDb db, AssetRow row, string metadata, IEnumerable<string> tags)
    {
        row.UserMetadata = metadata;
        db.Assets.Add(row);
        db.AssetTags.AddRange(TagsOf(row, tags));
        db.AssetMetadata.AddRange(Searchable(row, metadata));
    }

    /// <summary>The row of a file's asset.</summary>
    public static AssetRow Of(string tenant, Guid id, FileAsset file, long now) => new()
    {
        Id = id,
        Tenant = tenant,
        User = file.File.User,
        Name = file.Name,
        Hash = file.File.Hash,
        Size = file.File.Size,
        MimeType = file.MimeType,
        Root = file.File.Place.Root,
        Path = file.File.Place.Path,
        FileName = file.FileName,
        WrittenAt = file.File.WrittenAt.UtcTicks,
        JobId = file.File.JobId,
        CreatedAt = now,
        UpdatedAt = now,
        AccessedAt = now,
    };

    /// <summary>Rows of an asset's tags.</summary>
    public static IEnumerable<AssetTagRow> TagsOf(AssetRow asset, IEnumerable<string> tags) =>
        tags.Select(tag => new AssetTagRow { AssetId = asset.Id, Tag = tag, Tenant = asset.Tenant, User = asset.User });

    /// <summary>The rows by which an asset's metadata is found; the file's name is among it.</summary>
    public static IEnumerable<AssetMetadataRow> Searchable(AssetRow asset, string metadata)
    {
        using var document = JsonDocument.Parse(metadata, Deep);
        var rows = document.RootElement.EnumerateObject()
            .Where(member => asset.FileName is null || member.Name != FileNameKey)
            .SelectMany(member => MetadataText.Searchable(member.Value).Select((value, ordinal) => Row(asset, member.Name, ordinal, value)))
            .ToList();
        if (asset.FileName is { } fileName)
            rows.Add(Row(asset, FileNameKey, 0, JsonSerializer.Serialize(fileName)));
        return rows;
    }

    private static AssetMetadataRow Row(AssetRow asset, string key, int ordinal, string value) =>
        new() { AssetId = asset.Id, Key = key, Ordinal = ordinal, Value = value, Tenant = asset.Tenant, User = asset.User };
}
