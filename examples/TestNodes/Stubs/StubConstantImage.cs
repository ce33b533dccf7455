namespace Farm.TestNodes.Stubs;

/// <summary>An image filled with one value.</summary>
internal sealed class StubConstantImage : Node
{
    /// <inheritdoc />
    protected override void Define(NodeBuilder node) => node
        .V1().Named(nameof(StubConstantImage), "Stub Constant Image").In("Testing/Stub Nodes")
        .Float("value", 0.5, 0, 1, 0.01)
        .Sizes()
        .Output("IMAGE");

    /// <inheritdoc />
    protected override NodeResult Run(NodeCall call) =>
        NodeResult.Of(full([.. StubSizes.Of(call), 3], call.Get<float>("value"), dtype: float32));
}
