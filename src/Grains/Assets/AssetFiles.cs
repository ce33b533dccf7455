using System.Collections.Immutable;
using System.Text.Json;
using Farm.Contracts.Assets;
using Farm.Contracts.Prompts;
using Farm.Storage;

namespace Farm.Grains.Assets;

/// <summary>What a file's place says about its asset (ComfyUI 0.19.3, recorded).</summary>
internal static class AssetFiles
{
    private const string Unknown = "application/octet-stream";
    private const string Models = "models";

    /// <summary>The roots that a scan covers.</summary>
    public static readonly ImmutableArray<string> Roots = [Models, "input", "output"];

    /// <summary>The area of a root; null when it is none that assets lie in.</summary>
    public static FileArea? AreaOf(string root) => root switch
    {
        "input" => FileArea.Input,
        "output" => FileArea.Output,
        "temp" => FileArea.Temp,
        Models => FileArea.Models,
        _ => null,
    };

    /// <summary>The file's key; null where the place is none of the store.</summary>
    public static FileKey? KeyOf(AssetPlace place) =>
        AreaOf(place.Root) is { } area && FileKey.TryCreate(area, out var key, place.Path) ? key : null;

    /// <summary>The asset that a file makes: named after it, tagged with its root and folders.</summary>
    public static FileAsset Describe(AssetFile file, FileKey key) =>
        new(file, key.Name, key.Name, MediaTypes.Of(key.Name) ?? Unknown, [.. TagsOf(file.Place.Root, key).Order(StringComparer.Ordinal)]);

    /// <summary>The tags that a file's place gives its asset.</summary>
    public static ImmutableArray<string> TagsOf(string root, FileKey key) => Tags(root, key.Folder);

    /// <summary>The files that a run's outputs name and that stay: those of the output folder.</summary>
    public static ImmutableArray<AssetPlace> Saved(IEnumerable<NodeUi> outputs)
    {
        var files = ImmutableArray.CreateBuilder<AssetPlace>();
        foreach (var output in outputs)
        {
            using var document = JsonDocument.Parse(output.Output, new JsonDocumentOptions { MaxDepth = 1000 });
            if (document.RootElement.ValueKind is JsonValueKind.Object)
                files.AddRange(document.RootElement.EnumerateObject().SelectMany(member => Places(member.Value)));
        }
        return files.ToImmutable();
    }

    private static IEnumerable<AssetPlace> Places(JsonElement list) => list.ValueKind is not JsonValueKind.Array ? [] :
        from item in list.EnumerateArray()
        where item.ValueKind is JsonValueKind.Object && Text(item, "type") == "output" && Text(item, "filename") is { Length: > 0 }
        select new AssetPlace("output", string.Join('/', new[] { Text(item, "subfolder"), Text(item, "filename") }.Where(part => part is { Length: > 0 })));

    private static string? Text(JsonElement item, string name) =>
        item.TryGetProperty(name, out var member) && member.ValueKind is JsonValueKind.String ? member.GetString() : null;

    private static ImmutableArray<string> Tags(string root, string folder)
    {
        var folders = folder.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return root switch
        {
            "temp" => AssetTags.Normalize(["input", "temp", .. folders]),
            Models when folders.Length > 0 => AssetTags.Normalize([Models, CategoryOf(folders[0]), .. folders[1..]]),
            _ => AssetTags.Normalize([root, .. folders]),
        };
    }

    /// <summary>The name that combos use for a folder of models: <c>unet</c> holds diffusion models.</summary>
    private static string CategoryOf(string folder) =>
        ModelFolders.All.Values.FirstOrDefault(kind => kind.Paths.Any(path => path.Area == FileArea.Models && path.Folder == folder))?.Name ?? folder;
}
