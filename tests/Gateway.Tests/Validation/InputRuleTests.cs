using System.Text.Json;
using Farm.Contracts.Catalog;
using Farm.Gateway.Catalog;
using Farm.Gateway.Http;
using Farm.Gateway.Tests.Fakes;
using Farm.Gateway.Validation;
using Xunit;

namespace Farm.Gateway.Tests.Validation;

/// <summary>What becomes of inputs while a prompt is checked (execution semantics, 1, 3, 5 and 6).</summary>
public class InputRuleTests
{
    [Theory]
    [InlineData("i", "5.7", "5")]
    [InlineData("i", "\"7\"", "7")]
    [InlineData("i", "true", "1")]
    [InlineData("f", "true", "1.0")]
    [InlineData("s", "null", "\"None\"")]
    [InlineData("s", """{"a": 1}""", "\"{'a': 1}\"")]
    [InlineData("b", "\"false\"", "true")]
    [InlineData("b", "0", "false")]
    [InlineData("any", """{"__value__": [1, 2, 3]}""", "[1,2,3]")]
    public async Task Rule22_32_Literal_IsKeptAsTheDeclaredType(string input, string given, string kept)
    {
        var graph = Checker.Graph($$$$"""{"1": {"class_type": "Kinds", "inputs": {"{{{{input}}}}": {{{{given}}}}}}}""");

        var result = await Checker.ValidateAsync(graph, Kinds);

        Assert.Null(result.Refusal);
        Assert.Equal(kept, graph.Find("1")!.Inputs![input].GetRawText().Replace(", ", ",", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Rule22_32_WrappedList_IsNoInteger()
    {
        var error = await OneErrorAsync("""{"i": {"__value__": [1, 2, 3]}}""");

        Assert.Equal("invalid_input_type", error.Type);
        Assert.Equal("[1,2,3]", Info(error).GetProperty("received_value").GetRawText().Replace(" ", "", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("[1]", "bad_linked_input", "i")]
    [InlineData("[1, 2]", "exception_during_validation", "1")]
    [InlineData("[\"9\", 0]", "exception_during_validation", "'9'")]
    [InlineData("[\"1\", 0.5]", "exception_during_validation", "tuple indices must be integers or slices, not float")]
    [InlineData("[\"1\", 5]", "exception_during_validation", "tuple index out of range")]
    public async Task Rule22_33_List_IsALinkWhateverItHolds(string given, string type, string details)
    {
        var error = await OneErrorAsync($$"""{"i": {{given}}}""");

        Assert.Equal((type, details), (error.Type, error.Details));
    }

    [Theory]
    [InlineData("1", true)]
    [InlineData("1.0", true)]
    [InlineData("true", true)]
    [InlineData("\"1\"", false)]
    public async Task Rule5_8_Choices_CompareAsInPython(string given, bool accepted)
    {
        var node = Definitions.Node("Chooses", [Definitions.Combo("c", "[1, \"x\"]")], [], NodeTraits.OutputNode);

        var result = await Checker.ValidateAsync($$$$"""{"1": {"class_type": "Chooses", "inputs": {"c": {{{{given}}}}}}}""", node);

        Assert.Equal(accepted, result.Refusal is null);
    }

    [Fact]
    public async Task Rule5_8_MoreThanTwentyChoices_AreNotListed()
    {
        var node = Definitions.Node(
            "Chooses", [Definitions.Combo("c", $"[{string.Join(", ", Enumerable.Range(0, 21).Select(i => $"\"{i}\""))}]")], [], NodeTraits.OutputNode);

        var result = await Checker.ValidateAsync("""{"1": {"class_type": "Chooses", "inputs": {"c": "x"}}}""", node);

        var error = Assert.Single(Assert.Single(result.NodeErrors).Errors);
        Assert.Equal("c: 'x' not in (list of length 21)", error.Details);
        Assert.Equal(JsonValueKind.Null, Info(error).GetProperty("input_config").ValueKind);
    }

    [Fact]
    public async Task Rule5_8_ListGivenToAMultiCombo_MustItselfBeAChoice()
    {
        var node = Definitions.Node(
            "Chooses", [Definitions.Input("c", "COMBO", """{"options": ["a", "b", ["a", "b"]], "multi_select": true}""")], [], NodeTraits.OutputNode) with { Style = NodeStyle.V3 };

        var listed = await Checker.ValidateAsync("""{"1": {"class_type": "Chooses", "inputs": {"c": {"__value__": ["a", "b"]}}}}""", node);
        var other = await Checker.ValidateAsync("""{"1": {"class_type": "Chooses", "inputs": {"c": {"__value__": ["a"]}}}}""", node);

        Assert.Null(listed.Refusal);
        Assert.Equal("value_not_in_list", Assert.Single(Assert.Single(other.NodeErrors).Errors).Type);
    }

    [Fact]
    public async Task Rule5_5_OneErrorAnInput_AndAllInputsChecked()
    {
        var result = await Checker.ValidateAsync("""{"1": {"class_type": "Kinds", "inputs": {"i": 99, "f": "x", "s": 1}}}""", Kinds);

        Assert.Equal(["value_bigger_than_max", "invalid_input_type"], Assert.Single(result.NodeErrors).Errors.Select(e => e.Type));
    }

    [Fact]
    public async Task Rule5_12_ErrorsFoundOnACycle_StandBehindTheCycle()
    {
        var node = Definitions.Node("Two", [Definitions.Input("a", "*"), Definitions.Input("b", "*")], ["*"], NodeTraits.OutputNode);

        var result = await Checker.ValidateAsync("""{"1": {"class_type": "Two", "inputs": {"a": ["1", 0]}}}""", node);

        var errors = Assert.Single(result.NodeErrors).Errors;
        Assert.Equal(["dependency_cycle", "required_input_missing"], errors.Select(e => e.Type));
        Assert.Equal("1 (Two) -> 1 (Two)", errors[0].Details);
    }

    [Fact]
    public async Task Rule1_7_NodeBehindAnUndeclaredLink_IsNeitherCheckedNorCoerced()
    {
        var graph = Checker.Graph("""
            {"0": {"class_type": "SolidMask", "inputs": {"value": 9.0, "width": 8.0}},
             "1": {"class_type": "Anything", "inputs": {"value": 1, "free": ["0", 0]}}}
            """);

        var result = await Checker.ValidateAsync(graph);

        Assert.Null(result.Refusal);
        Assert.Equal("8.0", graph.Find("0")!.Inputs!["width"].GetRawText());
    }

    [Fact]
    public async Task Rule3_MissingOptionalInput_IsNotFilledIn()
    {
        var graph = Checker.Graph("""{"1": {"class_type": "Kinds", "inputs": {"f": 0.125}}}""");

        await Checker.ValidateAsync(graph, Kinds);

        Assert.Equal("""{"1":{"class_type":"Kinds","inputs":{"f":0.125}}}""", graph.ToJson());
    }

    [Theory]
    [InlineData("""{"s.x": 3}""", null)]
    [InlineData("""{"s": "given"}""", "x|s.x")]
    [InlineData("""{"s": "given", "s.x": 3}""", null)]
    public async Task Rule6_4_DynamicSlot_DeclaresItsInputsWhenItIsThere(string inputs, string? expected)
    {
        var node = Definitions.Node(
            "Slot", [Definitions.Input("s", "COMFY_DYNAMICSLOT_V3", """{"slotType": "*", "inputs": {"required": {"x": ["INT", {}]}}}""")], [], NodeTraits.OutputNode) with
        {
            Style = NodeStyle.V3,
            Required = [],
            Optional = [Definitions.Input("s", "COMFY_DYNAMICSLOT_V3", """{"slotType": "*", "inputs": {"required": {"x": ["INT", {}]}}}""")],
        };

        var result = await Checker.ValidateAsync($$$"""{"1": {"class_type": "Slot", "inputs": {{{inputs}}}}}""", node);

        var error = result.NodeErrors.SelectMany(e => e.Errors).SingleOrDefault();
        Assert.Equal(expected, error is null ? null : $"{error.Details}|{Info(error).GetProperty("input_name").GetString()}");
    }

    [Fact]
    public async Task Rule5_3_CollectedOutputs_AreCheckedWithWhatTheyNeed_NothingElse()
    {
        var counted = new CountingRule();
        var graph = Checker.Graph("""
            {"0": {"class_type": "Anything", "inputs": {"value": 1}}, "1": {"class_type": "Anything", "inputs": {"value": ["0", 0]}},
             "2": {"class_type": "Anything", "inputs": {"value": ["1", 0]}}, "3": {"class_type": "Anything", "inputs": {"value": ["1", 0]}}}
            """);

        var result = await new PromptValidator([], [], [counted]).ValidateAsync(
            graph, new CatalogView(new NodeCatalog(new CatalogSnapshot(1, [.. Definitions.All]))), new HashSet<string> { "2", "0" });

        Assert.Equal(["0", "2"], result.Targets);
        Assert.Equal(["0", "1", "2"], counted.Checked);
    }

    [Fact]
    public async Task Rule5_17_NoGoodOutput_TellsTheOutputsOwnErrorsOnly()
    {
        var result = await Checker.ValidateAsync("""
            {"0": {"class_type": "SolidMask", "inputs": {"value": 9.0, "width": 8, "height": 8}},
             "1": {"class_type": "Kinds", "inputs": {"i": 99, "f": "x"}}, "2": {"class_type": "MaskPreview", "inputs": {"mask": ["0", 0]}}}
            """, Kinds);

        Assert.Equal(("prompt_outputs_failed_validation", "Prompt outputs failed validation"), (result.Refusal!.Type, result.Refusal.Message));
        Assert.Equal(
            "Value 99 bigger than max of 10: i\nFailed to convert an input value to a FLOAT value: f, x, could not convert string to float: 'x'", result.Refusal.Details.Trim());
        Assert.Empty(result.Targets);
    }

    [Fact]
    [Trait("Rule", "5.3")]
    public async Task Rule5_4_NodeBehindSeveralOthers_IsCheckedOnce()
    {
        var counted = new CountingRule();
        var validator = new PromptValidator([], [], [counted]);
        var graph = Checker.Graph("""
            {"0": {"class_type": "Anything", "inputs": {"value": 1}}, "1": {"class_type": "Anything", "inputs": {"value": ["0", 0], "again": ["0", 0]}},
             "2": {"class_type": "Anything", "inputs": {"value": ["1", 0]}}, "3": {"class_type": "Anything", "inputs": {"value": ["1", 0]}}}
            """);

        await validator.ValidateAsync(graph, new CatalogView(new NodeCatalog(new CatalogSnapshot(1, [.. Definitions.All]))), new HashSet<string> { "2", "3" });

        Assert.Equal(["0", "1", "2", "3"], counted.Checked);
    }

    [Fact]
    public async Task Rule20_Outputs_AreTakenInPromptOrder()
    {
        var result = await Checker.ValidateAsync("""
            {"b": {"class_type": "Anything", "inputs": {"value": 1}}, "c": {"class_type": "Anything", "inputs": {"value": 2}},
             "a": {"class_type": "Anything", "inputs": {"value": 3}}}
            """);

        Assert.Equal(["b", "c", "a"], result.Targets);
    }

    private static NodeDefinition Kinds => Definitions.Node("Kinds", [], ["INT"], NodeTraits.OutputNode) with
    {
        Optional =
        [
            Definitions.Input("i", "INT", """{"default": 3, "max": 10}"""), Definitions.Input("f", "FLOAT", """{"default": 1.0, "round": 1, "step": 1}"""),
            Definitions.Input("s", "STRING"), Definitions.Input("b", "BOOLEAN"), Definitions.Input("any", "*"),
        ],
    };

    private static async Task<NodeError> OneErrorAsync(string inputs)
    {
        var result = await Checker.ValidateAsync($$$"""{"1": {"class_type": "Kinds", "inputs": {{{inputs}}}}}""", Kinds);
        return Assert.Single(Assert.Single(result.NodeErrors).Errors);
    }

    private sealed class CountingRule : INodeRule
    {
        public List<string> Checked { get; } = [];

        public ValueTask<IReadOnlyList<NodeError>> CheckAsync(NodeInspection inspection)
        {
            Checked.Add(inspection.Node.Id);
            return ValueTask.FromResult<IReadOnlyList<NodeError>>([]);
        }
    }

    private static JsonElement Info(NodeError error) => JsonText.Parse(JsonText.Write(error.Write), maxDepth: 64).GetProperty("extra_info");
}
