namespace Farm.TestNodes.Lists;

/// <summary>Takes the last element off an accumulation. An empty one comes out of the second slot.</summary>
internal sealed class TestAccumulationTailNode : Node
{
    /// <inheritdoc />
    protected override void Define(NodeBuilder node) => node
        .V1().Named(nameof(TestAccumulationTailNode), "Accumulation Tail").In("Testing/Lists")
        .Input("accumulation", "ACCUMULATION")
        .Output("ACCUMULATION")
        .Output("*");

    /// <inheritdoc />
    protected override NodeResult Run(NodeCall call) => Accumulation.ElementsOf(call) is [.., var last] elements
        ? NodeResult.Of(Accumulation.Of(elements.SkipLast(1)), last)
        : NodeResult.Of(null, call.Value("accumulation"));
}
