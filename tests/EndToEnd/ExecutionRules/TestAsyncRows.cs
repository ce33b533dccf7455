using System.Text.Json.Nodes;
using Xunit;

namespace Farm.EndToEnd.ExecutionRules;

/// <summary>The observations of ComfyUI 0.19.3's tests of asynchronous nodes, a test a row. Where they take the time, these look at what overlaps.</summary>
public abstract class TestAsyncRows(RulesFarm farm)
{
    [Fact]
    public async Task BasicAsyncExecution()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        var sleep = Sleep(graph, graph.Image("BLACK"), 0.1);
        var save = graph.Save(sleep);

        var run = await client.RunAsync(graph);

        Assert.True(run.DidRun(sleep));
        Assert.Equal([0], await run.ColoursAsync(save));
    }

    [Fact]
    public async Task MultipleAsyncParallelExecution()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        var image = graph.Image("BLACK");
        string[] sleeps = [Sleep(graph, image, 0.3), Sleep(graph, image, 0.4), Sleep(graph, image, 0.5)];
        foreach (var sleep in sleeps)
            graph.Preview(sleep);

        var run = await client.RunAsync(graph);

        Assert.All(sleeps, sleep => Assert.True(run.DidRun(sleep)));
        Overlap.AssertAllAtOnce(run, sleeps);
    }

    [Fact]
    public async Task AsyncWithDependencies()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        var (sleep1, sleep2) = (Sleep(graph, graph.Image("BLACK"), 0.1), Sleep(graph, graph.Image("WHITE"), 0.1));
        var save = graph.Save(graph.Add("TestVariadicAverage", ("input1", RulesGraph.Link(sleep1)), ("input2", RulesGraph.Link(sleep2))));

        Assert.Equal([127], await (await client.RunAsync(graph)).ColoursAsync(save));
    }

    [Fact]
    public async Task AsyncValidateInputs()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        var node = graph.Add("TestAsyncValidation", ("value", 5.0), ("threshold", 10.0));
        graph.Save(node);

        var run = await client.RunAsync(graph);
        graph[node]["threshold"] = JsonNode.Parse("3.0");
        var (status, body) = await client.PostAsync(graph);

        Assert.True(run.DidRun(node));
        Assert.Equal(400, status);
        Assert.Equal(["value - Value 5.0 exceeds threshold 3.0", "threshold - Value 5.0 exceeds threshold 3.0"], NodeErrors.Details(body, node));
    }

    [Fact]
    public async Task AsyncLazyEvaluation()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        var (sleep1, sleep2) = (Sleep(graph, graph.Image("BLACK"), 0.1), Sleep(graph, graph.Image("WHITE"), 0.1));
        var save = graph.Save(graph.Mix(sleep1, sleep2, graph.Mask(0.0)));

        var run = await client.RunAsync(graph);

        Assert.Equal([0], await run.ColoursAsync(save));
        Assert.True(run.DidRun(sleep1));
        Assert.False(run.DidRun(sleep2));
    }

    [Fact]
    public async Task AsyncCheckLazyStatus()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        var check = graph.Add("TestAsyncLazyCheck", ("input1", "value1"), ("input2", "value2"), ("condition", true));
        graph.Save(check);

        Assert.True((await client.RunAsync(graph)).DidRun(check));
    }

    [Fact]
    public async Task AsyncExecutionError()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        var node = graph.Add("TestAsyncError", ("value", RulesGraph.Link(graph.Image("BLACK"))), ("error_after", 0.1));
        graph.Save(node);

        var run = await client.RunAsync(graph);

        Assert.Equal((run.PromptId, node), (run.Error.GetProperty("prompt_id").GetString(), run.Error.GetProperty("node_id").GetString()));
        Assert.Equal("Intentional async execution error for testing\n", run.Error.GetProperty("exception_message").GetString());
        Assert.Equal("{}", run.Error.GetProperty("current_inputs").ToString());
    }

    [Fact]
    public async Task AsyncValidationError()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        graph.Save(graph.Add("TestAsyncValidationError", ("value", 15.0), ("max_value", 10.0)));

        var (status, body) = await client.PostAsync(graph);

        Assert.Equal(400, status);
        Assert.Contains("value - Async validation failed: 15.0 > 10.0", NodeErrors.Details(body, "1"));
    }

    [Fact]
    public async Task AsyncTimeoutHandling()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        graph.Save(graph.Add("TestAsyncTimeout", ("value", RulesGraph.Link(graph.Image("BLACK"))), ("timeout", 0.5), ("operation_time", 2.0)));

        var run = await client.RunAsync(graph);

        Assert.Equal("Operation timed out after 0.5 seconds\n", run.Error.GetProperty("exception_message").GetString());
    }

    [Fact]
    public async Task ConcurrentAsyncErrorRecovery()
    {
        using var client = await farm.ConnectAsync();
        var bad = new RulesGraph();
        bad.Save(bad.Add("TestAsyncError", ("value", RulesGraph.Link(bad.Image("BLACK"))), ("error_after", 0.05)));
        var good = new RulesGraph();
        var save = good.Save(Sleep(good, good.Image("WHITE"), 0.05));

        Assert.Single((await client.RunAsync(bad)).Of("execution_error"));
        Assert.Equal([255], await (await client.RunAsync(good)).ColoursAsync(save));
    }

    [Fact]
    public async Task SyncErrorDuringAsyncExecution()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        var image = graph.Image("BLACK");
        graph.Save(Sleep(graph, image, 30));
        var error = graph.Add("TestSyncError", ("value", RulesGraph.Link(image)));
        graph.Save(error);

        var run = await client.RunAsync(graph);

        Assert.Equal(error, run.Error.GetProperty("node_id").GetString());
    }

    [Fact]
    public async Task AsyncWithExecutionBlocker()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        var images = graph.Add("TestMakeListNode", ("value1", RulesGraph.Link(Sleep(graph, graph.Image("BLACK"), 0.05))), ("value2", RulesGraph.Link(Sleep(graph, graph.Image("WHITE"), 0.1))));
        var numbers = graph.Add("TestMakeListNode", ("value1", RulesGraph.Link(graph.Add("StubInt", ("value", 1)))), ("value2", RulesGraph.Link(graph.Add("StubInt", ("value", 2)))));
        var equal = graph.Add("TestIntConditions", ("a", RulesGraph.Link(numbers)), ("b", 2), ("operation", "=="));
        var blocker = graph.Add("TestExecutionBlocker", ("input", RulesGraph.Link(images)), ("block", RulesGraph.Link(equal)), ("verbose", false));
        var preview = graph.Preview(blocker);

        Assert.Equal([0], await (await client.RunAsync(graph)).ColoursAsync(preview));
    }

    [Fact]
    public async Task AsyncCachingBehavior()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        var sleep = Sleep(graph, graph.Image("BLACK"), 0.1);
        graph.Save(sleep);

        var first = await client.RunAsync(graph);
        var second = await client.RunAsync(graph);

        Assert.True(first.DidRun(sleep));
        Assert.False(second.DidRun(sleep));
    }

    [Fact]
    public async Task AsyncWithDynamicPrompts()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        var (white, black) = (graph.Image("WHITE"), graph.Image("BLACK"));
        var node = graph.Add("TestDynamicAsyncGeneration", ("image1", RulesGraph.Link(white)), ("image2", RulesGraph.Link(black)), ("num_async_nodes", 5), ("sleep_duration", 0.4));
        graph.Save(node);

        var run = await client.RunAsync(graph);

        Assert.True(run.DidRun(node));
        Overlap.AssertAllAtOnce(run, Enumerable.Range(1, 5).Select(i => $"{node}.0.0.{i}"));
    }

    [Fact]
    public async Task AsyncResourceCleanup()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        var image = graph.Image("BLACK");
        string[] users = [.. Enumerable.Range(0, 5).Select(i => graph.Add("TestAsyncResourceUser", ("value", RulesGraph.Link(image)), ("resource_id", $"resource_{i}"), ("duration", 0.1)))];
        foreach (var user in users)
            graph.Preview(user);

        var first = await client.RunAsync(graph);
        var second = await client.RunAsync(graph);

        Assert.All(users, user => Assert.True(first.DidRun(user) && !second.DidRun(user)));
        Assert.Empty(second.Of("execution_error"));
    }

    // The row async_cancellation observes nothing.
    [Fact]
    public async Task AsyncCancellation()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        var sleep = Sleep(graph, graph.Image("BLACK"), 600);
        graph.Save(sleep);
        var (_, body) = await client.PostAsync(graph);
        await client.UntilExecutingAsync(sleep);
        using var answer = await client.Http.PostAsync(new Uri("/interrupt", UriKind.Relative), content: null);

        var run = await client.FollowAsync(body.GetProperty("prompt_id").GetString()!);

        Assert.Equal(sleep, Assert.Single(run.Of("execution_interrupted")).GetProperty("node_id").GetString());
    }

    [Fact]
    public async Task MixedSyncAsyncExecution()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        var mix = graph.Mix(graph.Image("BLACK"), graph.Image("WHITE"), graph.Mask(0.5));
        var sleep1 = Sleep(graph, mix, 0.1);
        var half = graph.Add("TestCustomValidation1", ("input1", RulesGraph.Link(sleep1)), ("input2", 0.5));
        var sleep2 = Sleep(graph, half, 0.1);
        var save = graph.Save(sleep2);

        var run = await client.RunAsync(graph);

        Assert.Equal([63], await run.ColoursAsync(save));
        Assert.All(new[] { mix, sleep1, half, sleep2, save }, node => Assert.True(run.DidRun(node)));
    }

    private static string Sleep(RulesGraph graph, string value, double seconds) =>
        graph.Add("TestSleep", ("value", RulesGraph.Link(value)), ("seconds", seconds));
}

/// <summary>The rows with ComfyUI's default cache.</summary>
public sealed class TestAsyncRowsClassic(ClassicFarm farm) : TestAsyncRows(farm), IClassFixture<ClassicFarm>;

/// <summary>The rows with an LRU cache of 100.</summary>
public sealed class TestAsyncRowsLru(LruFarm farm) : TestAsyncRows(farm), IClassFixture<LruFarm>;
