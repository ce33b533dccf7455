using System.Collections.Immutable;

namespace Farm.Contracts.Assets;

/// <summary>Which assets are meant: all conditions hold together.</summary>
[GenerateSerializer, Immutable, Alias("farm.AssetFilter")]
public sealed record AssetFilter
{
    /// <summary>Tags that an asset has.</summary>
    [Id(0)] public ImmutableArray<string> IncludeTags { get; init; } = [];

    /// <summary>Tags that it does not have.</summary>
    [Id(1)] public ImmutableArray<string> ExcludeTags { get; init; } = [];

    /// <summary>A part of its name, in any case; empty for any.</summary>
    [Id(2)] public string NameContains { get; init; } = "";

    /// <summary>What its metadata holds.</summary>
    [Id(3)] public ImmutableArray<MetadataMatch> Metadata { get; init; } = [];
}

/// <summary>A key of the metadata and the values that fit.</summary>
/// <param name="Key">The key, at the top of the object.</param>
/// <param name="Values">Values in the form <see cref="MetadataText.Of"/> gives; one of them fits, or an element of a list does.</param>
/// <param name="OrAbsent">Whether an asset without the key fits too.</param>
[GenerateSerializer, Immutable, Alias("farm.MetadataMatch")]
public sealed record MetadataMatch(string Key, ImmutableArray<string> Values, bool OrAbsent);

/// <summary>What a list of assets is ordered by.</summary>
[GenerateSerializer, Alias("farm.AssetSort")]
public enum AssetSort
{
    /// <summary>When it was made.</summary>
    CreatedAt,

    /// <summary>When it was changed.</summary>
    UpdatedAt,

    /// <summary>Its name, by code points.</summary>
    Name,

    /// <summary>Its bytes.</summary>
    Size,

    /// <summary>When it was read.</summary>
    AccessedAt,
}

/// <summary>A page of a list of assets.</summary>
/// <param name="Filter">Which assets.</param>
/// <param name="Sort">The order.</param>
/// <param name="Ascending">Whether the smallest comes first.</param>
/// <param name="Offset">Assets to pass over.</param>
/// <param name="Limit">Assets at the most.</param>
[GenerateSerializer, Immutable, Alias("farm.AssetQuery")]
public sealed record AssetQuery(AssetFilter Filter, AssetSort Sort, bool Ascending, int Offset, int Limit);

/// <summary>A page of assets.</summary>
/// <param name="Assets">The page.</param>
/// <param name="Total">Assets that the filter leaves.</param>
[GenerateSerializer, Immutable, Alias("farm.AssetPage")]
public sealed record AssetPage(ImmutableArray<Asset> Assets, int Total);
