namespace Farm.TestNodes.Special;

/// <summary>Gives plain results for small inputs and a graph for others.</summary>
internal sealed class TestMixedExpansionReturns : Node
{
    /// <inheritdoc />
    protected override void Define(NodeBuilder node) => node
        .V1().Named(nameof(TestMixedExpansionReturns), "Mixed Expansion Returns").In("Testing/Nodes").Expands()
        .Input("input1", "FLOAT")
        .Output("IMAGE")
        .Output("IMAGE");

    /// <inheritdoc />
    protected override NodeResult Run(NodeCall call) => call.Get<double>("input1") switch
    {
        <= 0.1 => NodeResult.Of(Tensors.ConstantImage(0.1), Tensors.ConstantImage(1)),
        <= 0.2 => NodeResult.Of(Tensors.ConstantImage(0.2), Tensors.ConstantImage(1)),
        _ => Expand(call.Context.NewGraph()),
    };

    private static NodeResult Expand(GraphBuilder graph)
    {
        var mask = graph.Add("StubMask").Set("value", 0.3).Set("height", 512L).Set("width", 512L).Set("batch_size", 1L);
        var black = Stub(graph, "BLACK");
        var white = Stub(graph, "WHITE");
        var mix = graph.Add("TestLazyMixImages").Set("image1", black.Out()).Set("image2", white.Out()).Set("mask", mask.Out());
        return NodeResult.Expand(graph.Build(), mix.Out(), Tensors.ConstantImage(1));
    }

    private static GraphNode Stub(GraphBuilder graph, string content) =>
        graph.Add("StubImage").Set("content", content).Set("height", 512L).Set("width", 512L).Set("batch_size", 1L);
}
