namespace Farm.TestNodes.Special;

/// <summary>Passes an image through, and counts as changed when told to.</summary>
internal sealed class TestCustomIsChanged : Node, IFingerprintedNode
{
    /// <inheritdoc />
    protected override void Define(NodeBuilder node) => node
        .V1().Named(nameof(TestCustomIsChanged), "Custom IsChanged").In("Testing/Nodes")
        .Input("image", "IMAGE")
        .OptionalInputs()
        .Input("should_change", "BOOL", input => input.Set("default", false))
        .Output("IMAGE");

    /// <inheritdoc />
    public ValueTask<object?> FingerprintAsync(NodeCall call, CancellationToken cancel) =>
        ValueTask.FromResult<object?>(PythonValue.IsTrue(call.Value("should_change")) ? double.NaN : false);

    /// <inheritdoc />
    protected override NodeResult Run(NodeCall call) => NodeResult.Of(call.Get<Tensor>("image"));
}
