using System.Text.Json.Nodes;
using Xunit;

namespace Farm.EndToEnd.ExecutionRules;

/// <summary>The rows about partial_execution_targets (rule 2.7).</summary>
public sealed class PartialExecutionRows(UncachedFarm farm) : IClassFixture<UncachedFarm>
{
    [Fact]
    public async Task PartialExecutionIncludedOutputs()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        var (image1, image2) = (graph.Image("BLACK"), graph.Image("WHITE"));
        var (save1, save2) = (graph.Save(image1), graph.Save(image2));

        var run = await client.RunAsync(graph, Targets(save1));

        Assert.Equal([image1, save1], run.Ran);
        Assert.Single(await run.ImagesAsync(save1));
        Assert.Empty(await run.ImagesAsync(save2));
    }

    [Fact]
    public async Task PartialExecutionExcludedOutputs()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        var (image1, image2, image3) = (graph.Image("BLACK"), graph.Image("WHITE"), graph.Image("NOISE"));
        var (save1, save2, save3) = (graph.Save(image1), graph.Save(image2), graph.Save(image3));

        var run = await client.RunAsync(graph, Targets(save1, save3));

        Assert.Equal(new[] { image1, image3, save1, save3 }.Order(), run.Ran.Order());
        Assert.Empty(await run.ImagesAsync(save2));
    }

    [Fact]
    public async Task PartialExecutionDependencies()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        var image = graph.Image("WHITE");
        var (first, other) = (Chain(graph, image, 0.5), Chain(graph, image, 0.3));
        var second = Chain(graph, first, 0.5);

        var run = await client.RunAsync(graph, Targets(second));

        Assert.Equal([image, first, second], run.Ran);
        Assert.False(run.DidRun(other));
    }

    [Fact]
    public async Task PartialExecutionMultipleOutputNodes()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        var image = graph.Image("WHITE");
        var (a, b, c) = (Chain(graph, image, 0.1), Chain(graph, image, 0.2), Chain(graph, image, 0.3));
        var (saveA, saveC) = (graph.Save(a), graph.Save(c));

        var run = await client.RunAsync(graph, Targets(saveA, b));

        Assert.Equal(new[] { image, a, b, saveA }.Order(), run.Ran.Order());
        Assert.False(run.DidRun(c) || run.DidRun(saveC));
    }

    [Fact]
    public async Task PartialExecutionWithLazyNodes()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        var (black, white, noise) = (graph.Image("BLACK"), graph.Image("WHITE"), graph.Image("NOISE"));
        var (lazy, both) = (graph.Mix(black, white, graph.Mask(0.0)), graph.Mix(white, noise, graph.Mask(0.5)));
        var (save1, save2) = (graph.Save(lazy), graph.Save(both));

        var run = await client.RunAsync(graph, Targets(save1));

        Assert.Equal([0], await run.ColoursAsync(save1));
        Assert.True(run.DidRun(black));
        Assert.False(run.DidRun(white) || run.DidRun(noise) || run.DidRun(both) || run.DidRun(save2));
    }

    [Fact]
    public async Task PartialExecutionEmptyList()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        var image = graph.Image("BLACK");
        graph.Save(image);

        var none = await client.PostAsync(graph, Targets());
        var noOutput = await client.PostAsync(graph, Targets(image, "unknown"));

        Assert.Equal((400, 400), (none.Status, noOutput.Status));
        Assert.Equal("prompt_no_outputs", none.Body.GetProperty("error").GetProperty("type").GetString());
        Assert.Equal("prompt_no_outputs", noOutput.Body.GetProperty("error").GetProperty("type").GetString());
    }

    private static string Chain(RulesGraph graph, string image, double value) =>
        graph.Add("TestOutputNodeWithSocketOutput", ("image", RulesGraph.Link(image)), ("value", value));

    private static Action<JsonObject> Targets(params string[] ids) =>
        body => body["partial_execution_targets"] = new JsonArray([.. ids.Select(id => JsonValue.Create(id))]);
}
