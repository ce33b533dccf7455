using Xunit;

namespace Farm.EndToEnd.ExecutionRules;

/// <summary>Rules about farms that keep results while memory allows.</summary>
public sealed class RamRules(RamFarm roomy, CrampedFarm cramped) : IClassFixture<RamFarm>, IClassFixture<CrampedFarm>
{
    // The default cache drops the first prompt's when the second begins.
    [Fact]
    public async Task Rule13_8_ResultsOfAnEarlierPrompt_WithMemoryToSpare_AreKept()
    {
        using var client = await roomy.ConnectAsync();
        var graph = Average("BLACK");
        await client.RunAsync(graph);
        await client.RunAsync(Average("WHITE"));

        var again = await client.RunAsync(graph);

        Assert.All(graph.Prompt, node => Assert.True(again.WasCached(node.Key) && !again.DidRun(node.Key), node.Key));
    }

    [Fact]
    public async Task Rule13_8_Results_WithTooLittleMemory_ReachTheirConsumersAndAreDropped()
    {
        using var client = await cramped.ConnectAsync();
        var graph = Average("WHITE");
        var first = await client.RunAsync(graph);

        var second = await client.RunAsync(graph);

        Assert.All(graph.Prompt, node => Assert.True(second.DidRun(node.Key) && !second.WasCached(node.Key), node.Key));
        Assert.Equal(await first.ColoursAsync(SaveId), await second.ColoursAsync(SaveId));
        // Half of white and 0.5 lies at 0.75, which is cut to 191 of 255.
        Assert.Equal([191], await second.ColoursAsync(SaveId));
    }

    private const string SaveId = "4";

    private static RulesGraph Average(string content)
    {
        var graph = new RulesGraph();
        var average = graph.Add("TestVariadicAverage", ("input1", RulesGraph.Link(graph.Image(content))), ("input2", RulesGraph.Link(graph.Constant(0.5))));
        Assert.Equal(SaveId, graph.Save(average));
        return graph;
    }
}
