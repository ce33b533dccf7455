namespace Farm.TestNodes.Special;

/// <summary>Expands into a graph with a cycle.</summary>
internal sealed class TestDynamicDependencyCycle : Node
{
    /// <inheritdoc />
    protected override void Define(NodeBuilder node) => node
        .V1().Named(nameof(TestDynamicDependencyCycle), "Dynamic Dependency Cycle").In("Testing/Nodes").Expands()
        .Input("input1", "IMAGE")
        .Input("input2", "IMAGE")
        .Output("IMAGE");

    /// <inheritdoc />
    protected override NodeResult Run(NodeCall call)
    {
        var graph = call.Context.NewGraph();
        var mask = graph.Add("StubMask").Set("value", 0.5).Set("height", 512L).Set("width", 512L).Set("batch_size", 1L);
        var first = graph.Add("TestLazyMixImages").Set("image1", call.Value("input1")).Set("mask", mask.Out());
        var second = graph.Add("TestLazyMixImages")
            .Set("image1", first.Out()).Set("image2", call.Value("input2")).Set("mask", mask.Out());
        first.Set("image2", second.Out());
        return NodeResult.Expand(graph.Build(), second.Out());
    }
}
