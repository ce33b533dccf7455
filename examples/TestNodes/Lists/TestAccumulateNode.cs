namespace Farm.TestNodes.Lists;

/// <summary>Adds an element to an accumulation, which may be missing.</summary>
internal sealed class TestAccumulateNode : VariantNode
{
    /// <inheritdoc />
    protected override void Define(NodeBuilder node) => node
        .V1().Named(nameof(TestAccumulateNode), "Accumulate").In("Testing/Lists")
        .Input("to_add", "*")
        .OptionalInputs()
        .Input("accumulation", "ACCUMULATION")
        .Output("ACCUMULATION");

    /// <inheritdoc />
    protected override NodeResult Run(NodeCall call) =>
        NodeResult.Of(Accumulation.Of([.. Accumulation.ElementsOf(call), call.Value("to_add")]));
}
