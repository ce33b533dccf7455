namespace Farm.TestNodes.Lists;

/// <summary>Counts the elements of an accumulation.</summary>
internal sealed class TestAccumulationGetLengthNode : VariantNode
{
    /// <inheritdoc />
    protected override void Define(NodeBuilder node) => node
        .V1().Named(nameof(TestAccumulationGetLengthNode), "Accumulation Get Length").In("Testing/Lists")
        .Input("accumulation", "ACCUMULATION")
        .Output("INT");

    /// <inheritdoc />
    protected override NodeResult Run(NodeCall call) => NodeResult.Of((long)Accumulation.ElementsOf(call).Count);
}
