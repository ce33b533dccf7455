using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Farm.Gateway.Http;
using Farm.Gateway.Uploads;
using Farm.Storage;
using Farm.Storage.Hashing;

namespace Farm.Gateway.Assets;

/// <summary>The fields of an uploaded asset, checked by ComfyUI's rules.</summary>
/// <param name="Name">The name; null takes the file's.</param>
/// <param name="Tags">Tags in their normal form, the root first.</param>
/// <param name="UserMetadata">A JSON object.</param>
/// <param name="MimeType">The media type; null goes by the file's name.</param>
/// <param name="PreviewId">The asset to show in its place.</param>
internal sealed record AssetForm(string? Name, ImmutableArray<string> Tags, string UserMetadata, string? MimeType, Guid? PreviewId)
{
    private const string ModelsRoot = "models";
    private const int LongestExtension = 16;
    private static readonly string[] Roots = [ModelsRoot, "input", "output"];

    /// <summary>The hash that a client names; null without one.</summary>
    public static ContentHash? HashOf(UploadForm form)
    {
        if (form["hash"] is not { Length: > 0 } given)
            return null;
        return ContentHash.TryParse(given, out var hash) ? hash : throw AssetRefusedException.Bad("INVALID_HASH", "hash must be like 'blake3:<hex>'");
    }

    /// <summary>Reads the fields that describe an asset.</summary>
    public static AssetForm Read(UploadForm form, JsonBody json)
    {
        var given = form.All("tags").SelectMany(field => field.Split(',')).ToArray();
        var tags = AssetRules.Tags(given);
        if (RootProblem(tags) is { } rule)
            throw AssetRefusedException.Form(FieldProblem.Value(null, rule, Fields(form, given)));
        if (form["name"] is { } name && AssetRules.NameProblem(name) is { } problem)
            throw AssetRefusedException.Form(problem);
        var metadata = form["user_metadata"] is { Length: > 0 } text ? Metadata(text, json) : "{}";
        var mime = form["mime_type"] is { Length: > 0 } type ? AssetRules.MimeType(type) : null;
        return new AssetForm(form["name"] is { Length: > 0 } named ? named : null, tags, metadata, mime, PreviewOf(form["preview_id"]));
    }

    /// <summary>The file that the content goes to, named by its hash, in folders made of the tags behind the root.</summary>
    public FileKey KeyFor(string fileName, ContentHash hash)
    {
        var isModel = Tags[0] == ModelsRoot;
        var folders = Tags.Skip(isModel ? 2 : 1).ToArray();
        var root = isModel ? ModelFolderOf(Tags[1]) : new ModelPath(Tags[0] == "input" ? FileArea.Input : FileArea.Output, "");
        return folders.All(IsFolderName) && FileKey.TryCreate(root.Area, out var key, [root.Folder, .. folders, hash.Hex + ExtensionOf(fileName)])
            ? key
            : throw AssetRefusedException.Bad("BAD_REQUEST", "invalid path component in tags");
    }

    /// <summary>The file's name as shown: its path below the root, or below the folder of its kind of model.</summary>
    public string ShownName(FileKey key) => Tags[0] == ModelsRoot ? key.Path[(ModelFolderOf(Tags[1]).Folder.Length + 1)..] : key.Path;

    private static ModelPath ModelFolderOf(string category) =>
        ModelFolders.All.TryGetValue(category, out var kind) && kind.Paths.FirstOrDefault(path => path.Area == FileArea.Models) is { Folder: not null } path
            ? path
            : throw AssetRefusedException.Bad(AssetRefusedException.InvalidBodyCode, $"unknown models category '{category}'");

    private static bool IsFolderName(string name) => name is not ("." or "..") && name.AsSpan().IndexOfAny('/', '\\', '\0') < 0;

    /// <summary>The extension that a file keeps; one that no media type or model has a use for is dropped.</summary>
    private static string ExtensionOf(string fileName)
    {
        var extension = Path.GetExtension(fileName);
        return extension.Length is > 1 and <= LongestExtension && extension.Skip(1).All(char.IsAsciiLetterOrDigit) ? extension : "";
    }

    private static string? RootProblem(ImmutableArray<string> tags)
    {
        if (tags.IsEmpty)
            return "at least one tag is required for uploads";
        if (!Roots.Contains(tags[0], StringComparer.Ordinal))
            return "first tag must be one of: models, input, output";
        return tags is [ModelsRoot] ? "models uploads require a category tag as the second tag" : null;
    }

    private static string Metadata(string text, JsonBody json)
    {
        JsonElement value;
        try
        {
            value = json.Parse(Encoding.UTF8.GetBytes(text));
        }
        catch (RequestRefusedException)
        {
            throw AssetRefusedException.Form(FieldProblem.Value("user_metadata", $"user_metadata must be JSON: {PythonJsonError.Describe(text)}", FieldProblem.Json(text)));
        }
        if (value.ValueKind is not JsonValueKind.Object)
            throw AssetRefusedException.Form(FieldProblem.Value("user_metadata", "user_metadata must be a JSON object", FieldProblem.Json(text)));
        return AssetRules.Metadata(value) ?? throw AssetRefusedException.Form(FieldProblem.Value("user_metadata", AssetRules.MetadataRule, FieldProblem.Json("")));
    }

    private static Guid? PreviewOf(string? given)
    {
        if (given is not { Length: > 0 })
            return null;
        return Guid.TryParse(given, out var id)
            ? id
            : throw AssetRefusedException.Form(FieldProblem.Value("preview_id", "preview_id must be a UUID", FieldProblem.Json(given)));
    }

    /// <summary>The fields as ComfyUI quotes them in its errors.</summary>
    private static string Fields(UploadForm form, IReadOnlyList<string> tags) => Encoding.UTF8.GetString(JsonText.Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteStartArray("tags");
        foreach (var tag in tags)
            writer.WriteStringValue(tag);
        writer.WriteEndArray();
        foreach (var field in (ReadOnlySpan<string>)["name", "user_metadata", "hash", "mime_type", "preview_id"])
            writer.WriteString(field, form[field]);
        writer.WriteEndObject();
    }).Span);
}
