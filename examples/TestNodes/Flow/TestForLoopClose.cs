namespace Farm.TestNodes.Flow;

/// <summary>The tail of a counted loop: counts down and leaves the rest to <see cref="TestWhileLoopClose"/>.</summary>
internal sealed class TestForLoopClose : VariantNode
{
    private static readonly int[] Slots = [1, 2, 3, 4];

    /// <inheritdoc />
    protected override void Define(NodeBuilder node)
    {
        node.V1().Named(nameof(TestForLoopClose), "For Loop Close").In("Testing/Flow").Expands()
            .Input("flow_control", "FLOW_CONTROL", input => input.RawLink())
            .OptionalInputs();
        foreach (var slot in Slots)
            node.Input($"initial_value{slot}", "*", input => input.RawLink());
        foreach (var slot in Slots)
            node.Output("*", $"value{slot}");
    }

    /// <inheritdoc />
    protected override NodeResult Run(NodeCall call)
    {
        var graph = call.Context.NewGraph();
        var open = call.Get<NodeLink>("flow_control");
        var remaining = graph.Add("TestIntMathOperation")
            .Set("operation", "subtract").Set("a", new NodeLink(open.NodeId, 1)).Set("b", 1L);
        var goOn = graph.Add("TestToBoolNode").Set("value", remaining.Out());
        var close = graph.Add("TestWhileLoopClose")
            .Set("flow_control", open).Set("condition", goOn.Out()).Set("initial_value0", remaining.Out());
        foreach (var slot in Slots)
            close.Set($"initial_value{slot}", call.Value($"initial_value{slot}"));
        return NodeResult.Expand(graph.Build(), [.. Slots.Select(slot => close.Out(slot))]);
    }
}
