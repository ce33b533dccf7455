using System.Collections.Immutable;

namespace Farm.Contracts.Assets;

/// <summary>The rules for tags: lower case, no space around, each once.</summary>
public static class AssetTags
{
    /// <summary>A tag as it is kept; empty when nothing is left of it.</summary>
    public static string Normalize(string tag) => tag.Trim().ToLowerInvariant();

    /// <summary>Tags as they are kept, in the order given, empty ones and repetitions left out.</summary>
    public static ImmutableArray<string> Normalize(IEnumerable<string> tags) =>
        [.. tags.Select(Normalize).Where(tag => tag.Length > 0).Distinct(StringComparer.Ordinal)];
}

/// <summary>What a change of tags did; all lists in ordinal order.</summary>
/// <param name="Changed">Tags that came or went.</param>
/// <param name="Unchanged">Tags that were there already, or were not there to remove.</param>
/// <param name="Tags">Tags that the asset has now.</param>
[GenerateSerializer, Immutable, Alias("farm.TagChange")]
public sealed record TagChange(ImmutableArray<string> Changed, ImmutableArray<string> Unchanged, ImmutableArray<string> Tags);

/// <summary>A tag and how many assets carry it.</summary>
/// <param name="Name">The tag.</param>
/// <param name="Count">Assets; 0 when only deleted ones had it.</param>
[GenerateSerializer, Immutable, Alias("farm.TagCount")]
public sealed record TagCount(string Name, int Count);

/// <summary>Which tags are meant.</summary>
/// <param name="Prefix">How they begin; empty for any.</param>
/// <param name="Contains">What they contain; empty for anything.</param>
/// <param name="ByName">In order of their names; else the most frequent first.</param>
/// <param name="WithUnused">Whether tags are listed that no asset carries any more.</param>
/// <param name="Offset">Tags to pass over.</param>
/// <param name="Limit">Tags at the most.</param>
[GenerateSerializer, Immutable, Alias("farm.TagQuery")]
public sealed record TagQuery(string Prefix, string Contains, bool ByName, bool WithUnused, int Offset, int Limit);

/// <summary>Which page of the tags of filtered assets.</summary>
/// <param name="ByName">Sorted by their names; else by how often they stand.</param>
/// <param name="Ascending">The lowest first.</param>
/// <param name="Offset">Tags to pass over.</param>
/// <param name="Limit">Tags at the most.</param>
[GenerateSerializer, Immutable, Alias("farm.RefineQuery")]
public sealed record RefineQuery(bool ByName, bool Ascending, int Offset, int Limit);

/// <summary>A page of tags.</summary>
/// <param name="Tags">The page.</param>
/// <param name="Total">Tags that the query leaves.</param>
[GenerateSerializer, Immutable, Alias("farm.TagPage")]
public sealed record TagPage(ImmutableArray<TagCount> Tags, int Total);
