using System.Collections.Immutable;
using System.Text.Json;
using Farm.Contracts.Assets;
using Microsoft.Net.Http.Headers;

namespace Farm.Gateway.Assets;

/// <summary>What names, tags and metadata of assets may be.</summary>
internal static class AssetRules
{
    public const string MetadataRule = "user_metadata must not be longer than 1048576 characters and must not hold the character U+0000";

    private const int LongestName = 512;
    private const int LongestTag = 512;
    private const int MostTags = 256;
    private const int LongestMetadata = 1024 * 1024;

    /// <summary>Tags in their normal form; too many or too long ones are refused.</summary>
    public static ImmutableArray<string> Tags(IReadOnlyCollection<string> given)
    {
        var tags = AssetTags.Normalize(given);
        if (tags.Length > MostTags || tags.Any(tag => tag.Length > LongestTag || tag.Contains('\0')))
            throw AssetRefusedException.Bad(
                AssetRefusedException.InvalidBodyCode, $"tags: at most {MostTags}, each of at most {LongestTag} characters and without the character U+0000");
        return tags;
    }

    /// <summary>What is wrong with a name; null when nothing is.</summary>
    public static FieldProblem? NameProblem(string name)
    {
        if (name.Length > LongestName)
            return FieldProblem.TooLong("name", LongestName, name);
        return name.Contains('\0') ? FieldProblem.Value("name", "name must not hold the character U+0000", FieldProblem.Json(name)) : null;
    }

    /// <summary>The text of a metadata object; null when it breaks <see cref="MetadataRule"/>.</summary>
    public static string? Metadata(JsonElement value)
    {
        var text = value.GetRawText();
        return text.Length <= LongestMetadata && !text.Contains("\\u0000", StringComparison.Ordinal) ? text : null;
    }

    /// <summary>A media type as a header may carry it.</summary>
    public static string MimeType(string given) => MediaTypeHeaderValue.TryParse(given, out var type) && given.Length <= LongestTag && type.MediaType.Length > 0
        ? type.MediaType.ToString()
        : throw AssetRefusedException.Form(FieldProblem.Value("mime_type", "mime_type must be a media type such as image/png", FieldProblem.Json(given)));
}
