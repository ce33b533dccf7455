using System.Text.Json.Nodes;

namespace Farm.NodeCatalog;

/// <summary>What two listings of node classes have in common. Help texts do not count: a recording leaves them out.</summary>
/// <param name="Equal">Classes with equal entries.</param>
/// <param name="Missing">Recorded classes that are not built.</param>
/// <param name="Differences">Class, member and both values, a line each.</param>
/// <param name="Differing">Classes with different entries.</param>
internal sealed record CatalogComparison(
    IReadOnlyList<string> Equal, IReadOnlyList<string> Missing, IReadOnlyList<string> Differences, IReadOnlyList<string> Differing)
{
    private static readonly HashSet<string> Texts = ["description", "output_tooltips", "search_aliases", "tooltip"];

    /// <summary>Compares a recording with the built-in classes. In the recording the lists of folders are emptied.</summary>
    public static CatalogComparison OfBuiltInNodes(JsonObject recorded)
    {
        BuiltInNodes.EmptyFolderLists(recorded);
        return Create(recorded, BuiltInNodes.Entries());
    }

    private static CatalogComparison Create(JsonObject recorded, JsonObject built)
    {
        List<string> equal = [], missing = [], differences = [], differing = [];
        foreach (var (name, entry) in recorded)
        {
            if (built[name] is not JsonObject own)
            {
                missing.Add(name);
                continue;
            }
            var found = Differ(name, WithoutTexts(entry!)!.AsObject(), WithoutTexts(own)!.AsObject()).ToList();
            differences.AddRange(found);
            (found.Count == 0 ? equal : differing).Add(name);
        }
        return new CatalogComparison(equal, missing, differences, differing);
    }

    // Members whose order clients see (inputs, options) are compared as text, the entry's own members by name.
    private static IEnumerable<string> Differ(string name, JsonObject expected, JsonObject actual) =>
        from member in expected.Select(member => member.Key).Union(actual.Select(member => member.Key))
        let pair = (Expected: Show(expected, member), Actual: Show(actual, member))
        where pair.Expected != pair.Actual
        select $"{name}.{member}: {pair.Actual}, recorded {pair.Expected}";

    private static string Show(JsonObject entry, string member) => !entry.ContainsKey(member) ? "nothing" : entry[member]?.ToJsonString() ?? "null";

    private static JsonNode? WithoutTexts(JsonNode? node) => node switch
    {
        JsonObject members => new JsonObject(members.Where(member => !Texts.Contains(member.Key)).Select(member => KeyValuePair.Create(member.Key, WithoutTexts(member.Value)))),
        JsonArray elements => new JsonArray([.. elements.Select(WithoutTexts)]),
        null => null,
        _ => node.DeepClone(),
    };
}
