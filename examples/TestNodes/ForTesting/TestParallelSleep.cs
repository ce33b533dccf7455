namespace Farm.TestNodes.ForTesting;

/// <summary>Expands into three sleeps side by side and the average of what they pass on.</summary>
internal sealed class TestParallelSleep : Node
{
    /// <inheritdoc />
    protected override void Define(NodeBuilder node) => node
        .V1().Named(nameof(TestParallelSleep), "Test Parallel Sleep").In("_for_testing").OutputNode().Expands()
        .Input("image1", "IMAGE")
        .Input("image2", "IMAGE")
        .Input("image3", "IMAGE")
        .Float("sleep1", 0.5, 0, 10, 0.01)
        .Float("sleep2", 0.5, 0, 10, 0.01)
        .Float("sleep3", 0.5, 0, 10, 0.01)
        .Hidden("unique_id", "UNIQUE_ID")
        .Output("IMAGE");

    /// <inheritdoc />
    protected override NodeResult Run(NodeCall call)
    {
        var graph = call.Context.NewGraph();
        GraphNode[] sleeps =
        [
            .. Enumerable.Range(1, 3).Select(i =>
                graph.Add("TestSleep").Set("value", call.Value($"image{i}")).Set("seconds", call.Value($"sleep{i}"))),
        ];
        var average = graph.Add("TestVariadicAverage");
        for (var i = 0; i < sleeps.Length; i++)
            average.Set($"input{i + 1}", sleeps[i].Out());
        return NodeResult.Expand(graph.Build(), average.Out());
    }
}
