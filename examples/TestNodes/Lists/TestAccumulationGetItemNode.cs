namespace Farm.TestNodes.Lists;

/// <summary>Gives one element of an accumulation.</summary>
internal sealed class TestAccumulationGetItemNode : VariantNode
{
    /// <inheritdoc />
    protected override void Define(NodeBuilder node) => node
        .V1().Named(nameof(TestAccumulationGetItemNode), "Accumulation Get Item").In("Testing/Lists")
        .Input("accumulation", "ACCUMULATION")
        .Int("index", 0, step: 1)
        .Output("*");

    /// <inheritdoc />
    protected override NodeResult Run(NodeCall call)
    {
        var elements = Accumulation.ElementsOf(call);
        return NodeResult.Of(elements[Accumulation.Position(elements, call.Get<long>("index"))]);
    }
}
