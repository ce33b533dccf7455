using System.Text.Json.Nodes;
using Farm.Contracts.Catalog;
using Farm.Worker.Gpu.Tests.Fixtures;
using Xunit;

namespace Farm.Worker.Gpu.Tests.Nodes;

/// <summary>Definitions against ComfyUI 0.19.3's recorded <c>/object_info</c>, less help texts and file lists.</summary>
public class DefinitionTests
{
    public static TheoryData<string> Classes => [.. RecordedCasesTests.Nodes.Keys];

    [Theory]
    [MemberData(nameof(Classes))]
    public void Definition_EveryField_EqualsTheRecordedOne(string classType)
    {
        var expected = Assert.IsType<JsonObject>(Recorded.Definitions[classType]).DeepClone().AsObject();
        var actual = RecordedCasesTests.Nodes[classType].Definition;
        // The folders are those of the machine that was recorded.
        foreach (var input in actual.Required.Where(input => input.Files?.Folder == FileChoices.InputFolders))
            expected["input"]!["required"]![input.Name]![1]!["options"] = new JsonArray();

        Assert.Equal(expected.ContainsKey("price_badge") ? NodeStyle.V3 : NodeStyle.V1, actual.Style);
        Assert.Equal((string?)expected["display_name"], actual.DisplayName);
        Assert.Equal((string?)expected["category"], actual.Category);
        Assert.Equal((string?)expected["python_module"], actual.PythonModule);
        Assert.Equal(Inputs(expected, "required"), Inputs(actual.Required, actual.Style));
        Assert.Equal(Inputs(expected, "optional"), Inputs(actual.Optional, actual.Style));
        Assert.Equal(Hidden(expected), actual.Hidden.Select(input => $"{input.Name}: {input.Kind}"));
        Assert.Equal(Outputs(expected), Outputs(actual));
        Assert.Equal(Flags(expected), actual.Traits & Shown);
        Assert.Equal((string?)expected["essentials_category"], (string?)JsonNode.Parse(actual.More ?? "{}")!["essentials_category"]);
    }

    private const NodeTraits Shown = NodeTraits.OutputNode | NodeTraits.InputIsList | NodeTraits.Deprecated | NodeTraits.Experimental
        | NodeTraits.DevOnly | NodeTraits.ApiNode | NodeTraits.IntermediateOutput;

    private static NodeTraits Flags(JsonObject expected)
    {
        (string Name, NodeTraits Trait)[] flags =
        [
            ("output_node", NodeTraits.OutputNode), ("is_input_list", NodeTraits.InputIsList), ("deprecated", NodeTraits.Deprecated),
            ("experimental", NodeTraits.Experimental), ("dev_only", NodeTraits.DevOnly), ("api_node", NodeTraits.ApiNode),
            ("has_intermediate_output", NodeTraits.IntermediateOutput),
        ];
        return flags.Where(flag => (bool?)expected[flag.Name] is true).Aggregate(NodeTraits.None, (all, flag) => all | flag.Trait);
    }

    private static IEnumerable<string> Inputs(JsonObject expected, string section) =>
        from input in expected["input"]![section]?.AsObject() ?? []
        let spec = input.Value!.AsArray()
        let type = spec[0] is JsonArray choices ? choices.ToJsonString() : (string)spec[0]!
        select $"{input.Key}: {type} {(spec.Count > 1 ? spec[1]!.ToJsonString() : "none")}";

    private static IEnumerable<string> Inputs(IEnumerable<InputDefinition> inputs, NodeStyle style) =>
        from input in inputs
        let type = input.Choices is null ? input.Type : Choices(input)
        select $"{input.Name}: {type} {Options(input, style)}";

    private static string Choices(InputDefinition input) =>
        new JsonArray([.. JsonNode.Parse(input.Choices!)!.AsArray().Select(choice => choice?.DeepClone()), .. (input.Files?.Extra ?? []).Select(extra => (JsonNode)extra)]).ToJsonString();

    private static string Options(InputDefinition input, NodeStyle style)
    {
        if (style == NodeStyle.V1 && input.Options is null) return "none";
        var options = JsonNode.Parse(input.Options ?? "{}")!.AsObject();
        options.Remove("tooltip");
        return options.ToJsonString();
    }

    private static IEnumerable<string> Hidden(JsonObject expected) =>
        (expected["input"]!["hidden"]?.AsObject() ?? []).Select(input => $"{input.Key}: {(input.Value is JsonArray list ? list[0] : input.Value)}");

    private static IEnumerable<string> Outputs(JsonObject expected)
    {
        var match = expected["output_matchtypes"]?.AsArray();
        for (var i = 0; i < expected["output"]!.AsArray().Count; i++)
        {
            var type = expected["output"]![i] is JsonArray choices ? choices.ToJsonString() : (string)expected["output"]![i]!;
            yield return $"{expected["output_name"]![i]} {type} {(bool?)expected["output_is_list"]![i]} {match?[i]}";
        }
    }

    // A few nodes list something else than a switch under output_is_list, as a member of their own.
    private static IEnumerable<string> Outputs(NodeDefinition actual)
    {
        var listed = JsonNode.Parse(actual.More ?? "{}")!["output_is_list"]?.AsArray().Select(element => (bool?)element);
        return actual.Outputs.Zip(listed ?? actual.Outputs.Select(output => (bool?)output.IsList)).Select(output =>
            $"{output.First.Name} {output.First.Choices ?? output.First.Type} {output.Second} {output.First.MatchTemplate}");
    }
}
