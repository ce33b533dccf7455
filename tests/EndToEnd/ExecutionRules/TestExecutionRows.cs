using Xunit;

namespace Farm.EndToEnd.ExecutionRules;

/// <summary>
/// The observations of ComfyUI 0.19.3's execution tests, a test a row, over HTTP and a socket; named after the rows. Run against every way
/// of caching, as there; without a cache the statements about caching are turned round.
/// </summary>
public abstract class TestExecutionRows(RulesFarm farm)
{
    [Fact]
    public async Task LazyInput()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        var (black, white, mask) = (graph.Image("BLACK"), graph.Image("WHITE"), graph.Mask(0.0));
        var mix = graph.Mix(black, white, mask);
        var save = graph.Save(mix);

        var run = await client.RunAsync(graph);

        Assert.Equal([0], await run.ColoursAsync(save));
        Assert.True(run.DidRun(black) && run.DidRun(mask) && run.DidRun(mix) && run.DidRun(save));
        Assert.False(run.DidRun(white));
    }

    [Fact]
    public async Task FullCache()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        var (black, noise, mask) = (graph.Image("BLACK"), graph.Image("NOISE"), graph.Mask(0.5));
        graph.Save(graph.Mix(black, noise, mask));
        await client.RunAsync(graph);

        var second = await client.RunAsync(graph);

        Assert.All(graph.Prompt, node => Assert.Equal(!farm.KeepsResults, second.DidRun(node.Key)));
    }

    [Fact]
    public async Task PartialCache()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        var (black, noise, mask) = (graph.Image("BLACK"), graph.Image("NOISE"), graph.Mask(0.5));
        graph.Save(graph.Mix(black, noise, mask));
        await client.RunAsync(graph);
        graph[mask]["value"] = 0.4;

        var second = await client.RunAsync(graph);

        Assert.Equal(!farm.KeepsResults, second.DidRun(black));
        Assert.Equal(!farm.KeepsResults, second.DidRun(noise));
    }

    [Fact]
    public async Task Error()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        graph.Save(graph.Mix(graph.Image("BLACK"), graph.Image("WHITE", size: 256), graph.Mask(0.5)));

        var run = await client.RunAsync(graph);

        Assert.Equal(run.PromptId, run.Error.GetProperty("prompt_id").GetString());
        Assert.Equal("RuntimeError", run.Error.GetProperty("exception_type").GetString());
    }

    [Theory]
    [InlineData("5", false)]
    [InlineData("\"foo\"", false)]
    [InlineData("5.0", true)]
    public async Task ValidationErrorLiteral(string value, bool accepted)
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        graph.Save(graph.Add("TestCustomValidation1", ("input1", System.Text.Json.Nodes.JsonNode.Parse(value)), ("input2", 3.0)));

        Assert.Equal(accepted ? 200 : 400, (await client.PostAsync(graph)).Status);
    }

    [Fact]
    public async Task ValidationErrorEdge1()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        var number = graph.Add("StubInt", ("value", 5));
        var mask = graph.Add("StubMask", ("value", 5.0));
        graph.Save(graph.Add("TestCustomValidation1", ("input1", RulesGraph.Link(number)), ("input2", 3.0)));
        graph.Save(graph.Add("TestCustomValidation1", ("input1", RulesGraph.Link(mask)), ("input2", 3.0)));

        var (status, body) = await client.PostAsync(graph);

        Assert.Equal(400, status);
        Assert.Equal("prompt_outputs_failed_validation", body.GetProperty("error").GetProperty("type").GetString());
    }

    [Theory]
    [InlineData("TestCustomValidation2", "StubInt", false)]
    [InlineData("TestCustomValidation2", "StubFloat", true)]
    [InlineData("TestCustomValidation3", "StubInt", false)]
    [InlineData("TestCustomValidation3", "StubFloat", true)]
    [InlineData("TestCustomValidation4", "StubInt", false)]
    [InlineData("TestCustomValidation4", "StubFloat", true)]
    public async Task ValidationErrorEdge2_3_4(string classType, string stub, bool accepted)
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        var source = graph.Add(stub, ("value", stub == "StubInt" ? 5 : 5.0));
        graph.Save(graph.Add(classType, ("input1", RulesGraph.Link(source)), ("input2", 3.0)));

        Assert.Equal(accepted ? 200 : 400, (await client.PostAsync(graph)).Status);
    }

    [Theory]
    [InlineData(0.5, true)]
    [InlineData(5.0, true)]
    [InlineData(7.0, false)]
    public async Task ValidationErrorKwargs(double value, bool accepted)
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        graph.Save(graph.Add("TestCustomValidation5", ("input1", 0.5), ("input2", value)));

        var (status, body) = await client.PostAsync(graph);

        Assert.Equal(accepted ? 200 : 400, status);
        if (!accepted)
            Assert.Contains("input2 - 7s are not allowed. I've never liked 7s.", NodeErrors.Details(body, "1"));
    }

    [Fact]
    public async Task CycleError()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        var (image1, image2, mask) = (graph.Image("BLACK"), graph.Image("WHITE"), graph.Mask(0.5));
        var first = graph.Add("TestLazyMixImages", ("image1", RulesGraph.Link(image1)), ("mask", RulesGraph.Link(mask)));
        var second = graph.Mix(first, image2, mask);
        graph.Save(second);

        var missing = await client.PostAsync(graph);
        graph[first]["image2"] = RulesGraph.Link(second);
        var cycle = await client.PostAsync(graph);

        Assert.Equal((400, 400), (missing.Status, cycle.Status));
        Assert.Equal(["required_input_missing"], NodeErrors.Types(missing.Body, first));
        Assert.Equal([$"{second} (TestLazyMixImages) -> {first} (TestLazyMixImages) -> {second} (TestLazyMixImages)"], NodeErrors.Details(cycle.Body, first));
    }

    [Fact]
    public async Task DynamicCycleError()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        var generator = graph.Add("TestDynamicDependencyCycle", ("input1", RulesGraph.Link(graph.Image("BLACK"))), ("input2", RulesGraph.Link(graph.Image("WHITE"))));
        graph.Save(generator);

        var run = await client.RunAsync(graph);

        Assert.Equal(generator, run.Error.GetProperty("node_id").GetString());
        Assert.Equal("Dependency cycle detected", run.Error.GetProperty("exception_message").GetString());
    }

    [Fact]
    public async Task MissingNodeError()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        var (image1, image2, image3, mask) = (graph.Image("BLACK"), graph.Image("WHITE"), graph.Image("WHITE"), graph.Mask(0.5));
        var (mix1, mix2) = (graph.Mix(image1, image2, mask), graph.Mix(image1, image3, mask));
        var (save1, save2) = (graph.Save(mix1), graph.Save(mix2));
        var removed = graph.Prompt[image2]!.DeepClone();
        graph.Prompt.Remove(image2);

        var broken = await client.RunAsync(graph);

        Assert.False(broken.DidRun(save1));
        Assert.Equal([127], await broken.ColoursAsync(save2));
        graph.Prompt[image2] = removed;
        var whole = await client.RunAsync(graph);
        Assert.Equal([127], await whole.ColoursAsync(save1));
        Assert.Equal([127], await whole.ColoursAsync(save2));
    }

    [Fact]
    public async Task CustomIsChanged()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        graph.AddAs("save", "SaveImage", ("images", RulesGraph.Link("changed")), ("filename_prefix", "rules"));
        graph.AddAs("changed", "TestCustomIsChanged", ("image", RulesGraph.Link("image")), ("should_change", false));
        graph.AddAs("image", "StubImage", ("content", "BLACK"), ("height", 32), ("width", 32), ("batch_size", 1));

        var first = await client.RunAsync(graph);
        var second = await client.RunAsync(graph);
        graph["changed"]["should_change"] = true;
        var third = await client.RunAsync(graph);
        var fourth = await client.RunAsync(graph);

        Assert.True(first.DidRun("changed"));
        Assert.Equal(!farm.KeepsResults, second.DidRun("changed"));
        Assert.True(third.DidRun("changed"));
        Assert.True(fourth.DidRun("changed"));
    }

    [Fact]
    public async Task UndeclaredInputs()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        var (white, black) = (RulesGraph.Link(graph.Image("WHITE")), RulesGraph.Link(graph.Image("BLACK")));
        var save = graph.Save(graph.Add("TestVariadicAverage", ("input1", white), ("input2", black), ("input3", black), ("input4", black)));

        Assert.Equal([255 / 4], await (await client.RunAsync(graph)).ColoursAsync(save));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task ForLoop(int rounds)
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        var open = graph.Add("TestForLoopOpen", ("remaining", rounds), ("initial_value1", RulesGraph.Link(graph.Image("WHITE"))));
        var average = graph.Add("TestVariadicAverage", ("input1", RulesGraph.Link(open, 2)), ("input2", RulesGraph.Link(graph.Image("BLACK"))));
        var changed = graph.Add("TestCustomIsChanged", ("image", RulesGraph.Link(average)), ("should_change", true));
        var close = graph.Add("TestForLoopClose", ("flow_control", RulesGraph.Link(open)), ("initial_value1", RulesGraph.Link(changed)));
        var save = graph.Save(close);

        var run = await client.RunAsync(graph);

        Assert.Equal([255 >> rounds], await run.ColoursAsync(save));
        Assert.True(run.DidRun(changed));
    }

    [Fact]
    public async Task MixedExpansionReturns()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        var list = graph.Add("TestMakeListNode", ("value1", RulesGraph.Link(graph.Add("StubFloat", ("value", 0.1)))),
            ("value2", RulesGraph.Link(graph.Add("StubFloat", ("value", 0.2)))), ("value3", RulesGraph.Link(graph.Add("StubFloat", ("value", 0.3)))));
        var mixed = graph.Add("TestMixedExpansionReturns", ("input1", RulesGraph.Link(list)));
        var (first, second) = (graph.Save(mixed), graph.Save(mixed, slot: 1));

        var run = await client.RunAsync(graph);

        Assert.Equal([25, 51, 76], await run.ColoursAsync(first));
        Assert.Equal([255, 255, 255], await run.ColoursAsync(second));
    }

    [Fact]
    public async Task MixedLazyResults()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        var list = graph.Add("TestMakeListNode", ("value1", RulesGraph.Link(graph.Add("StubFloat", ("value", 0.0)))),
            ("value2", RulesGraph.Link(graph.Add("StubFloat", ("value", 0.5)))), ("value3", RulesGraph.Link(graph.Add("StubFloat", ("value", 1.0)))));
        var mix = graph.Mix(graph.Image("BLACK"), graph.Image("WHITE"), graph.Mask(RulesGraph.Link(list)));
        var save = graph.Save(graph.Add("RebatchImages", ("images", RulesGraph.Link(mix)), ("batch_size", 3)));

        Assert.Equal([0, 127, 255], await (await client.RunAsync(graph)).ColoursAsync(save));
    }

    [Fact]
    public async Task OutputReuse()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        var image = graph.Image("WHITE");
        var (first, second) = (graph.Save(image), graph.Save(image));

        var run = await client.RunAsync(graph);

        Assert.Single(await run.ImagesAsync(first));
        Assert.Single(await run.ImagesAsync(second));
    }

    [Fact]
    public async Task IsChangedWithOutputs()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        var changed = graph.Add("TestIsChangedWithConstants", ("image", RulesGraph.Link(graph.Constant(0.5))), ("value", 0.5));
        var preview = graph.Preview(changed);

        var first = await client.RunAsync(graph);
        var second = await client.RunAsync(graph);

        Assert.Equal([63], await first.ColoursAsync(preview));
        Assert.Equal([63], await second.ColoursAsync(preview));
        Assert.Equal(!farm.KeepsResults, second.DidRun(changed));
    }

    [Fact]
    public async Task ParallelSleepNodes()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        var image = RulesGraph.Link(graph.Image("BLACK"));
        string[] sleeps = [.. new[] { 0.29, 0.3, 0.31 }.Select(seconds => graph.Add("TestSleep", ("value", image), ("seconds", seconds)))];
        string[] previews = [.. sleeps.Select(sleep => graph.Preview(sleep))];

        var run = await client.RunAsync(graph);

        Assert.All(previews, preview => Assert.True(run.DidRun(preview)));
        Overlap.AssertAllAtOnce(run, sleeps);
    }

    [Fact]
    public async Task ParallelSleepExpansion()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        var (white, black) = (RulesGraph.Link(graph.Image("WHITE")), RulesGraph.Link(graph.Image("BLACK")));
        var parallel = graph.Add("TestParallelSleep", ("image1", white), ("image2", black), ("image3", white), ("sleep1", 0.4), ("sleep2", 0.5), ("sleep3", 0.45));
        var save = graph.Save(parallel);

        var run = await client.RunAsync(graph);

        Assert.Equal([170], await run.ColoursAsync(save));
        Overlap.AssertAllAtOnce(run, $"{parallel}.0.0.1", $"{parallel}.0.0.2", $"{parallel}.0.0.3");
    }

    [Fact]
    public async Task ExecutionBlockListOutput()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        var (image1, image2, image3) = (graph.Image("BLACK"), graph.Image("WHITE"), graph.Image("BLACK"));
        var images = graph.Add("TestMakeListNode", ("value1", RulesGraph.Link(image1)), ("value2", RulesGraph.Link(image2)), ("value3", RulesGraph.Link(image3)));
        var numbers = graph.Add("TestMakeListNode", ("value1", RulesGraph.Link(graph.Add("StubInt", ("value", 1)))),
            ("value2", RulesGraph.Link(graph.Add("StubInt", ("value", 2)))), ("value3", RulesGraph.Link(graph.Add("StubInt", ("value", 3)))));
        var equal = graph.Add("TestIntConditions", ("a", RulesGraph.Link(numbers)), ("b", 2), ("operation", "=="));
        var blocker = graph.Add("TestExecutionBlocker", ("input", RulesGraph.Link(images)), ("block", RulesGraph.Link(equal)), ("verbose", false));
        var preview = graph.Preview(graph.Add("TestMakeListNode", ("value1", RulesGraph.Link(blocker))));

        var run = await client.RunAsync(graph);

        Assert.True(run.DidRun(preview));
        Assert.Equal([0, 0], await run.ColoursAsync(preview));
        Assert.Empty(run.Of("execution_error"));
    }
}

/// <summary>The rows with ComfyUI's default cache.</summary>
public sealed class TestExecutionRowsClassic(ClassicFarm farm) : TestExecutionRows(farm), IClassFixture<ClassicFarm>;

/// <summary>The rows with an LRU cache of 100.</summary>
public sealed class TestExecutionRowsLru(LruFarm farm) : TestExecutionRows(farm), IClassFixture<LruFarm>;

/// <summary>The rows without a cache.</summary>
public sealed class TestExecutionRowsUncached(UncachedFarm farm) : TestExecutionRows(farm), IClassFixture<UncachedFarm>;
