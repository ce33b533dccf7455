namespace Farm.TestNodes.ForTesting;

/// <summary>An output node with an output: an image times a value.</summary>
internal sealed class TestOutputNodeWithSocketOutput : Node
{
    /// <inheritdoc />
    protected override void Define(NodeBuilder node) => node
        .V1().Named(nameof(TestOutputNodeWithSocketOutput), "Test Output Node With Socket Output").In("_for_testing").OutputNode()
        .Input("image", "IMAGE")
        .Float("value", 1, 0, 10)
        .Output("IMAGE");

    /// <inheritdoc />
    protected override NodeResult Run(NodeCall call) => NodeResult.Of(call.Get<Tensor>("image").mul(call.Get<double>("value")));
}
