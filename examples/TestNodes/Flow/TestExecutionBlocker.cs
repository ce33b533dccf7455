namespace Farm.TestNodes.Flow;

/// <summary>Passes its input on or blocks what follows.</summary>
internal sealed class TestExecutionBlocker : VariantNode
{
    /// <inheritdoc />
    protected override void Define(NodeBuilder node) => node
        .V1().Named(nameof(TestExecutionBlocker), "Execution Blocker").In("Testing/Flow")
        .Input("input", "*")
        .Boolean("block")
        .Boolean("verbose", false)
        .Output("*", "output");

    /// <inheritdoc />
    protected override NodeResult Run(NodeCall call) => PythonValue.IsTrue(call.Value("block"))
        ? NodeResult.Of(new ExecutionBlocker(PythonValue.IsTrue(call.Value("verbose")) ? "Blocked Execution" : null))
        : NodeResult.Of(call.Value("input"));
}
