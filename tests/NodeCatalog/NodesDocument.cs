using System.Text;
using System.Text.Json.Nodes;

namespace Farm.NodeCatalog;

/// <summary>Writes docs/nodes.md: which of ComfyUI's node classes are built, and what is known about each.</summary>
internal static class NodesDocument
{
    private const string Uncategorised = "(none)";

    public static string Write(JsonObject recorded, CatalogComparison comparison, IReadOnlySet<string> verified)
    {
        var missing = comparison.Missing.ToHashSet(StringComparer.Ordinal);
        var text = new StringBuilder(
            $"""
            # Nodes

            ComfyUI 0.19.3 lists {recorded.Count} node classes; {recorded.Count - missing.Count} are built, {missing.Count} are missing. Written by
            `dotnet run --project tests/NodeCatalog -- OBJECT_INFO.json`, which compares each definition with the recorded one.

            *Verified*: the tests run the class on inputs recorded from ComfyUI and compare its results. *Unverified*: it is built and its definition
            is equal, but no recorded result of it is compared.

            | category | verified | unverified | missing |
            |---|---|---|---|

            """);
        foreach (var category in recorded.GroupBy(Category, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            var built = category.Select(entry => entry.Key).Where(name => !missing.Contains(name)).ToLookup(verified.Contains);
            text.Append($"| {category.Key} | {string.Join(", ", built[true])} | {string.Join(", ", built[false])} | {string.Join(", ", category.Select(entry => entry.Key).Where(missing.Contains))} |\n");
        }
        return text.ToString();
    }

    private static string Category(KeyValuePair<string, JsonNode?> entry) => (string?)entry.Value!["category"] is { Length: > 0 } name ? name : Uncategorised;
}
