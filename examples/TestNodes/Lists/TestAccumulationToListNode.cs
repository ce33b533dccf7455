namespace Farm.TestNodes.Lists;

/// <summary>Gives the elements of an accumulation as a list.</summary>
internal sealed class TestAccumulationToListNode : VariantNode
{
    /// <inheritdoc />
    protected override void Define(NodeBuilder node) => node
        .V1().Named(nameof(TestAccumulationToListNode), "Accumulation to List").In("Testing/Lists")
        .Input("accumulation", "ACCUMULATION")
        .Output("*", isList: true);

    /// <inheritdoc />
    protected override NodeResult Run(NodeCall call) => NodeResult.Of(Accumulation.ElementsOf(call));
}
