namespace Farm.TestNodes.Stubs;

/// <summary>An integer.</summary>
internal sealed class StubInt : Node
{
    /// <inheritdoc />
    protected override void Define(NodeBuilder node) => node
        .V1().Named(nameof(StubInt), "Stub Int").In("Testing/Stub Nodes")
        .Int("value", 0, -uint.MaxValue, uint.MaxValue, 1)
        .Output("INT");

    /// <inheritdoc />
    protected override NodeResult Run(NodeCall call) => NodeResult.Of(call.Value("value"));
}
