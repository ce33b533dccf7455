namespace Farm.TestNodes.Async;

/// <summary>Expands into as many sleeps as asked for and their average.</summary>
internal sealed class TestDynamicAsyncGeneration : Node
{
    /// <inheritdoc />
    protected override void Define(NodeBuilder node) => node
        .V1().Named(nameof(TestDynamicAsyncGeneration), "Test Dynamic Async Generation").In("_for_testing/async").Expands()
        .Input("image1", "IMAGE")
        .Input("image2", "IMAGE")
        .Int("num_async_nodes", 3, 1, 10)
        .Float("sleep_duration", 0.2, 0.1, 1)
        .Output("IMAGE");

    /// <inheritdoc />
    protected override NodeResult Run(NodeCall call)
    {
        var graph = call.Context.NewGraph();
        GraphNode[] sleeps =
        [
            .. Enumerable.Range(0, call.Get<int>("num_async_nodes")).Select(i => graph.Add("TestSleep")
                .Set("value", call.Value(i % 2 == 0 ? "image1" : "image2")).Set("seconds", call.Value("sleep_duration"))),
        ];
        if (sleeps.Length == 1)
            return NodeResult.Expand(graph.Build(), sleeps[0].Out());
        var average = graph.Add("TestVariadicAverage");
        for (var i = 0; i < sleeps.Length; i++)
            average.Set($"input{i + 1}", sleeps[i].Out());
        return NodeResult.Expand(graph.Build(), average.Out());
    }
}
