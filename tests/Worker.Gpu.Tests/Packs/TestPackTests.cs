using System.IO.Compression;
using System.Text.Json.Nodes;
using Farm.Contracts.Catalog;
using Xunit;

namespace Farm.Worker.Gpu.Tests.Packs;

/// <summary>The pack of examples/TestNodes, loaded from a folder as an operator drops it there.</summary>
public sealed class TestPackTests
{
    // Recorded from ComfyUI 0.19.3 with its execution-test nodes; tooltips and the always empty description left out.
    private static readonly JsonObject Recorded = ReadRecorded();

    public static TheoryData<string> Classes => [.. Recorded.Select(entry => entry.Key)];

    [Fact]
    public void TestPack_Loaded_HasEveryRecordedClassAndNoErrors()
    {
        Assert.Empty(PackFolders.TestNodes.Value.Errors);
        Assert.Equal(52, Recorded.Count);
        Assert.Equal(Recorded.Select(entry => entry.Key).Order(StringComparer.Ordinal), PackFolders.TestNodes.Value.Types.Select(type => type.Definition.ClassType).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Classes))]
    public void TestPack_Definition_EqualsTheRecordedOne(string classType)
    {
        var definition = PackFolders.TestNodes.Value.Types.Single(type => type.Definition.ClassType == classType).Definition;

        Assert.True(JsonNode.DeepEquals(Recorded[classType], Entry(definition)), $"{Recorded[classType]}\n!=\n{Entry(definition)}");
        Assert.Equal(Recorded[classType]!["input"]!.ToJsonString(), Entry(definition)["input"]!.ToJsonString(), ignoreLineEndingDifferences: false, ignoreCase: false);
    }

    private static JsonObject Entry(NodeDefinition node)
    {
        var entry = new JsonObject
        {
            ["input"] = Inputs(node),
            ["input_order"] = Order(node),
            ["is_input_list"] = node.Is(NodeTraits.InputIsList),
            ["output"] = new JsonArray([.. node.Outputs.Select(output => JsonValue.Create(output.Type))]),
            ["output_is_list"] = new JsonArray([.. node.Outputs.Select(output => JsonValue.Create(output.IsList))]),
            ["output_name"] = new JsonArray([.. node.Outputs.Select(output => JsonValue.Create(output.Name))]),
            ["name"] = node.ClassType,
            ["display_name"] = node.DisplayName,
            ["python_module"] = node.PythonModule,
            ["category"] = node.Category,
            ["output_node"] = node.Is(NodeTraits.OutputNode),
            ["has_intermediate_output"] = node.Is(NodeTraits.IntermediateOutput),
            ["search_aliases"] = new JsonArray(),
        };
        foreach (var (name, value) in JsonNode.Parse(node.More ?? "{}")!.AsObject())
            entry[name] = value?.DeepClone();
        return entry;
    }

    private static JsonObject Inputs(NodeDefinition node)
    {
        var sections = new JsonObject { ["required"] = Section(node.Required) };
        if (node.Optional.Length > 0)
            sections["optional"] = Section(node.Optional);
        if (node.Hidden.Length > 0)
            sections["hidden"] = new JsonObject(node.Hidden.Select(input =>
                KeyValuePair.Create(input.Name, input.Kind.StartsWith('[') ? JsonNode.Parse(input.Kind) : JsonValue.Create(input.Kind))));
        return sections;
    }

    private static JsonObject Section(IEnumerable<InputDefinition> inputs) => new(inputs.Select(input =>
    {
        var type = input.Choices is null ? JsonValue.Create(input.Type) : JsonNode.Parse(input.Choices);
        if (input.Options is null)
            return KeyValuePair.Create<string, JsonNode?>(input.Name, new JsonArray(type));
        var options = JsonNode.Parse(input.Options)!.AsObject();
        options.Remove("tooltip");
        return KeyValuePair.Create<string, JsonNode?>(input.Name, new JsonArray(type, options));
    }));

    private static JsonObject Order(NodeDefinition node)
    {
        var order = new JsonObject { ["required"] = new JsonArray([.. node.Required.Select(input => JsonValue.Create(input.Name))]) };
        if (node.Optional.Length > 0)
            order["optional"] = new JsonArray([.. node.Optional.Select(input => JsonValue.Create(input.Name))]);
        if (node.Hidden.Length > 0)
            order["hidden"] = new JsonArray([.. node.Hidden.Select(input => JsonValue.Create(input.Name))]);
        return order;
    }

    private static JsonObject ReadRecorded()
    {
        var path = Path.Combine(AppContext.BaseDirectory, "Fixtures", "Packs", "test-nodes-object_info.json.br");
        using var unpacked = new BrotliStream(File.OpenRead(path), CompressionMode.Decompress);
        return JsonNode.Parse(unpacked)!.AsObject();
    }
}
