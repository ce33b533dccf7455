namespace Farm.TestNodes.Lists;

/// <summary>Replaces one element of an accumulation.</summary>
internal sealed class TestAccumulationSetItemNode : VariantNode
{
    /// <inheritdoc />
    protected override void Define(NodeBuilder node) => node
        .V1().Named(nameof(TestAccumulationSetItemNode), "Accumulation Set Item").In("Testing/Lists")
        .Input("accumulation", "ACCUMULATION")
        .Int("index", 0, step: 1)
        .Input("value", "*")
        .Output("ACCUMULATION");

    /// <inheritdoc />
    protected override NodeResult Run(NodeCall call)
    {
        object?[] elements = [.. Accumulation.ElementsOf(call)];
        elements[Accumulation.Position(elements, call.Get<long>("index"))] = call.Value("value");
        return NodeResult.Of(Accumulation.Of(elements));
    }
}
