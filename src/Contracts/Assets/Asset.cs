using System.Collections.Immutable;

namespace Farm.Contracts.Assets;

/// <summary>A named reference to a content.</summary>
[GenerateSerializer, Immutable, Alias("farm.Asset")]
public sealed record Asset
{
    /// <summary>Its id.</summary>
    [Id(0)] public required Guid Id { get; init; }

    /// <summary>Its name, at most 512 characters.</summary>
    [Id(1)] public required string Name { get; init; }

    /// <summary>The content's hash, <c>blake3:</c> and 64 digits.</summary>
    [Id(2)] public required string Hash { get; init; }

    /// <summary>The content's bytes.</summary>
    [Id(3)] public required long Size { get; init; }

    /// <summary>The content's media type.</summary>
    [Id(4)] public required string MimeType { get; init; }

    /// <summary>Tags in ordinal order.</summary>
    [Id(5)] public required ImmutableArray<string> Tags { get; init; }

    /// <summary>What the user noted: a JSON object.</summary>
    [Id(6)] public required string UserMetadata { get; init; }

    /// <summary>The asset whose content stands for this one in lists.</summary>
    [Id(7)] public Guid? PreviewId { get; init; }

    /// <summary>The file it was made from; null for a further reference to a known content.</summary>
    [Id(8)] public AssetPlace? Place { get; init; }

    /// <summary>The file's name as shown; null without a file.</summary>
    [Id(9)] public string? FileName { get; init; }

    /// <summary>When it was made.</summary>
    [Id(10)] public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last changed.</summary>
    [Id(11)] public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>When its content was last read.</summary>
    [Id(12)] public required DateTimeOffset AccessedAt { get; init; }

    /// <summary>The prompt_id of the prompt that saved its file; null where no prompt did.</summary>
    [Id(13)] public string? JobId { get; init; }
}

/// <summary>A file of the store.</summary>
/// <param name="Root"><c>input</c>, <c>output</c>, <c>temp</c> or <c>models</c>.</param>
/// <param name="Path">The path inside it.</param>
[GenerateSerializer, Immutable, Alias("farm.AssetPlace")]
public sealed record AssetPlace(string Root, string Path);

/// <summary>An asset to make.</summary>
[GenerateSerializer, Immutable, Alias("farm.NewAsset")]
public sealed record NewAsset
{
    /// <summary>Whom it belongs to; empty for everybody.</summary>
    [Id(0)] public required string User { get; init; }

    /// <summary>Its name.</summary>
    [Id(1)] public required string Name { get; init; }

    /// <summary>The content's hash.</summary>
    [Id(2)] public required string Hash { get; init; }

    /// <summary>Tags, in the form <see cref="AssetTags.Normalize(string)"/> gives.</summary>
    [Id(3)] public required ImmutableArray<string> Tags { get; init; }

    /// <summary>A JSON object.</summary>
    [Id(4)] public string UserMetadata { get; init; } = "{}";

    /// <summary>The content's media type; null takes the one known.</summary>
    [Id(5)] public string? MimeType { get; init; }

    /// <summary>The content's bytes; null takes what is known.</summary>
    [Id(6)] public long? Size { get; init; }

    /// <summary>The asset to show in its place.</summary>
    [Id(7)] public Guid? PreviewId { get; init; }

    /// <summary>The file that holds the content, where it was written for this asset.</summary>
    [Id(8)] public AssetPlace? Place { get; init; }

    /// <summary>The file's name as shown.</summary>
    [Id(9)] public string? FileName { get; init; }
}

/// <summary>A file that is to be an asset.</summary>
/// <param name="User">Whom a new asset belongs to; empty for everybody.</param>
/// <param name="Place">The file.</param>
/// <param name="Hash">Its content's hash.</param>
/// <param name="Size">Its bytes.</param>
/// <param name="WrittenAt">When it was written.</param>
/// <param name="JobId">The prompt_id of the prompt that saved it; null where no prompt did.</param>
[GenerateSerializer, Immutable, Alias("farm.AssetFile")]
public sealed record AssetFile(string User, AssetPlace Place, string Hash, long Size, DateTimeOffset WrittenAt, string? JobId = null);

/// <summary>What changes of an asset; null leaves it as it is.</summary>
/// <param name="Name">The new name.</param>
/// <param name="UserMetadata">The new metadata, a JSON object.</param>
/// <param name="PreviewId">The asset to show in its place.</param>
[GenerateSerializer, Immutable, Alias("farm.AssetChange")]
public sealed record AssetChange(string? Name, string? UserMetadata, Guid? PreviewId);
