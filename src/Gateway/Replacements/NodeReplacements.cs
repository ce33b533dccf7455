using System.Text.Json;
using Farm.Gateway.Catalog;
using Farm.Gateway.Http;
using Farm.Gateway.Prompts;

namespace Farm.Gateway.Replacements;

/// <summary>
/// Classes that were renamed or joined: prompts that still name the old one are rewritten before validation (execution semantics, 4).
/// The table is ComfyUI 0.19.3's, recorded.
/// </summary>
internal sealed class NodeReplacements
{
    /// <summary>The table as <c>/node_replacements</c> shows it: old class → replacements, of which the first counts.</summary>
    public JsonElement Table { get; init; } = Read();

    /// <summary>Rewrites the nodes whose class the farm does not have while it has the new one.</summary>
    public void Apply(PromptGraph graph, NodeCatalog classes)
    {
        foreach (var node in graph.Nodes)
        {
            if (node.Inputs is null || classes.Find(node.ClassType) is not null || Table.Member(node.ClassType) is not { } entries)
                continue;
            var replacement = entries[0];
            var newClass = replacement.GetProperty("new_node_id").GetString()!;
            if (classes.Find(newClass) is null)
                continue;
            if (!node.HasMeta)
                throw RequestRefusedException.Field($"prompt.{node.Id}._meta", $"must be given for a node of the replaced class {node.ClassType}");
            node.Replace(newClass, MapInputs(node, replacement.GetProperty("input_mapping")));
            MoveLinks(graph, node.Id, replacement.GetProperty("output_mapping"));
        }
    }

    private static OrderedDictionary<string, JsonElement> MapInputs(PromptNode node, JsonElement mapping)
    {
        var inputs = new OrderedDictionary<string, JsonElement>(StringComparer.Ordinal);
        if (mapping.ValueKind is not JsonValueKind.Array)
            return inputs;
        foreach (var entry in mapping.EnumerateArray())
        {
            var name = entry.GetProperty("new_id").GetString()!;
            if (entry.Member("set_value") is { } constant)
                inputs[name] = constant;
            else if (entry.GetProperty("old_id").GetString() is { } old)
                inputs[name] = node.Inputs!.TryGetValue(old, out var value)
                    ? value
                    : throw RequestRefusedException.Field($"prompt.{node.Id}.inputs.{old}", $"must be given for a node of the replaced class {node.ClassType}");
        }
        return inputs;
    }

    private static void MoveLinks(PromptGraph graph, string id, JsonElement mapping)
    {
        if (mapping.ValueKind is not JsonValueKind.Array)
            return;
        foreach (var inputs in graph.Nodes.Select(n => n.Inputs).OfType<OrderedDictionary<string, JsonElement>>())
        {
            foreach (var (name, link) in inputs.ToArray())
            {
                if (link.ValueKind is JsonValueKind.Array && link.GetArrayLength() == 2 && link[0].ValueKind is JsonValueKind.String && link[0].ValueEquals(id)
                    && NewSlot(link[1], mapping) is { } slot)
                    inputs[name] = JsonText.Parse(JsonText.Write(writer => WriteLink(writer, id, slot)), maxDepth: 8);
            }
        }
    }

    private static int? NewSlot(JsonElement slot, JsonElement mapping)
    {
        foreach (var entry in mapping.EnumerateArray())
        {
            if (slot.ValueKind is JsonValueKind.Number && slot.TryGetInt32(out var old) && old == entry.GetProperty("old_idx").GetInt32())
                return entry.GetProperty("new_idx").GetInt32();
        }
        return null;
    }

    private static void WriteLink(Utf8JsonWriter writer, string id, int slot)
    {
        writer.WriteStartArray();
        writer.WriteStringValue(id);
        writer.WriteNumberValue(slot);
        writer.WriteEndArray();
    }

    private static JsonElement Read()
    {
        using var stream = typeof(NodeReplacements).Assembly.GetManifestResourceStream("node-replacements.json")!;
        return JsonDocument.Parse(stream).RootElement;
    }
}
