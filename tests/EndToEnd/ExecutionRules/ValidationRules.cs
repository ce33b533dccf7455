using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace Farm.EndToEnd.ExecutionRules;

/// <summary>
/// Rules of execution-semantics about submission that need the test nodes' own code, over HTTP; named after the rules. Texts are those of
/// ComfyUI 0.19.3.
/// </summary>
public sealed class ValidationRules(ClassicFarm farm) : IClassFixture<ClassicFarm>
{
    [Fact]
    public async Task Rule2_7_OutputNodeUpstreamOfATarget_Runs()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        var inner = graph.Add("TestOutputNodeWithSocketOutput", ("image", RulesGraph.Link(graph.Image("WHITE"))), ("value", 0.5));
        var save = graph.Save(inner);

        var run = await client.RunAsync(graph, body => body["partial_execution_targets"] = new JsonArray(save));

        Assert.True(run.DidRun(inner));
        Assert.Equal([127], await run.ColoursAsync(save));
    }

    [Fact]
    public async Task Rule5_9_FailingResult_IsOneErrorForEveryArgument()
    {
        var errors = await RefuseAsync("TestCustomValidation1", ("input1", 5), ("input2", 3.0));

        Assert.Equal(["input1 - Invalid type of input1: <class 'int'>", "input2 - Invalid type of input1: <class 'int'>"], Details(errors));
        Assert.All(errors, error => Assert.Equal("custom_validation_failed", error.GetProperty("type").GetString()));
        Assert.Equal(["input1", "input2"], errors.Select(error => error.GetProperty("extra_info").GetProperty("input_name").GetString()));
    }

    [Fact]
    public async Task Rule5_9_MissingArgument_IsAnException()
    {
        var errors = await RefuseAsync("TestCustomValidation4", ("input1", 5.0));

        Assert.Equal(["exception_during_validation"], errors.Select(error => error.GetProperty("type").GetString()));
        Assert.Equal(["TestCustomValidation4.VALIDATE_INPUTS() missing 1 required positional argument: 'input2'"], Details(errors));
    }

    [Fact]
    public async Task Rule5_9_ArbitraryKeywords_TurnTheRangesOff()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        graph.Save(graph.Add("TestCustomValidation5", ("input1", 500.0), ("input2", -3.0)));

        Assert.Equal(200, (await client.PostAsync(graph)).Status);
    }

    [Fact]
    public async Task Rule5_9_ArbitraryKeywords_TakeInputsLinksAndHiddenOnes_ButNoUndeclaredLiterals()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        var number = graph.Add("StubInt", ("value", 1));
        var node = graph.Add("ValidatesEverything", ("link", RulesGraph.Link(number)), ("free", 3), ("i", 4));

        var (_, body) = await client.PostAsync(graph);

        const string passed = "link=None i=4 id=2";
        Assert.Equal([$"link - {passed}", $"i - {passed}", $"id - {passed}"], NodeErrors.Details(body, node));
    }

    [Fact]
    public async Task Rule5_10_InputTypes_CountsAsAnArgument()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        var number = graph.Add("StubInt", ("value", 1));
        var node = graph.Add("TestCustomValidation2", ("input1", RulesGraph.Link(number)), ("input2", 3.0));
        var variant = graph.Add("TestCustomValidation3", ("input1", RulesGraph.Link(number)), ("input2", 3.0));
        graph.Save(node);
        graph.Save(variant);

        var (status, body) = await client.PostAsync(graph);

        Assert.Equal(400, status);
        Assert.Equal(
            ["input1 - Invalid type of input1: INT", "input2 - Invalid type of input1: INT", "input_types - Invalid type of input1: INT"],
            NodeErrors.Details(body, node));
        Assert.Equal(["input_types - Invalid type of input1: INT (expected IMAGE,FLOAT)"], NodeErrors.Details(body, variant));
    }

    [Fact]
    public async Task Rule5_10_VariantSource_IsAcceptedByAVariant_ButNotByOthers()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        var open = graph.Add("TestForLoopOpen", ("remaining", 2));
        var variant = graph.Add("TestCustomValidation3", ("input1", RulesGraph.Link(open, 1)), ("input2", 3.0));
        var plain = graph.Add("StubFloat", ("value", RulesGraph.Link(open, 1)));
        graph.Save(variant);
        graph.Save(graph.Add("TestCustomValidation5", ("input1", RulesGraph.Link(plain)), ("input2", 3.0)));

        var (status, body) = await client.PostAsync(graph);

        Assert.Equal(200, status);
        Assert.Empty(NodeErrors.Of(body, variant));
        Assert.Equal(["return_type_mismatch"], NodeErrors.Types(body, plain));
    }

    [Fact]
    public async Task Rule22_34_MissingInputs_AreListedInOrder()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        var mask = graph.Add("StubMask", ("value", 0.5));
        graph.Save(graph.Mix(graph.Image("BLACK"), graph.Image("WHITE"), mask));

        var (_, body) = await client.PostAsync(graph);

        Assert.Equal(["height", "width", "batch_size"], NodeErrors.Details(body, mask));
        Assert.All(NodeErrors.Types(body, mask), type => Assert.Equal("required_input_missing", type));
    }

    [Fact]
    [Trait("Rule", "5.14")]
    public async Task Rule22_35_TextIntoAnOldCombo_IsATypeMismatch()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        var text = graph.Add("PrimitiveString", ("value", "WHITE"));
        var image = graph.Add("StubImage", ("content", RulesGraph.Link(text)), ("height", 8), ("width", 8), ("batch_size", 1));
        graph.Save(image);

        var (_, body) = await client.PostAsync(graph);

        Assert.Equal(["content, received_type(STRING) mismatch input_type(['WHITE', 'BLACK', 'NOISE'])"], NodeErrors.Details(body, image));
    }

    [Fact]
    public async Task Rule22_37_ErrorsOfRangesAndOfTheValidator_AreBothTold()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        var node = graph.Add("ValidatesMode", ("i", 99), ("mode", "wrong"));

        var (status, body) = await client.PostAsync(graph);

        Assert.Equal(400, status);
        Assert.Equal(["value_bigger_than_max", "custom_validation_failed"], NodeErrors.Types(body, node));
        Assert.Equal(["i", "mode - no such mode"], NodeErrors.Details(body, node));
    }

    [Fact]
    public async Task Rule22_38_ValidatorThatTakesNothing_RefusesNothing()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        graph.Add("ValidatesNothing", ("i", 1));

        var (status, body) = await client.PostAsync(graph);

        Assert.Equal(200, status);
        Assert.Empty(body.GetProperty("node_errors").EnumerateObject());
    }

    private async Task<IReadOnlyList<JsonElement>> RefuseAsync(string classType, params (string, object?)[] inputs)
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        var node = graph.Add(classType, inputs);
        graph.Save(node);
        var (status, body) = await client.PostAsync(graph);
        Assert.Equal(400, status);
        // The class is upstream of the output: 5.11 then calls an exception an inner one.
        return [.. NodeErrors.Of(body, node).Select(Outer)];
    }

    private static JsonElement Outer(JsonElement error) =>
        JsonDocument.Parse(error.ToString().Replace("exception_during_inner_validation", "exception_during_validation", StringComparison.Ordinal)).RootElement;

    private static IEnumerable<string?> Details(IEnumerable<JsonElement> errors) => errors.Select(error => error.GetProperty("details").GetString());
}
