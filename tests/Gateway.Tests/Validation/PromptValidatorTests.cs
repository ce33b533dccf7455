using System.Text;
using Farm.Contracts.Catalog;
using Farm.Gateway.Http;
using Farm.Gateway.Tests.Fakes;
using Farm.Gateway.Validation;
using Xunit;

namespace Farm.Gateway.Tests.Validation;

public class PromptValidatorTests
{
    [Fact]
    public async Task Chain_OfTenThousandNodes_IsCheckedToItsEnd()
    {
        var json = new StringBuilder("""{"0": {"class_type": "EmptyImage", "inputs": {"width": 0, "height": 8, "batch_size": 1, "color": 1}}""");
        for (var i = 1; i <= 10_000; i++)
            json.Append($$$""", "{{{i}}}": {"class_type": "ImageInvert", "inputs": {"image": ["{{{i - 1}}}", 0]}}""");
        json.Append(""", "s": {"class_type": "PreviewImage", "inputs": {"images": ["10000", 0]}}}""");

        var result = await Checker.ValidateAsync(json.ToString());

        Assert.Equal("0", Assert.Single(result.NodeErrors).Node.Id);
        Assert.Empty(result.Targets);
    }

    // Execution semantics 22.36, there with StubMask and T: errors found by an earlier output are listed under later ones.
    [Fact]
    [Trait("Rule", "5.15")]
    [Trait("Rule", "5.16")]
    public async Task Rule22_36_FailingOutputs_AreListedUnderEveryBrokenNodeMetUntilThen()
    {
        const string prompt = """
            {"x": {"class_type": "SolidMask", "inputs": {"value": 9.0, "width": 8, "height": 8}},
             "y": {"class_type": "SolidMask", "inputs": {"value": 8.0, "width": 8, "height": 8}},
             "Z": {"class_type": "Anything", "inputs": {"value": ["x", 0]}},
             "B": {"class_type": "Anything", "inputs": {"value": ["y", 0]}},
             "A": {"class_type": "Anything", "inputs": {"value": ["x", 0]}},
             "G": {"class_type": "Anything", "inputs": {"value": "ok"}}}
            """;

        var result = await Checker.ValidateAsync(prompt);

        Assert.Null(result.Refusal);
        Assert.Equal(["G"], result.Targets);
        Assert.Equal(["Z", "B", "A"], result.NodeErrors.Single(e => e.Node.Id == "x").DependentOutputs);
        Assert.Equal(["B", "A"], result.NodeErrors.Single(e => e.Node.Id == "y").DependentOutputs);
    }

    [Fact]
    public async Task Rule1_4_WrappedLiteral_OfADeclaredInput_IsUnwrappedInThePrompt()
    {
        var graph = Checker.Graph("""{"1": {"class_type": "Anything", "inputs": {"value": {"__value__": [1, 2, 3], "other": 1}, "free": {"__value__": 5}}}}""");

        var result = await Checker.ValidateAsync(graph);

        Assert.Null(result.Refusal);
        Assert.Equal("""{"1":{"class_type":"Anything","inputs":{"value":[1,2,3],"free":{"__value__":5}}}}""", graph.ToJson());
    }

    [Fact]
    public async Task Rule1_1_Prompt_WithCoercedLiterals_KeepsKeyOrderAndNumberTexts()
    {
        var graph = Checker.Graph("""{"b": {"_meta": {"n": 1.50}, "inputs": {"value": "0.5", "width": 8.9, "height": "16", "free": 1.0}, "class_type": "SolidMask"}, "a": {"class_type": "MaskPreview", "inputs": {"mask": ["b", 0]}}}""");

        var result = await Checker.ValidateAsync(graph);

        Assert.Null(result.Refusal);
        Assert.Equal("""{"b":{"_meta":{"n":1.50},"inputs":{"value":0.5,"width":8,"height":16,"free":1.0},"class_type":"SolidMask"},"a":{"class_type":"MaskPreview","inputs":{"mask":["b",0]}}}""", graph.ToJson());
    }

    [Theory]
    [Trait("Rule", "22.33")]
    [InlineData("""[["a", 0]]""", "bad_linked_input")]
    [InlineData("""[1, 2]""", "exception_during_validation")]
    [InlineData("""["1", 0.5]""", "exception_during_validation")]
    [InlineData("""["1", "0"]""", "exception_during_validation")]
    [InlineData("""[["x"], 0]""", "exception_during_validation")]
    public async Task Rule1_3_Link_OfAWrongKind_IsRefused(string link, string type)
    {
        var result = await Checker.ValidateAsync("""{"1": {"class_type": "EmptyImage", "inputs": {"width": 8, "height": 8, "batch_size": 1, "color": 0}}, "2": {"class_type": "PreviewImage", "inputs": {"images": """ + link + "}}}");

        Assert.Equal(type, Assert.Single(Assert.Single(result.NodeErrors).Errors).Type);
    }

    [Fact]
    public async Task Rule1_6_Slot_Negative_CountsFromTheEnd()
    {
        var result = await Checker.ValidateAsync("""{"1": {"class_type": "EmptyImage", "inputs": {"width": 8, "height": 8, "batch_size": 1, "color": 0}}, "2": {"class_type": "PreviewImage", "inputs": {"images": ["1", -1]}}}""");

        Assert.Equal(["2"], result.Targets);
    }

    // Execution semantics 22.39, recorded.
    [Theory]
    [Trait("Rule", "6.1")]
    [Trait("Rule", "6.2")]
    [Trait("Rule", "6.3")]
    [InlineData("""{"dc": "none", "ag.n0": "x"}""", null)]
    [InlineData("""{"dc": "one", "ag.n0": "x"}""", "x|dc.x")]
    [InlineData("""{"dc": "two"}""", "n0|ag.n0")]
    [InlineData("""{"dc": "one", "dc.x": 3, "ag.n0": "x", "ag.n2": "y"}""", null)]
    public async Task Rule22_39_DynamicInputs_UnfoldWithTheValues(string inputs, string? expected)
    {
        var dynamic = Definitions.Node("Dynamic", [
            Definitions.Input("dc", "COMFY_DYNAMICCOMBO_V3", """{"options": [{"key": "one", "inputs": {"required": {"x": ["INT", {"min": 0}]}}}, {"key": "two", "inputs": {"optional": {"y": ["STRING", {}]}}}]}"""),
            Definitions.Input("ag", "COMFY_AUTOGROW_V3", """{"template": {"input": {"required": {"n": ["STRING", {"forceInput": true}]}}, "prefix": "n", "min": 1, "max": 3}}""")],
            [], NodeTraits.OutputNode) with { Style = NodeStyle.V3 };

        var result = await Checker.ValidateAsync($$$"""{"1": {"class_type": "Dynamic", "inputs": {{{inputs}}}}}""", dynamic);

        var error = result.NodeErrors.SelectMany(e => e.Errors).SingleOrDefault();
        Assert.Equal(expected, error is null ? null : $"{error.Details}|{InputName(error)}");
    }

    private static string? InputName(NodeError error)
    {
        var written = JsonText.Write(error.Write);
        return JsonText.Parse(written, maxDepth: 64).GetProperty("extra_info").GetProperty("input_name").GetString();
    }
}
