using Xunit;

namespace Farm.EndToEnd.ExecutionRules;

/// <summary>Rules about a farm that keeps no results.</summary>
public sealed class UncachedRules(UncachedFarm farm) : IClassFixture<UncachedFarm>
{
    [Fact]
    [Trait("Rule", "13.8")]
    public async Task Rule22_22_Loop_RunsTheSourcesOutsideItAgainOnce()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        graph.AddAs("1", "StubImage", ("content", "WHITE"), ("height", 16), ("width", 16), ("batch_size", 1));
        graph.AddAs("o", "TestForLoopOpen", ("remaining", 2), ("initial_value1", RulesGraph.Link("1")));
        graph.AddAs("m", "TestVariadicAverage", ("input1", RulesGraph.Link("o", 2)));
        graph.AddAs("c", "TestForLoopClose", ("flow_control", RulesGraph.Link("o")), ("initial_value1", RulesGraph.Link("m")));
        graph.AddAs("s", "SaveImage", ("images", RulesGraph.Link("c")), ("filename_prefix", "rules"));

        var run = await client.RunAsync(graph);

        var executing = run.Of("executing").Select(data => data.GetProperty("node").GetString()).ToList();
        Assert.All(new[] { "1", "o", "m" }, node => Assert.Equal(2, executing.Count(id => id == node)));
        Assert.Equal([255], await run.ColoursAsync("s"));
        Assert.All(run.Of("execution_cached"), data => Assert.Empty(data.GetProperty("nodes").EnumerateArray()));
    }
}
