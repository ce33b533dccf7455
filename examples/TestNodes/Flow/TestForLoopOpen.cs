namespace Farm.TestNodes.Flow;

/// <summary>The head of a counted loop.</summary>
internal sealed class TestForLoopOpen : VariantNode
{
    private static readonly int[] Slots = [1, 2, 3, 4];

    /// <inheritdoc />
    protected override void Define(NodeBuilder node)
    {
        node.V1().Named(nameof(TestForLoopOpen), "For Loop Open").In("Testing/Flow").Expands()
            .Int("remaining", 1, 0, 100000, 1)
            .OptionalInputs();
        foreach (var slot in Slots)
            node.Input($"initial_value{slot}", "*");
        node.Hidden("initial_value0", """["*"]""")
            .Output("FLOW_CONTROL", "flow_control")
            .Output("INT", "remaining");
        foreach (var slot in Slots)
            node.Output("*", $"value{slot}");
    }

    /// <inheritdoc />
    protected override NodeResult Run(NodeCall call)
    {
        // A copy that a closing node makes is given the count by this name.
        var remaining = call.Value(call.Names.Contains("initial_value0") ? "initial_value0" : "remaining");
        object?[] values = [.. Slots.Select(slot => call.Value($"initial_value{slot}"))];
        var graph = call.Context.NewGraph();
        var open = graph.Add("TestWhileLoopOpen").Set("condition", remaining).Set("initial_value0", remaining);
        foreach (var slot in Slots)
            open.Set($"initial_value{slot}", values[slot - 1]);
        return NodeResult.Expand(graph.Build(), ["stub", remaining, .. values]);
    }
}
