using System.Collections.Immutable;
using System.Text.Json;

namespace Farm.Gateway.Http;

/// <summary>The body that <c>/queue</c> and <c>/history</c> share: clear everything, delete some, or both.</summary>
/// <param name="Clear">Whether everything goes.</param>
/// <param name="Delete">Ids to delete; what is no text matches nothing.</param>
internal sealed record DeleteRequest(bool Clear, ImmutableArray<string> Delete)
{
    /// <summary>Reads a body; a list or text is taken for one without members, as in ComfyUI.</summary>
    public static DeleteRequest Read(JsonElement body)
    {
        if (body.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array or JsonValueKind.String))
            throw RequestRefusedException.Field("body", "must be a JSON object");
        return new DeleteRequest(body.Member("clear") is { } clear && clear.IsTruthy(), ReadIds(body.Member("delete")));
    }

    private static ImmutableArray<string> ReadIds(JsonElement? delete) => delete?.ValueKind switch
    {
        null => [],
        JsonValueKind.Array => [.. delete.Value.EnumerateArray().Where(id => id.ValueKind is JsonValueKind.String).Select(id => id.GetString()!).Where(id => !id.Contains('\0'))],
        JsonValueKind.String => [.. delete.Value.GetString()!.Select(c => c.ToString())],
        JsonValueKind.Object => [.. delete.Value.EnumerateObject().Select(member => member.Name)],
        _ => throw RequestRefusedException.Field("delete", "must be a list of prompt ids"),
    };
}
