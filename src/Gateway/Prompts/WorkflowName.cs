using System.Text.Json;
using Farm.Gateway.Http;

namespace Farm.Gateway.Prompts;

/// <summary>The id of the workflow in a frontend that a graph was made from: <c>extra_pnginfo.workflow.id</c>.</summary>
internal static class WorkflowName
{
    /// <summary>Longer ones are no ids; they could not be indexed.</summary>
    private const int Longest = 256;

    /// <summary>The id, or null where there is none or it is no text that can be looked up.</summary>
    public static string? In(JsonElement extraPngInfo) =>
        extraPngInfo.Member("workflow")?.Member("id") is { ValueKind: JsonValueKind.String } id
        && id.GetString() is { Length: <= Longest } text && !text.Contains('\0')
            ? text
            : null;
}
