using System.Text.Json;

namespace Farm.EndToEnd.ExecutionRules;

/// <summary>Reads the node_errors of an answer.</summary>
internal static class NodeErrors
{
    /// <summary>The errors of a node; none when it has no entry.</summary>
    public static IReadOnlyList<JsonElement> Of(JsonElement body, string node) =>
        body.GetProperty("node_errors").TryGetProperty(node, out var entry) ? [.. entry.GetProperty("errors").EnumerateArray()] : [];

    /// <summary>Their types.</summary>
    public static IEnumerable<string> Types(JsonElement body, string node) => Of(body, node).Select(error => error.GetProperty("type").GetString()!);

    /// <summary>Their details.</summary>
    public static IEnumerable<string> Details(JsonElement body, string node) => Of(body, node).Select(error => error.GetProperty("details").GetString()!);
}
