namespace Farm.TestNodes.Special;

/// <summary>Leaves its links to the test of variant nodes.</summary>
internal sealed class TestCustomValidation3 : VariantNode
{
    /// <inheritdoc />
    protected override void Define(NodeBuilder node) => node
        .V1().Named(nameof(TestCustomValidation3), "Custom Validation 3").In("Testing/Nodes")
        .Input("input1", "IMAGE,FLOAT")
        .Input("input2", "IMAGE,FLOAT")
        .Output("IMAGE");

    /// <inheritdoc />
    protected override NodeResult Run(NodeCall call) => FloatProduct.Run(call);
}
