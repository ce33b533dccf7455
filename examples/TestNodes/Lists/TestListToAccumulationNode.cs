namespace Farm.TestNodes.Lists;

/// <summary>Gathers a list into an accumulation.</summary>
internal sealed class TestListToAccumulationNode : VariantNode
{
    /// <inheritdoc />
    protected override void Define(NodeBuilder node) => node
        .V1().Named(nameof(TestListToAccumulationNode), "List to Accumulation").In("Testing/Lists")
        .InputIsList().More("is_input_list", new object[] { true }) // ComfyUI lists the flag as its author wrote it.
        .Input("list", "*")
        .Output("ACCUMULATION");

    /// <inheritdoc />
    protected override NodeResult Run(NodeCall call) => NodeResult.Of(Accumulation.Of(call.List<object?>("list")));
}
