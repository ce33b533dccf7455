using System.Text.Json;
using Farm.Contracts.Text;
using Farm.Gateway.Catalog;
using Farm.Gateway.Prompts;

namespace Farm.Gateway.Validation.Rules;

/// <summary>Every node, reached or not, names a class that the farm has.</summary>
internal sealed class NodeClassRule : IPromptRule
{
    public PromptError? Check(PromptGraph graph, CatalogView catalog, IReadOnlySet<string>? targets)
    {
        foreach (var node in graph.Nodes)
        {
            if (node.Class is null)
                return Missing(node, node.Title is { } title ? PythonText.Str(title) : $"ID #{node.Id}",
                    "has no class_type. The workflow may be corrupted or a custom node is missing.", node.Title);
            if (catalog.Find(node.ClassType) is null)
                return Missing(node, PythonText.Str(node.Title ?? node.Class.Value),
                    "not found. The custom node may not be installed.", node.Title ?? node.Class);
        }
        return null;
    }

    private static PromptError Missing(PromptNode node, string name, string what, JsonElement? title) =>
        new("missing_node_type", $"Node '{name}' {what}", $"Node ID '#{node.Id}'", writer =>
        {
            writer.WriteString("node_id", node.Id);
            writer.WritePropertyName("class_type");
            WriteOrNull(writer, node.Class);
            writer.WritePropertyName("node_title");
            WriteOrNull(writer, title);
        });

    private static void WriteOrNull(Utf8JsonWriter writer, JsonElement? value)
    {
        if (value is { } given)
            given.WriteTo(writer);
        else
            writer.WriteNullValue();
    }
}
