namespace Farm.TestNodes.Flow;

/// <summary>The head of a loop: passes five values in.</summary>
internal sealed class TestWhileLoopOpen : VariantNode
{
    /// <inheritdoc />
    protected override void Define(NodeBuilder node)
    {
        node.V1().Named(nameof(TestWhileLoopOpen), "While Loop Open").In("Testing/Flow")
            .Boolean("condition", true)
            .OptionalInputs();
        for (var i = 0; i < 5; i++)
            node.Input($"initial_value{i}", "*");
        node.Output("FLOW_CONTROL");
        for (var i = 0; i < 5; i++)
            node.Output("*", $"value{i}");
    }

    /// <inheritdoc />
    protected override NodeResult Run(NodeCall call) =>
        NodeResult.Of(["stub", .. Enumerable.Range(0, 5).Select(i => call.Value($"initial_value{i}"))]);
}
