using System.Collections.Immutable;
using System.Text.Json;
using Farm.Contracts.Assets;
using Farm.Gateway.Http;
using Farm.Storage.Hashing;

namespace Farm.Gateway.Assets;

/// <summary>Reads the JSON bodies of asset routes and refuses them in ComfyUI's words.</summary>
internal sealed class AssetBody(JsonBody json)
{
    /// <summary>The body of <c>from-hash</c>.</summary>
    public async Task<NewAsset> ReadReferenceAsync(HttpRequest request, string user)
    {
        var body = await ReadObjectAsync(request, "CreateFromHashBody");
        var problems = new List<FieldProblem>();
        var hash = HashOf(body, problems);
        var name = TextOf(body, "name", problems);
        var tags = body.Member("tags") is { ValueKind: not JsonValueKind.Null } list ? TagsOf(list, problems) : [];
        var metadata = MetadataOf(body, problems);
        Refuse(problems);
        return new NewAsset
        {
            User = user,
            Hash = hash!.Value.ToString(),
            Name = name is { Length: > 0 } ? name : hash.Value.Hex,
            Tags = AssetRules.Tags(tags),
            UserMetadata = metadata ?? "{}",
        };
    }

    /// <summary>The body of an update.</summary>
    public async Task<AssetChange> ReadChangeAsync(HttpRequest request)
    {
        var body = await ReadObjectAsync(request, "UpdateAssetBody");
        var problems = new List<FieldProblem>();
        var change = new AssetChange(TextOf(body, "name", problems), MetadataOf(body, problems), PreviewOf(body, problems));
        Refuse(problems);
        if (change is { Name: null, UserMetadata: null, PreviewId: null })
            Refuse([FieldProblem.Value(null, "Provide at least one of: name, user_metadata, preview_id.", body.GetRawText())]);
        return change;
    }

    /// <summary>The body of an addition or removal of tags.</summary>
    public async Task<ImmutableArray<string>> ReadTagsAsync(HttpRequest request, string what)
    {
        var message = $"Invalid JSON body for tags {what}.";
        var body = await ReadObjectAsync(request, what == "add" ? "TagsAdd" : "TagsRemove", message);
        var problems = new List<FieldProblem>();
        IReadOnlyList<string> tags = [];
        if (body.Member("tags") is not { } list)
            problems.Add(FieldProblem.Missing("tags", body));
        else if (list.ValueKind is JsonValueKind.Array && list.GetArrayLength() == 0)
            problems.Add(new FieldProblem("too_short", "tags", "List should have at least 1 item after validation, not 0", "[]")
            {
                Context = [("field_type", "\"List\""), ("min_length", "1"), ("actual_length", "0")],
            });
        else
            tags = TagsOf(list, problems);
        Refuse(problems, message);
        return AssetRules.Tags(tags);
    }

    /// <summary>The roots that a scan is asked for; null where the body names none.</summary>
    public async Task<IReadOnlyList<string>?> ReadRootsAsync(HttpRequest request) =>
        (await json.ReadIfAnyAsync(request))?.Member("roots") is { ValueKind: JsonValueKind.Array } roots
            ? [.. roots.EnumerateArray().Where(root => root.ValueKind is JsonValueKind.String).Select(root => root.GetString()!)]
            : null;

    private async Task<JsonElement> ReadObjectAsync(HttpRequest request, string name, string message = "Validation failed.")
    {
        var body = await json.ReadIfAnyAsync(request) ?? throw AssetRefusedException.NoJson();
        if (body.ValueKind is not JsonValueKind.Object)
            Refuse([new FieldProblem("model_type", null, $"Input should be a valid dictionary or instance of {name}", body.GetRawText()) { Context = [("class_name", $"\"{name}\"")] }], message);
        return body;
    }

    private static ContentHash? HashOf(JsonElement body, List<FieldProblem> problems)
    {
        if (body.Member("hash") is not { } given)
            problems.Add(FieldProblem.Missing("hash", body));
        else if (given.ValueKind is not JsonValueKind.String)
            problems.Add(FieldProblem.WrongType("string_type", "hash", "a valid string", given));
        else if (ContentHash.TryParse(given.GetString(), out var hash))
            return hash;
        else
            problems.Add(FieldProblem.Value("hash", "hash must be 'blake3:<hex>'", given.GetRawText()));
        return null;
    }

    private static string? TextOf(JsonElement body, string field, List<FieldProblem> problems)
    {
        if (body.Member(field) is not { ValueKind: not JsonValueKind.Null } given)
            return null;
        if (given.ValueKind is not JsonValueKind.String)
        {
            problems.Add(FieldProblem.WrongType("string_type", field, "a valid string", given));
            return null;
        }
        if (AssetRules.NameProblem(given.GetString()!) is { } problem)
            problems.Add(problem);
        return given.GetString();
    }

    private static string? MetadataOf(JsonElement body, List<FieldProblem> problems)
    {
        if (body.Member("user_metadata") is not { ValueKind: not JsonValueKind.Null } given)
            return null;
        if (given.ValueKind is not JsonValueKind.Object)
        {
            problems.Add(FieldProblem.WrongType("dict_type", "user_metadata", "a valid dictionary", given));
            return null;
        }
        var text = AssetRules.Metadata(given);
        if (text is null)
            problems.Add(FieldProblem.Value("user_metadata", AssetRules.MetadataRule, "{}"));
        return text;
    }

    private static Guid? PreviewOf(JsonElement body, List<FieldProblem> problems)
    {
        if (body.Member("preview_id") is not { ValueKind: not JsonValueKind.Null } given)
            return null;
        if (given.ValueKind is JsonValueKind.String && Guid.TryParse(given.GetString(), out var id))
            return id;
        problems.Add(FieldProblem.Value("preview_id", "preview_id must be a UUID", given.GetRawText()));
        return null;
    }

    private static List<string> TagsOf(JsonElement list, List<FieldProblem> problems)
    {
        if (list.ValueKind is not JsonValueKind.Array)
        {
            problems.Add(FieldProblem.WrongType("list_type", "tags", "a valid list", list));
            return [];
        }
        var tags = new List<string>(list.GetArrayLength());
        foreach (var tag in list.EnumerateArray())
        {
            if (tag.ValueKind is JsonValueKind.String)
                tags.Add(tag.GetString()!);
            else
                problems.Add(FieldProblem.WrongType("string_type", "tags", "a valid string", tag, tags.Count));
        }
        return tags;
    }

    private static void Refuse(IReadOnlyList<FieldProblem> problems, string message = "Validation failed.")
    {
        if (problems.Count > 0)
            throw AssetRefusedException.Fields(AssetRefusedException.InvalidBodyCode, problems, message);
    }
}
