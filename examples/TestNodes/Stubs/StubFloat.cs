namespace Farm.TestNodes.Stubs;

/// <summary>A float.</summary>
internal sealed class StubFloat : Node
{
    /// <inheritdoc />
    protected override void Define(NodeBuilder node) => node
        .V1().Named(nameof(StubFloat), "Stub Float").In("Testing/Stub Nodes")
        .Float("value", 0, -1e38, 1e38, 0.01)
        .Output("FLOAT");

    /// <inheritdoc />
    protected override NodeResult Run(NodeCall call) => NodeResult.Of(call.Value("value"));
}
