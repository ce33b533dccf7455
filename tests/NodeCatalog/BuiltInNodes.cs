using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Farm.Contracts.Catalog;
using Farm.Gateway.Catalog;
using Farm.Nodes;

namespace Farm.NodeCatalog;

/// <summary>The built-in node classes as the gateway lists them at <c>/object_info</c>, file lists left empty.</summary>
internal static class BuiltInNodes
{
    public static JsonObject Entries()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            var writer = new ObjectInfoWriter(json, files: null!); // asked only for combos of files, which are taken out
            json.WriteStartObject();
            foreach (var node in Definitions()) writer.Write(WithoutFiles(node));
            json.WriteEndObject();
        }
        return JsonNode.Parse(buffer.WrittenSpan)!.AsObject();
    }

    /// <summary>Empties the lists of folders in recorded entries: they are those of the machine that was recorded.</summary>
    public static void EmptyFolderLists(JsonObject recorded)
    {
        foreach (var node in Definitions())
            foreach (var input in node.Required.Where(input => input.Files?.Folder == FileChoices.InputFolders))
                if (recorded[node.ClassType]?["input"]?["required"]?[input.Name]?[1] is JsonObject options)
                    options["options"] = new JsonArray();
    }

    private static IEnumerable<NodeDefinition> Definitions() => NodeType
        .FromAssembly(typeof(Farm.Worker.Nodes.EmptyImage).Assembly, type => (NodeClass)Activator.CreateInstance(type, nonPublic: true)!)
        .Select(node => node.Definition);

    private static NodeDefinition WithoutFiles(NodeDefinition node) => node with { Required = WithoutFiles(node.Required), Optional = WithoutFiles(node.Optional) };

    private static ImmutableArray<InputDefinition> WithoutFiles(ImmutableArray<InputDefinition> inputs) => [.. inputs.Select(input =>
        input.Files is { Extra.IsDefaultOrEmpty: false } files && input.Choices is not null
            ? input with { Files = null, Choices = JsonSerializer.Serialize(files.Extra) }
            : input with { Files = null })];
}
