namespace Farm.TestNodes.Async;

/// <summary>Fails.</summary>
internal sealed class TestSyncError : Node
{
    /// <inheritdoc />
    protected override void Define(NodeBuilder node) => node
        .V1().Named(nameof(TestSyncError), "Test Sync Error").In("_for_testing/async")
        .Input("value", "*", input => input.Tooltip("Passed on."))
        .Output("*");

    /// <inheritdoc />
    protected override NodeResult Run(NodeCall call) =>
        throw NodeFailedException.RuntimeError("Intentional sync execution error for testing");
}
