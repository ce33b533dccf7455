namespace Farm.TestNodes.Stubs;

/// <summary>A mask filled with one value.</summary>
internal sealed class StubMask : Node
{
    /// <inheritdoc />
    protected override void Define(NodeBuilder node) => node
        .V1().Named(nameof(StubMask), "Stub Mask").In("Testing/Stub Nodes")
        .Float("value", 0.5, 0, 1, 0.01)
        .Sizes()
        .Output("MASK");

    /// <inheritdoc />
    protected override NodeResult Run(NodeCall call) =>
        NodeResult.Of(full(StubSizes.Of(call), call.Get<float>("value"), dtype: float32));
}
