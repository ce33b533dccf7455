namespace Farm.TestNodes.Logic;

/// <summary>Any value as a boolean: a tensor is false when all of it is 0, everything else as Python has it.</summary>
internal sealed class TestToBoolNode : Node
{
    /// <inheritdoc />
    protected override void Define(NodeBuilder node) => node
        .V1().Named(nameof(TestToBoolNode), "To Bool").In("Testing/Logic")
        .Input("value", "*")
        .OptionalInputs()
        .Boolean("invert", false)
        .Output("BOOLEAN");

    /// <inheritdoc />
    protected override NodeResult Run(NodeCall call) =>
        NodeResult.Of(Truth(call.Value("value")) != PythonValue.IsTrue(call.Value("invert")));

    private static bool Truth(object? value)
    {
        if (value is not Tensor tensor)
            return PythonValue.IsTrue(value);
        using var any = tensor.count_nonzero();
        return any.item<long>() > 0;
    }
}
