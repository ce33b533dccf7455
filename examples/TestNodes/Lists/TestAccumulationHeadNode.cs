namespace Farm.TestNodes.Lists;

/// <summary>Takes the first element off an accumulation.</summary>
internal sealed class TestAccumulationHeadNode : VariantNode
{
    /// <inheritdoc />
    protected override void Define(NodeBuilder node) => node
        .V1().Named(nameof(TestAccumulationHeadNode), "Accumulation Head").In("Testing/Lists")
        .Input("accumulation", "ACCUMULATION")
        .Output("ACCUMULATION")
        .Output("*");

    /// <inheritdoc />
    protected override NodeResult Run(NodeCall call) => Accumulation.ElementsOf(call) is [var first, ..] elements
        ? NodeResult.Of(Accumulation.Of(elements.Skip(1)), first)
        : NodeResult.Of(call.Value("accumulation"), null);
}
